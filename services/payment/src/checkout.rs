//! Asking Booking what is to be paid, on the buyer's behalf.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use contracts::{BookingId, EventId, Money, ticket::BookingLine};
use kit::{Problem, auth::Principal, client::CallError};
use serde::Deserialize;

use crate::{
    App,
    domain::purchase::{Purchase, PurchasedEvent},
    store::payments::Order,
};

/// What of Booking's answer matters here.
#[derive(Deserialize)]
struct Checkout {
    event_id: EventId,
    status: String,
    seats: u32,
    items: Vec<BookingLine>,
    total: Money,
    expires_at: DateTime<Utc>,
    event: PurchasedEvent,
}

/// Prolongs the hold, freezes the total and tells what is to be paid; a problem for the buyer when nothing can be.
pub(crate) async fn checkout(
    app: &App,
    principal: &Principal,
    booking: BookingId,
) -> Result<Order, Problem> {
    let url = app
        .peers
        .booking
        .join(format!("/bookings/{booking}/checkout"));
    let answer: Checkout = app
        .client
        .post(url)
        .bearer(&principal.token)
        .json()
        .await
        .map_err(refused)?;
    if answer.total.amount <= 0 {
        return Err(nothing_to_pay());
    }
    if answer.status == "confirmed" {
        return Err(already_paid());
    }
    if answer.seats == 0 {
        return Err(Problem::internal(anyhow::anyhow!(
            "booking {booking} has no places"
        )));
    }
    Ok(Order {
        event_id: answer.event_id,
        seats: answer.seats,
        amount: answer.total,
        purchase: Purchase {
            event: answer.event,
            seller: None,
            lines: answer.items,
        },
        pay_until: answer.expires_at,
    })
}

pub(crate) fn nothing_to_pay() -> Problem {
    Problem::conflict("nothing_to_pay", "Nothing to pay")
        .detail("The booking costs nothing: checkout has confirmed it.")
}

pub(crate) fn already_paid() -> Problem {
    Problem::conflict("already_paid", "Already paid").detail("The booking is paid for.")
}

fn refused(error: CallError) -> Problem {
    let code = error.code().unwrap_or_default().to_owned();
    match error.status() {
        Some(StatusCode::UNAUTHORIZED) => Problem::unauthorized(),
        Some(StatusCode::NOT_FOUND) => Problem::not_found("booking"),
        Some(StatusCode::GONE) => Problem::gone("hold_expired", "Hold expired").detail(
            "The hold has run out, and no money was taken. Hold the places again if they are free.",
        ),
        Some(StatusCode::CONFLICT) => {
            let problem = match code.as_str() {
                "already_paid" => return already_paid(),
                "event_not_on_sale" => Problem::conflict("event_not_on_sale", "Event not on sale"),
                "sales_closed" => Problem::conflict("sales_closed", "Sales closed"),
                _ => Problem::conflict("invalid_transition", "Invalid transition"),
            };
            problem.detail(
                "The booking can't be paid as it stands, and no money was taken. Look at it again.",
            )
        }
        _ => error.into(),
    }
}
