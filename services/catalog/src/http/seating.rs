//! The seats of an event as they were frozen when it was published.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use contracts::{EventId, SeatGuid, TicketTypeId};
use kit::{Problem, http::Path, openapi};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::ToSchema;

use crate::{
    App,
    domain::{
        event::TicketType,
        seating::{Plan, Seat},
    },
    store::events,
};

/// What is frozen never changes again.
const FOR_A_DAY: &str = "public, max-age=86400, immutable";

/// Plans of 50,000 seats take 60 MB while they are worked on.
static WORK: Semaphore = Semaphore::const_new(1);

/// Waits until no other plan is worked on in this process; to be held for as long as one is in memory. Who needs a connection has it
/// already.
pub(super) async fn turn() -> Result<SemaphorePermit<'static>, Problem> {
    WORK.acquire().await.map_err(Problem::internal)
}

#[derive(Serialize, ToSchema)]
pub(super) struct EventSeating<'a> {
    /// The plan in pretix's format, as it was imported
    #[schema(value_type = Object)]
    plan: &'a RawValue,
    seats: Vec<EventSeat<'a>>,
    categories: Vec<EventCategory>,
}

#[derive(Serialize, ToSchema)]
struct EventSeat<'a> {
    #[schema(value_type = String)]
    seat_guid: &'a SeatGuid,
    zone: &'a str,
    row: &'a str,
    number: &'a str,
    category: &'a str,
    #[schema(required)]
    ticket_type_id: Option<TicketTypeId>,
    /// Position on the plan, in its units
    x: f64,
    y: f64,
}

#[derive(Serialize, ToSchema)]
struct EventCategory {
    name: String,
    /// CSS colour
    color: String,
    #[schema(required)]
    ticket_type_id: Option<TicketTypeId>,
}

/// What is kept when an event is published.
pub(super) fn freeze<'a>(
    source: &'a RawValue,
    plan: &'a Plan,
    kinds: &[TicketType],
) -> EventSeating<'a> {
    let sold_as = |category: &str| {
        let sells = |kind: &&TicketType| {
            kind.seating_categories
                .iter()
                .any(|label| label.as_str() == category)
        };
        kinds.iter().find(sells).map(|kind| kind.id)
    };
    let seat = |seat: &'a Seat| EventSeat {
        seat_guid: &seat.seat_guid,
        zone: &seat.zone,
        row: &seat.row,
        number: &seat.number,
        ticket_type_id: sold_as(&seat.category),
        category: &seat.category,
        x: seat.x,
        y: seat.y,
    };
    let categories = plan.categories.iter().map(|category| EventCategory {
        name: category.name.as_str().to_owned(),
        color: category.color.clone(),
        ticket_type_id: sold_as(category.name.as_str()),
    });
    EventSeating {
        seats: plan.seats.iter().map(seat).collect(),
        categories: categories.collect(),
        plan: source,
    }
}

/// Get an event's seats
///
/// The seating plan, every seat with its place and the ticket type that sells it. It never changes once the event is published;
/// which seats are free is Booking's to say.
#[utoipa::path(
    get, path = "/events/{id}/seating", tag = "Events",
    params(("id" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The seats", body = EventSeating<'static>),
        (status = 404, description = "`seating_plan_not_found`: there is no such event on sale, or it has no numbered seats",
            body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_event_seating(
    State(app): State<App>,
    Path(id): Path<EventId>,
) -> Result<Response, Problem> {
    let mut connection = app.pool.acquire().await?;
    let seating = events::seating(&mut connection, id)
        .await?
        .ok_or_else(|| Problem::not_found("seating_plan"))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, FOR_A_DAY),
    ];
    Ok((headers, seating).into_response())
}
