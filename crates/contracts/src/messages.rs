//! The messages between services. Each is written to its sender's outbox in the transaction of the change it tells of.
//!
//! The JSON carries the routing key as `type`. Messages about a booking have `booking_id`, `user_id`, `event_id` and `seats`
//! (how many) at the top level. Order is not promised: `version` is the aggregate's, and a consumer ignores an older one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    BookingId, EventId, EventSnapshot, Money, PaymentId, RefundId, TicketId, TicketTypeId, UserId,
    ticket::{BookingLine, CancelledTicket, TicketSnapshot},
};

/// The account as others need to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub user_id: UserId,
    pub email: String,
    pub name: String,
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordReset {
    pub user_id: UserId,
    pub email: String,
    pub name: String,
    /// Opaque and single use. Whoever has it can set the password: never log it.
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventChanged {
    pub event: EventSnapshot,
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCancelled {
    pub event: EventSnapshot,
    /// What the organiser tells the buyers.
    pub reason: Option<String>,
    pub version: i64,
}

/// What every message about a booking carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRef {
    pub booking_id: BookingId,
    pub user_id: UserId,
    pub event_id: EventId,
    /// How many places.
    pub seats: u32,
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingHeld {
    #[serde(flatten)]
    pub booking: BookingRef,
    pub items: Vec<BookingLine>,
    pub total: Money,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingConfirmed {
    #[serde(flatten)]
    pub booking: BookingRef,
    /// Absent when nothing was to pay.
    pub payment_id: Option<PaymentId>,
    pub tickets: Vec<TicketSnapshot>,
    pub items: Vec<BookingLine>,
    pub total: Money,
    pub event: EventSnapshot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    Buyer,
    Organiser,
    EventCancelled,
    /// The authorised payment could not be captured.
    CaptureFailed,
}

/// Tickets of a confirmed booking were cancelled; `amount` goes back to the buyer, once per ticket id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingCancelled {
    #[serde(flatten)]
    pub booking: BookingRef,
    pub payment_id: Option<PaymentId>,
    pub ticket_ids: Vec<TicketId>,
    pub tickets: Vec<CancelledTicket>,
    pub amount: Money,
    pub reason: CancelReason,
    /// Whether no valid ticket is left.
    pub whole: bool,
}

/// A hold ran out or was given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldEnded {
    #[serde(flatten)]
    pub booking: BookingRef,
}

/// A hold offered to somebody on the waiting list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingOffered {
    #[serde(flatten)]
    pub booking: BookingRef,
    pub total: Money,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The hold had run out and its places are sold to others.
    Expired,
    /// Somebody gave the hold back, or the booking was cancelled.
    Released,
    EventCancelled,
    /// Another payment has already confirmed the booking.
    AlreadyPaid,
}

/// An authorised payment that can't be turned into tickets: it must be voided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRefused {
    #[serde(flatten)]
    pub booking: BookingRef,
    pub payment_id: PaymentId,
    pub reason: RefusalReason,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityChanged {
    pub event_id: EventId,
    pub ticket_type_id: TicketTypeId,
    pub capacity: u32,
    /// The stock row's version.
    pub version: i64,
}

/// An event has just been sold out, or has places again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockChanged {
    pub event_id: EventId,
    /// The event's stock version.
    pub version: i64,
}

/// What every message about a payment carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRef {
    pub payment_id: PaymentId,
    pub booking_id: BookingId,
    pub user_id: UserId,
    pub event_id: EventId,
    /// How many places the booking has.
    pub seats: u32,
    pub amount: Money,
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentChanged {
    #[serde(flatten)]
    pub payment: PaymentRef,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentFailed {
    #[serde(flatten)]
    pub payment: PaymentRef,
    /// True when the capture of an authorised payment was refused for good: its booking must be cancelled.
    pub after_authorisation: bool,
    pub code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentVoided {
    #[serde(flatten)]
    pub payment: PaymentRef,
    pub reason: Option<RefusalReason>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRefunded {
    #[serde(flatten)]
    pub payment: PaymentRef,
    pub refund_id: RefundId,
    pub ticket_ids: Vec<TicketId>,
    /// What this refund gives back (`amount` is the whole payment).
    pub refunded: Money,
    pub credit_note: String,
}

/// The buyer asks for money back; Booking decides by cancelling the tickets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequested {
    pub payment_id: PaymentId,
    pub booking_id: BookingId,
    pub user_id: UserId,
    /// Absent: all that are left.
    pub ticket_ids: Option<Vec<TicketId>>,
}

macro_rules! messages {
    ($($key:literal => $variant:ident($payload:ty)),+ $(,)?) => {
        /// Any message, told apart by its `type`.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "type")]
        pub enum Message {
            $(#[serde(rename = $key)] $variant($payload),)+
        }

        impl Message {
            /// Every routing key there is.
            pub const KEYS: &[&str] = &[$($key),+];

            /// The AMQP routing key, which is also the JSON's `type`.
            pub const fn routing_key(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $key,)+
                }
            }
        }
    };
}

messages! {
    "auth.user.registered" => UserRegistered(User),
    "auth.user.updated" => UserUpdated(User),
    "auth.password_reset.requested" => PasswordResetRequested(PasswordReset),
    "catalog.event.published" => EventPublished(EventChanged),
    "catalog.event.updated" => EventUpdated(EventChanged),
    "catalog.event.cancelled" => EventCancelled(EventCancelled),
    "booking.held" => BookingHeld(BookingHeld),
    "booking.confirmed" => BookingConfirmed(BookingConfirmed),
    "booking.cancelled" => BookingCancelled(BookingCancelled),
    "booking.expired" => BookingExpired(HoldEnded),
    "booking.released" => BookingReleased(HoldEnded),
    "booking.offered" => BookingOffered(BookingOffered),
    "booking.refused" => BookingRefused(BookingRefused),
    "booking.capacity.changed" => CapacityChanged(CapacityChanged),
    "booking.stock.sold_out" => StockSoldOut(StockChanged),
    "booking.stock.available" => StockAvailable(StockChanged),
    "payment.authorised" => PaymentAuthorised(PaymentChanged),
    "payment.captured" => PaymentCaptured(PaymentChanged),
    "payment.failed" => PaymentFailed(PaymentFailed),
    "payment.voided" => PaymentVoided(PaymentVoided),
    "payment.refunded" => PaymentRefunded(PaymentRefunded),
    "payment.refund_requested" => RefundRequested(RefundRequested),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::Queue;

    #[test]
    fn a_booking_message_has_its_four_fields_at_the_top() {
        let booking = BookingRef {
            booking_id: BookingId::new(),
            user_id: UserId::new(),
            event_id: EventId::new(),
            seats: 2,
            version: 3,
        };
        let message = Message::BookingExpired(HoldEnded {
            booking: booking.clone(),
        });
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!(json["type"], "booking.expired");
        assert_eq!(json["booking_id"], booking.booking_id.to_string());
        assert_eq!(json["user_id"], booking.user_id.to_string());
        assert_eq!(json["event_id"], booking.event_id.to_string());
        assert_eq!(json["seats"], 2);
        assert_eq!(serde_json::from_value::<Message>(json).unwrap(), message);
    }

    fn matches(binding: &str, key: &str) -> bool {
        match binding.strip_suffix('*') {
            Some(prefix) => key.starts_with(prefix),
            None => key == binding,
        }
    }

    #[test]
    fn every_binding_matches_a_message_that_exists() {
        for queue in Queue::ALL {
            for binding in queue.bindings() {
                let used = Message::KEYS.iter().any(|key| matches(binding, key));
                assert!(used, "{} is bound to {binding}", queue.name());
            }
        }
    }

    /// A message that reaches no queue would stay in its outbox for ever.
    #[test]
    fn every_message_reaches_a_queue() {
        for key in Message::KEYS {
            let reached = Queue::ALL
                .iter()
                .any(|queue| queue.bindings().iter().any(|binding| matches(binding, key)));
            assert!(reached, "{key} reaches nobody");
        }
    }
}
