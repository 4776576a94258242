//! A booking and the states it goes through.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use contracts::{
    BookingId, EventId, EventSnapshot, Money, PaymentId, UserId, VenueSnapshot,
    messages::BookingRef, ticket::BookingLine,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    /// Its places are kept until `expires_at`.
    Held,
    /// Paid (or free): it has tickets.
    Confirmed,
    /// The hold ran out. A payment that arrives late may still confirm it.
    Expired,
    /// The hold was given back.
    Released,
    /// Its tickets were cancelled.
    Cancelled,
}

impl BookingStatus {
    pub const ALL: [Self; 5] = [
        Self::Held,
        Self::Confirmed,
        Self::Expired,
        Self::Released,
        Self::Cancelled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Expired => "expired",
            Self::Released => "released",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether a booking may go from this state to `next`.
    pub const fn can_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Held, Self::Confirmed | Self::Expired | Self::Released)
                | (Self::Expired, Self::Confirmed)
                | (Self::Confirmed, Self::Cancelled)
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such state")]
pub struct UnknownStatus;

impl FromStr for BookingStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownStatus)
    }
}

/// Why a booking changed, as its history tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The buyer took the places.
    Held,
    /// The places came back and were offered to the buyer, who was on the waiting list.
    Offered,
    /// The buyer went to checkout, which prolongs the hold once.
    Checkout,
    Paid,
    /// Nothing was to pay.
    Free,
    /// The payment came after the hold had run out, and the places were still free.
    PaidLate,
    Expired,
    /// The buyer gave it back or cancelled it.
    Buyer,
    Organiser,
    EventCancelled,
    /// The authorised payment could not be captured.
    CaptureFailed,
}

impl Reason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Offered => "offered",
            Self::Checkout => "checkout",
            Self::Paid => "paid",
            Self::Free => "free",
            Self::PaidLate => "paid_late",
            Self::Expired => "expired",
            Self::Buyer => "buyer",
            Self::Organiser => "organiser",
            Self::EventCancelled => "event_cancelled",
            Self::CaptureFailed => "capture_failed",
        }
    }
}

/// What a booking's page needs to know of its event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventSummary {
    #[schema(example = "Hamlet")]
    pub title: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// IANA time zone of the event
    #[schema(example = "Europe/Vienna")]
    pub time_zone: String,
    pub venue: Option<VenueSnapshot>,
}

impl From<&EventSnapshot> for EventSummary {
    fn from(event: &EventSnapshot) -> Self {
        Self {
            title: event.title.clone(),
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            time_zone: event.time_zone.clone(),
            venue: event.venue.clone(),
        }
    }
}

/// Places that somebody holds or owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Booking {
    #[schema(value_type = uuid::Uuid)]
    pub id: BookingId,
    #[schema(value_type = uuid::Uuid)]
    pub event_id: EventId,
    #[schema(value_type = uuid::Uuid)]
    pub user_id: UserId,
    pub status: BookingStatus,
    /// How many places
    #[schema(minimum = 1, example = 2)]
    pub seats: u32,
    /// One line for each ticket type
    pub items: Vec<BookingLine>,
    /// What is to be paid, all included
    pub total: Money,
    /// When the hold ends, or would have ended
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub event: EventSummary,
    /// The payment that confirmed it
    #[schema(value_type = Option<uuid::Uuid>)]
    pub payment_id: Option<PaymentId>,
    /// The waiting list offered the places; its buyer did not take them
    pub offered: bool,
    /// Grows with each change
    #[schema(minimum = 1)]
    pub version: i64,
}

impl Booking {
    /// What messages about it begin with.
    pub fn reference(&self) -> BookingRef {
        BookingRef {
            booking_id: self.id,
            user_id: self.user_id,
            event_id: self.event_id,
            seats: self.seats,
            version: self.version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_designed_changes_are_allowed() {
        use BookingStatus::{Cancelled, Confirmed, Expired, Held, Released};
        let allowed = [
            (Held, Confirmed),
            (Held, Expired),
            (Held, Released),
            (Expired, Confirmed),
            (Confirmed, Cancelled),
        ];
        for from in BookingStatus::ALL {
            for to in BookingStatus::ALL {
                assert_eq!(
                    from.can_become(to),
                    allowed.contains(&(from, to)),
                    "{from:?} → {to:?}"
                );
            }
            assert_eq!(from.as_str().parse(), Ok(from));
        }
    }
}
