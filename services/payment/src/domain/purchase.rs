//! What is paid for, as it was when it was bought.

use chrono::{DateTime, Utc};
use contracts::{EventSnapshot, SeatGuid, VenueSnapshot, ticket::BookingLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The event on a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PurchasedEvent {
    #[schema(example = "Winter concert")]
    pub title: String,
    pub starts_at: DateTime<Utc>,
    /// IANA name
    #[schema(example = "Europe/Vienna")]
    pub time_zone: String,
    #[schema(required)]
    pub venue: Option<VenueSnapshot>,
}

impl From<&EventSnapshot> for PurchasedEvent {
    fn from(event: &EventSnapshot) -> Self {
        Self {
            title: event.title.clone(),
            starts_at: event.starts_at,
            time_zone: event.time_zone.clone(),
            venue: event.venue.clone(),
        }
    }
}

/// A booking's content: first as checkout froze it, then as Booking confirmed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    pub event: PurchasedEvent,
    /// The organisation that sells; known once the booking is confirmed.
    pub seller: Option<String>,
    pub lines: Vec<BookingLine>,
}

/// A line's or ticket's name with its seats: `Stalls, seats A-12, A-13`.
pub fn describe(name: &str, seats: &[SeatGuid]) -> String {
    match seats {
        [] => name.to_owned(),
        [seat] => format!("{name}, seat {seat}"),
        seats => {
            let seats: Vec<_> = seats.iter().map(SeatGuid::as_str).collect();
            format!("{name}, seats {}", seats.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_seats() {
        let seat = |guid: &str| SeatGuid::try_from(guid.to_owned()).unwrap();
        assert_eq!(describe("Standing", &[]), "Standing");
        assert_eq!(describe("Stalls", &[seat("A-1")]), "Stalls, seat A-1");
        assert_eq!(
            describe("Stalls", &[seat("A-1"), seat("A-2")]),
            "Stalls, seats A-1, A-2"
        );
    }
}
