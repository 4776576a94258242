//! What people are told, and when. A [`Notification`] holds all that its letter needs, apart from the recipient's address.

use chrono::{DateTime, Duration, Utc};
use contracts::{
    BookingId, EventId, EventSnapshot, Money, UserId,
    messages::{
        BookingCancelled, BookingConfirmed, BookingHeld, BookingOffered, BookingRef, CancelReason,
        PasswordReset, PaymentRef, PaymentRefunded, PaymentVoided, RefusalReason,
    },
    ticket::{BookingLine, TicketSnapshot},
};
use serde::{Deserialize, Serialize};

use crate::incoming::BareBooking;

/// A hold is mailed about only when the buyer has not paid by then.
const HELD_DELAY: Duration = Duration::minutes(3);
/// How long before an event its reminder goes out.
const REMINDER: Duration = Duration::days(1);

/// Whom and what a notification is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "they are all ids")]
pub(crate) struct Subject {
    pub(crate) user_id: UserId,
    pub(crate) booking_id: Option<BookingId>,
    pub(crate) event_id: Option<EventId>,
}

impl Subject {
    pub(crate) fn of(booking: &BookingRef) -> Self {
        Self {
            user_id: booking.user_id,
            booking_id: Some(booking.booking_id),
            event_id: Some(booking.event_id),
        }
    }

    fn of_payment(payment: &PaymentRef) -> Self {
        Self {
            user_id: payment.user_id,
            booking_id: Some(payment.booking_id),
            event_id: Some(payment.event_id),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Notification {
    /// The same for the same notification, however often it is asked for.
    pub(crate) key: String,
    pub(crate) subject: Subject,
    pub(crate) not_before: Option<DateTime<Utc>>,
    pub(crate) content: Content,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Content {
    /// Places are held and wait to be paid. A booking of which nothing else is known has no total.
    BookingHeld {
        seats: u32,
        total: Option<Money>,
        expires_at: Option<DateTime<Utc>>,
    },
    BookingOffered {
        seats: u32,
        total: Money,
        expires_at: DateTime<Utc>,
    },
    BookingConfirmed {
        event: Box<EventSnapshot>,
        items: Vec<BookingLine>,
        total: Money,
        tickets: Vec<TicketSnapshot>,
    },
    BookingCancelled {
        tickets: usize,
        amount: Money,
        reason: CancelReason,
        whole: bool,
    },
    EventCancelled {
        amount: Money,
    },
    Refunded {
        refunded: Money,
        credit_note: String,
    },
    PaymentVoided {
        amount: Money,
        reason: Option<RefusalReason>,
    },
    Reminder {
        seats: u32,
    },
    PasswordReset {
        email: String,
        name: String,
        token: String,
        expires_at: DateTime<Utc>,
    },
}

impl Notification {
    /// The kind as the ledger and the mail's `X-Notification` header name it.
    /// What [`Self::kind`] may be.
    pub(crate) const KINDS: [&str; 9] = [
        "booking_held",
        "booking_offered",
        "booking_confirmed",
        "booking_cancelled",
        "event_cancelled",
        "refunded",
        "payment_voided",
        "reminder",
        "password_reset",
    ];

    pub(crate) fn kind(&self) -> &'static str {
        match self.content {
            Content::BookingHeld { .. } => "booking_held",
            Content::BookingOffered { .. } => "booking_offered",
            Content::BookingConfirmed { .. } => "booking_confirmed",
            Content::BookingCancelled { .. } => "booking_cancelled",
            Content::EventCancelled { .. } => "event_cancelled",
            Content::Refunded { .. } => "refunded",
            Content::PaymentVoided { .. } => "payment_voided",
            Content::Reminder { .. } => "reminder",
            Content::PasswordReset { .. } => "password_reset",
        }
    }

    /// Whether it carries the address it goes to.
    pub(crate) fn names_its_recipient(&self) -> bool {
        matches!(self.content, Content::PasswordReset { .. })
    }
}

pub(crate) fn held_key(booking: BookingId) -> String {
    format!("held:{booking}")
}

pub(crate) fn reminder_key(booking: BookingId) -> String {
    format!("reminder:{booking}")
}

pub(crate) fn bare(booking: &BareBooking) -> Notification {
    Notification {
        key: format!("booking:{}", booking.booking_id),
        subject: Subject {
            user_id: booking.user_id,
            booking_id: Some(booking.booking_id),
            event_id: Some(booking.event_id),
        },
        not_before: None,
        content: Content::BookingHeld {
            seats: booking.seats,
            total: None,
            expires_at: None,
        },
    }
}

pub(crate) fn held(held: &BookingHeld) -> Notification {
    Notification {
        key: held_key(held.booking.booking_id),
        subject: Subject::of(&held.booking),
        not_before: Some(Utc::now() + HELD_DELAY),
        content: Content::BookingHeld {
            seats: held.booking.seats,
            total: Some(held.total),
            expires_at: Some(held.expires_at),
        },
    }
}

pub(crate) fn offered(offered: &BookingOffered) -> Notification {
    Notification {
        key: format!("offered:{}", offered.booking.booking_id),
        subject: Subject::of(&offered.booking),
        not_before: None,
        content: Content::BookingOffered {
            seats: offered.booking.seats,
            total: offered.total,
            expires_at: offered.expires_at,
        },
    }
}

pub(crate) fn confirmed(confirmed: BookingConfirmed) -> Notification {
    Notification {
        key: format!("confirmed:{}", confirmed.booking.booking_id),
        subject: Subject::of(&confirmed.booking),
        not_before: None,
        content: Content::BookingConfirmed {
            event: Box::new(confirmed.event),
            items: confirmed.items,
            total: confirmed.total,
            tickets: confirmed.tickets,
        },
    }
}

/// When to remind of an event; `None` when that is past.
pub(crate) fn reminder_time(event: &EventSnapshot) -> Option<DateTime<Utc>> {
    event
        .starts_at
        .checked_sub_signed(REMINDER)
        .filter(|time| *time > Utc::now())
}

pub(crate) fn reminder(confirmed: &BookingConfirmed) -> Option<Notification> {
    Some(Notification {
        key: reminder_key(confirmed.booking.booking_id),
        subject: Subject::of(&confirmed.booking),
        not_before: Some(reminder_time(&confirmed.event)?),
        content: Content::Reminder {
            seats: confirmed.booking.seats,
        },
    })
}

/// One for each cancelling: a booking may lose its tickets one after the other.
fn cancelling_key(cancelled: &BookingCancelled) -> String {
    format!(
        "cancelled:{}:{}",
        cancelled.booking.booking_id, cancelled.booking.version
    )
}

pub(crate) fn cancelled(cancelled: &BookingCancelled) -> Notification {
    Notification {
        key: cancelling_key(cancelled),
        subject: Subject::of(&cancelled.booking),
        not_before: None,
        content: Content::BookingCancelled {
            tickets: cancelled.ticket_ids.len(),
            amount: cancelled.amount,
            reason: cancelled.reason,
            whole: cancelled.whole,
        },
    }
}

pub(crate) fn event_cancelled(cancelled: &BookingCancelled) -> Notification {
    Notification {
        key: cancelling_key(cancelled),
        subject: Subject::of(&cancelled.booking),
        not_before: None,
        content: Content::EventCancelled {
            amount: cancelled.amount,
        },
    }
}

pub(crate) fn refunded(refunded: PaymentRefunded) -> Notification {
    Notification {
        key: format!("refunded:{}", refunded.refund_id),
        subject: Subject::of_payment(&refunded.payment),
        not_before: None,
        content: Content::Refunded {
            refunded: refunded.refunded,
            credit_note: refunded.credit_note,
        },
    }
}

pub(crate) fn voided(voided: &PaymentVoided) -> Notification {
    Notification {
        key: format!("voided:{}", voided.payment.payment_id),
        subject: Subject::of_payment(&voided.payment),
        not_before: None,
        content: Content::PaymentVoided {
            amount: voided.payment.amount,
            reason: voided.reason,
        },
    }
}

pub(crate) fn password_reset(reset: PasswordReset) -> Notification {
    Notification {
        // The token itself must not become a key that outlives the mail.
        key: format!(
            "password_reset:{}:{}",
            reset.user_id,
            reset.expires_at.timestamp_micros()
        ),
        subject: Subject {
            user_id: reset.user_id,
            booking_id: None,
            event_id: None,
        },
        not_before: None,
        content: Content::PasswordReset {
            email: reset.email,
            name: reset.name,
            token: reset.token,
            expires_at: reset.expires_at,
        },
    }
}
