//! The four ways to ask for places in `POST /bookings`.

use std::fmt;

use contracts::{EventId, SeatGuid, TicketTypeId};
use kit::{Problem, problem::FieldError};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, SeqAccess, Visitor},
};
use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::schema::{Array, ArrayBuilder},
};

use crate::domain::{
    GivenCode, Wanted,
    order::{MAX_ITEMS, MAX_QUANTITY, MAX_SEATS},
};

/// What a client sends; exactly one of `items`, `seats` and `best_available` must be there.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct NewBooking {
    pub event_id: EventId,
    items: Option<Vec<Item>>,
    seats: Option<Seats>,
    best_available: Option<Best>,
    // Left out when absent: the fingerprint of a request without one stays what it was before there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_code: Option<GivenCode>,
}

/// How many of a general-admission ticket type.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct Item {
    #[schema(value_type = uuid::Uuid)]
    ticket_type_id: TicketTypeId,
    #[schema(minimum = 1, maximum = 1000, example = 2)]
    quantity: u32,
}

/// So many seats, next to each other unless they may be split.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct Best {
    #[schema(value_type = uuid::Uuid)]
    ticket_type_id: TicketTypeId,
    #[schema(minimum = 1, maximum = 1000, example = 2)]
    quantity: u32,
    /// Whether they may be apart when there are not enough next to each other
    #[serde(default)]
    split: bool,
}

/// Seats by name, or how many places.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Seats {
    Count(u32),
    Names(Vec<SeatGuid>),
}

impl<'de> Deserialize<'de> for Seats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SeatsVisitor;

        impl<'de> Visitor<'de> for SeatsVisitor {
            type Value = Seats;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of places or a list of seat names")
            }

            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Seats, E> {
                // Whatever is more is too many anyway.
                Ok(Seats::Count(u32::try_from(count).unwrap_or(u32::MAX)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Seats, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element()? {
                    names.push(name);
                }
                Ok(Seats::Names(names))
            }
        }

        deserializer.deserialize_any(SeatsVisitor)
    }
}

/// A booking to make: one of four shapes.
#[derive(ToSchema)]
#[schema(as = NewBooking)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum NewBookingSchema {
    Items(BookItems),
    Seats(BookSeats),
    BestAvailable(BookBestAvailable),
    Places(BookPlaces),
}

/// General admission
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct BookItems {
    event_id: uuid::Uuid,
    /// Each ticket type at most once
    #[schema(min_items = 1, max_items = 20)]
    items: Vec<Item>,
    /// Opens every ticket type that has this code
    #[schema(nullable = false, max_length = 64, example = "FANCLUB-2027")]
    access_code: Option<String>,
}

/// Picked seats: all of them or none
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct BookSeats {
    event_id: uuid::Uuid,
    #[schema(schema_with = seat_names)]
    seats: Vec<SeatGuid>,
    /// Opens every ticket type that has this code
    #[schema(nullable = false, max_length = 64, example = "FANCLUB-2027")]
    access_code: Option<String>,
}

fn seat_names() -> Array {
    ArrayBuilder::new()
        .items(SeatGuid::schema())
        .min_items(Some(1))
        .max_items(Some(MAX_SEATS))
        .unique_items(true)
        .examples([serde_json::json!(["A-12", "A-13"])])
        .build()
}

/// The best free seats, next to each other unless they may be split: all of them or none
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct BookBestAvailable {
    event_id: uuid::Uuid,
    best_available: Best,
    /// Opens every ticket type that has this code
    #[schema(nullable = false, max_length = 64, example = "FANCLUB-2027")]
    access_code: Option<String>,
}

/// Short form, for an event with one general-admission ticket type
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct BookPlaces {
    event_id: uuid::Uuid,
    #[schema(minimum = 1, maximum = 1000, example = 2)]
    seats: u32,
    /// Opens every ticket type that has this code
    #[schema(nullable = false, max_length = 64, example = "FANCLUB-2027")]
    access_code: Option<String>,
}

impl NewBooking {
    /// What is wanted; 422 with every fault that can be told without knowing the event.
    pub(super) fn wanted(&self) -> Result<Wanted, Problem> {
        let mut faults = Vec::new();
        let mut quantity = |pointer: String, quantity: u32| {
            if !(1..=MAX_QUANTITY).contains(&quantity) {
                let message = format!("must be from 1 to {MAX_QUANTITY}");
                faults.push(FieldError::new(pointer, message));
            }
        };
        let wanted = match (&self.items, &self.seats, &self.best_available) {
            (Some(items), None, None) => {
                for (index, item) in items.iter().enumerate() {
                    quantity(format!("/items/{index}/quantity"), item.quantity);
                }
                check_length("/items", items.len(), MAX_ITEMS, &mut faults);
                Wanted::Items(
                    items
                        .iter()
                        .map(|item| (item.ticket_type_id, item.quantity))
                        .collect(),
                )
            }
            (None, Some(Seats::Count(count)), None) => {
                quantity("/seats".into(), *count);
                Wanted::Places(*count)
            }
            (None, Some(Seats::Names(names)), None) => {
                check_length("/seats", names.len(), MAX_SEATS, &mut faults);
                // The list is short once its length is right.
                for (index, name) in names.iter().take(MAX_SEATS).enumerate() {
                    if names[..index].contains(name) {
                        let pointer = format!("/seats/{index}");
                        faults.push(FieldError::new(pointer, "is named twice"));
                    }
                }
                Wanted::Seats(names.clone())
            }
            (None, None, Some(best)) => {
                quantity("/best_available/quantity".into(), best.quantity);
                Wanted::BestAvailable {
                    ticket_type_id: best.ticket_type_id,
                    quantity: best.quantity,
                    split: best.split,
                }
            }
            _ => {
                return Err(Problem::invalid(
                    "",
                    "send exactly one of items, seats and best_available",
                ));
            }
        };
        if faults.is_empty() {
            Ok(wanted)
        } else {
            Err(Problem::unprocessable(faults))
        }
    }
}

fn check_length(pointer: &str, length: usize, max: usize, faults: &mut Vec<FieldError>) {
    if !(1..=max).contains(&length) {
        let message = format!("must have 1 to {max} entries");
        faults.push(FieldError::new(pointer, message));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn wanted(mut body: Value) -> Result<Wanted, String> {
        body["event_id"] = json!(EventId::new());
        let booking: NewBooking =
            serde_json::from_value(body).map_err(|error| error.to_string())?;
        booking
            .wanted()
            .map_err(|problem| problem.code().to_owned())
    }

    #[test]
    fn takes_exactly_one_shape() {
        let kind = TicketTypeId::new();
        assert_eq!(
            wanted(json!({"items": [{"ticket_type_id": kind, "quantity": 2}]})),
            Ok(Wanted::Items(vec![(kind, 2)]))
        );
        assert_eq!(wanted(json!({"seats": 3})), Ok(Wanted::Places(3)));
        assert!(matches!(
            wanted(json!({"seats": ["A-1", "A-2"], "items": null})),
            Ok(Wanted::Seats(names)) if names.len() == 2
        ));
        assert!(wanted(json!({"best_available": {"ticket_type_id": kind, "quantity": 1}})).is_ok());
        for wrong in [
            json!({}),
            json!({"seats": 1, "items": [{"ticket_type_id": kind, "quantity": 2}]}),
            json!({"seats": 0}),
            json!({"seats": -1}),
            json!({"seats": 1.5}),
            json!({"seats": 18_446_744_073_709_551_615_u64}),
            json!({"seats": []}),
            json!({"seats": ["A", "A"]}),
            json!({"seats": ["\u{7}"]}),
            json!({"seats": vec!["A"; 101]}),
            json!({"items": []}),
            json!({"items": [{"ticket_type_id": kind, "quantity": 0}]}),
            json!({"items": [{"ticket_type_id": kind, "quantity": 1001}]}),
            json!({"items": [{"ticket_type_id": "x", "quantity": 1}]}),
        ] {
            assert!(wanted(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
