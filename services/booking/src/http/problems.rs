//! Refusals as problems.

use axum::http::StatusCode;
use contracts::SeatGuid;
use kit::Problem;

use crate::{
    domain::{BookingStatus, Refusal},
    inventory,
};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = refusal.code();
        match refusal {
            Refusal::Invalid { pointer, message } => Self::invalid(pointer, message),
            Refusal::NotFound(what) => Self::not_found(what),
            Refusal::SeatUnknown(seats) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, "Unknown seat")
                    .detail(format!(
                        "{} not for sale at this event.",
                        names(&seats, "is", "are")
                    ))
                    .with("seats", seats)
            }
            Refusal::TooManyPerOrder {
                ticket_type_id,
                max,
            } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                code,
                "Too many in one order",
            )
            .detail(format!(
                "At most {max} tickets of this type can be booked at once."
            ))
            .with("ticket_type_id", ticket_type_id)
            .with("max_per_order", max),
            Refusal::SoldOut {
                ticket_type_id,
                remaining,
                ..
            } => Self::conflict(code, "Sold out")
                .detail(match remaining {
                    0 => "Nothing is left. Held places may come back within minutes.".to_owned(),
                    1 => "Only 1 place is left.".to_owned(),
                    n => format!("Only {n} places are left."),
                })
                .with("ticket_type_id", ticket_type_id)
                .with("remaining", remaining),
            Refusal::NotSoldOut { available } => Self::conflict(code, "Not sold out")
                .detail(format!("{available} places can be booked now; there is no need to wait."))
                .with("available", available),
            Refusal::AlreadyWaiting { quantity } => Self::conflict(code, "On the list already")
                .detail(format!(
                    "You wait for {quantity} of this ticket type already. Leave the list first to wait for another number."
                ))
                .with("quantity", quantity),
            Refusal::SeatTaken(seats) => Self::conflict(code, "Seat taken")
                .detail(format!(
                    "{} taken a moment ago.",
                    names(&seats, "was", "were")
                ))
                .with("seats", seats),
            Refusal::NoAdjacent { wanted, remaining } => {
                Self::conflict(code, "No adjacent seats")
                    .detail(format!(
                        "There are no {wanted} free seats next to each other; {remaining} are free. Ask for fewer or pick seats."
                    ))
                    .with("remaining", remaining)
            }
            Refusal::SalesNotStarted(at) => Self::conflict(code, "Sales have not started")
                .detail(format!("Sales start at {}.", at.to_rfc3339()))
                .with("sales_start", at),
            Refusal::SalesClosed(at) => Self::conflict(code, "Sales are closed")
                .detail(format!("Sales ended at {}.", at.to_rfc3339()))
                .with("sales_end", at),
            Refusal::EventNotOnSale => Self::conflict(code, "Event not on sale")
                .detail("The event is not published, or it was cancelled."),
            Refusal::AccessCodeRequired(ticket_type_id) => {
                Self::new(StatusCode::FORBIDDEN, code, "Access code required")
                    .detail("Tickets of this type are only for who has an access code.")
                    .with("ticket_type_id", ticket_type_id)
            }
            Refusal::AccessCodeWrong(ticket_type_id) => {
                Self::new(StatusCode::FORBIDDEN, code, "Wrong access code")
                    .detail("This access code does not open tickets of this type.")
                    .with("ticket_type_id", ticket_type_id)
            }
            Refusal::AccessCodeNotHeard => Self::unavailable(2)
                .detail("The access code can't be checked yet; try again in 2 s."),
            Refusal::BuyerLimit { max, have } => Self::conflict(code, "Buyer's limit reached")
                .detail(format!(
                    "One buyer may have {max} tickets of this event; you hold or own {have}."
                ))
                .with("max_per_buyer", max)
                .with("have", have),
            Refusal::HoldExpired(at) => Self::gone(code, "Hold expired")
                .detail("The time to pay is over and the places are on sale again. Book anew.")
                .with("expired_at", at),
            Refusal::InvalidTransition { from, to } => Self::conflict(code, "Not possible now")
                .detail(transition(from, to))
                .with("booking_status", from),
            Refusal::NothingToCancel => Self::conflict(code, "Not possible now")
                .detail("A ticket that was used or cancelled can't be cancelled."),
            Refusal::EventOver => Self::conflict(code, "Event over")
                .detail("Tickets can't be cancelled after the event."),
            Refusal::CapacityBelowSold {
                capacity,
                held,
                sold,
            } => Self::conflict(code, "Capacity below what is sold")
                .detail(format!(
                    "{sold} are sold and {held} held; the capacity can't be {capacity}."
                ))
                .with("held", held)
                .with("sold", sold)
                .with("minimum", held + sold),
        }
    }
}

fn transition(from: BookingStatus, to: BookingStatus) -> String {
    if from == to {
        format!("The booking is {} already.", from.as_str())
    } else {
        format!(
            "A booking that is {} can't become {}.",
            from.as_str(),
            to.as_str()
        )
    }
}

/// `A-1 is`, `A-1 and A-2 are`, `A-1, A-2 and 3 more are`.
fn names(seats: &[SeatGuid], one: &str, many: &str) -> String {
    match seats {
        [seat] => format!("{seat} {one}"),
        [first, second] => format!("{first} and {second} {many}"),
        [first, second, third] => format!("{first}, {second} and {third} {many}"),
        [first, second, rest @ ..] => {
            format!("{first}, {second} and {} more {many}", rest.len())
        }
        [] => format!("No seat {one}"),
    }
}

impl From<inventory::Error> for Problem {
    fn from(error: inventory::Error) -> Self {
        if error.is_timeout() || error.is_transient() {
            tracing::warn!("the inventory is busy: {error}");
            return Self::unavailable(1);
        }
        match error {
            inventory::Error::Refused(refusal) => refusal.into(),
            inventory::Error::Database(error) => error.into(),
            inventory::Error::KeyReused(problem) => problem,
            inventory::Error::Overloaded | inventory::Error::Unavailable => Self::unavailable(1),
            inventory::Error::Abandoned => Self::unavailable(1).detail(
                "It took too long, and it is not known whether it was done. Look at your bookings, or send it again with the \
                 same Idempotency-Key.",
            ),
            error => Self::internal(error),
        }
    }
}
