//! What is left of an event: for everybody.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use contracts::{EventId, SeatGuid, TicketTypeId};
use kit::{
    Problem,
    http::{Json, Path},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{Availability, SeatStatus},
    state::App,
    store,
};

/// Get what is left
///
/// Counts by ticket type. Held places are not available; they may come back.
#[utoipa::path(
    get,
    path = "/events/{id}/availability",
    tag = "Availability",
    params(("id" = uuid::Uuid, Path, description = "The event")),
    responses(
        (status = 200, description = "What can be bought right now", body = Availability),
        (status = 404, description = "`event_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The event is not known yet and the catalog is away", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(())
)]
pub(super) async fn get_availability(
    State(app): State<App>,
    Path(id): Path<EventId>,
) -> Result<Response, Problem> {
    app.events.get(id).await?;
    let now = app.live.read(id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, now.json.clone()).into_response())
}

/// All seats of an event.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SeatList {
    #[schema(value_type = uuid::Uuid)]
    event_id: EventId,
    /// What the list is as of: give it to the stream as `since`
    #[schema(minimum = 1)]
    revision: i64,
    /// Row by row; empty for general admission
    seats: Vec<SeatItem>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SeatItem {
    seat_guid: SeatGuid,
    #[schema(value_type = uuid::Uuid)]
    ticket_type_id: TicketTypeId,
    status: SeatStatus,
}

/// List the seats
///
/// The status of every seat that is for sale; where it stands in the room is in the catalog's seating. Send `If-None-Match`
/// with the last ETag to hear whether anything changed; for changes as they happen, open the stream.
#[utoipa::path(
    get,
    path = "/events/{id}/seats",
    tag = "Availability",
    params(
        ("id" = uuid::Uuid, Path, description = "The event"),
        ("If-None-Match" = Option<String>, Header, nullable = false, description = "ETag of an earlier answer"),
    ),
    responses(
        (status = 200, description = "All seats", body = SeatList, headers(("ETag" = String, description = "Names this state"))),
        (status = 304, description = "As before"),
        (status = 404, description = "`event_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The event is not known yet and the catalog is away", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(())
)]
pub(super) async fn list_seats(
    State(app): State<App>,
    Path(id): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.events.get(id).await?;
    // Read first: seats that change meanwhile are newer than it says, never older.
    let revision = store::stock::revision(&app.pool, id)
        .await?
        .ok_or_else(|| Problem::not_found("event"))?;
    let etag = format!("\"{revision}\"");
    let caching = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    let unchanged = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| {
            known
                .split(',')
                .map(|tag| tag.trim().trim_start_matches("W/"))
                .any(|tag| tag == etag)
        });
    if unchanged {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let seats = store::stock::seats(&app.pool, id)
        .await?
        .into_iter()
        .map(|seat| SeatItem {
            seat_guid: seat.seat_guid,
            ticket_type_id: seat.ticket_type_id,
            status: seat.status,
        })
        .collect();
    let list = SeatList {
        event_id: id,
        revision,
        seats,
    };
    Ok((caching, Json(list)).into_response())
}
