//! Capacities of what is on sale: Booking decides on them.

use axum::http::StatusCode;
use contracts::{EventId, TicketTypeId};
use kit::{Problem, auth::Principal};
use serde::Serialize;
use serde_json::Value;

use crate::{App, domain::event::EventInput};

#[derive(Serialize)]
struct Change {
    ticket_type_id: TicketTypeId,
    capacity: u32,
}

/// Asks Booking for every capacity that differs, in the caller's name; what it refuses is passed on.
///
/// When a later one is refused, Booking keeps the earlier, and tells the catalog of them by message.
pub(super) async fn change(
    app: &App,
    caller: &Principal,
    id: EventId,
    before: &EventInput,
    after: &EventInput,
) -> Result<(), Problem> {
    for (n, new) in after.ticket_types.iter().enumerate() {
        let old = before.ticket_types.iter().find(|old| old.id == new.id);
        if old.is_none_or(|old| old.capacity == new.capacity) {
            continue;
        }
        let change = Change {
            ticket_type_id: new.id,
            capacity: new.capacity,
        };
        let url = app.booking.join(format!("/events/{id}/capacity"));
        let answer = app
            .client
            .put(url)
            .bearer(&caller.token)
            .body(&change)
            .send()
            .await;
        let answer = answer.map_err(|error| {
            tracing::warn!("Booking can't be asked about a capacity: {error}");
            Problem::unavailable(2)
                .detail("The capacity can't be changed at the moment; try again in 2 s.")
        })?;
        if !answer.status().is_success() {
            let status = answer.status();
            let body: Value = answer.json().await.unwrap_or_default();
            return Err(refused(n, status, &body));
        }
    }
    Ok(())
}

fn refused(n: usize, status: StatusCode, body: &Value) -> Problem {
    let detail = body["detail"]
        .as_str()
        .unwrap_or("Booking refuses this capacity.")
        .to_owned();
    match (status, body["code"].as_str()) {
        (StatusCode::CONFLICT, Some("capacity_below_sold")) => {
            let problem = Problem::conflict("capacity_below_sold", "Capacity below what is sold")
                .detail(detail);
            ["held", "sold", "minimum"]
                .into_iter()
                .fold(problem, |problem, member| {
                    problem.with(member, &body[member])
                })
                .with("pointer", format!("/ticket_types/{n}/capacity"))
        }
        (StatusCode::CONFLICT, _) => {
            Problem::conflict("capacity_refused", "Capacity refused").detail(detail)
        }
        (StatusCode::UNPROCESSABLE_ENTITY, _) => {
            Problem::invalid(format!("/ticket_types/{n}/capacity"), detail)
        }
        _ => {
            tracing::warn!("Booking answers {status} about a capacity: {body}");
            Problem::unavailable(2)
                .detail("The capacity can't be changed at the moment; try again in 2 s.")
        }
    }
}

/// Whether two states of an event differ in nothing but capacities, which Booking changes by itself.
pub(super) fn only_difference(one: &EventInput, other: &EventInput) -> bool {
    let without = |input: &EventInput| {
        let mut input = input.clone();
        for kind in &mut input.ticket_types {
            kind.capacity = 0;
        }
        input
    };
    without(one) == without(other)
}
