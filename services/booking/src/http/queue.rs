//! The waiting room of an event.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use contracts::EventId;
use futures::stream;
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path, Query},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{queue::QueueView, state::App};

const PLACE: &str = "queue-place";
const ADMISSION: &str = "queue-admission";
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How soon a browser should come again when the stream ends.
const RETRY: Duration = Duration::from_secs(2);

/// The admission that came with a request.
pub(super) fn admission(headers: &HeaderMap) -> Option<&str> {
    headers.get(ADMISSION)?.to_str().ok()
}

fn place(headers: &HeaderMap) -> Option<&str> {
    headers.get(PLACE)?.to_str().ok()
}

/// Join the queue
///
/// For events with `waiting_room`. The answer has your signed `place`: keep it and send it along each time, and you get the same
/// place again, whatever happens. One buyer has one place; joining again changes nothing. First come, first served by the second
/// of arrival; those who come before the sale begins get a random order when it does. A place that nobody looks after for two
/// minutes is left out until its buyer is back. Once `admitted`, book with the `admission` before it expires.
#[utoipa::path(
    post,
    path = "/events/{id}/queue",
    tag = "Queue",
    params(
        ("id" = uuid::Uuid, Path, description = "The event"),
        ("Queue-Place" = Option<String>, Header, nullable = false, description = "The signed place of an earlier answer"),
    ),
    responses(
        (status = 200, description = "Where you stand", body = QueueView),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`no_queue`: the event has no waiting room, book at once", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: the queue can't be asked, no place is lost; `queue_full`", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn join_queue(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app
        .queue
        .join(id, principal.user_id, place(&headers))
        .await?;
    Ok(unkept(view))
}

/// Get your place
///
/// Where you stand in the queue. Ask every five to ten seconds at most; better follow the stream.
#[utoipa::path(
    get,
    path = "/events/{id}/queue",
    tag = "Queue",
    params(
        ("id" = uuid::Uuid, Path, description = "The event"),
        ("Queue-Place" = Option<String>, Header, nullable = false, description = "The signed place of an earlier answer"),
    ),
    responses(
        (status = 200, description = "Where you stand", body = QueueView),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`; `not_in_queue`: you never joined, or your admission has ended",
            body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`no_queue`: the event has no waiting room, book at once", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "The queue can't be asked; no place is lost", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get_place(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = app
        .queue
        .look(id, principal.user_id, place(&headers))
        .await?;
    Ok(unkept(view))
}

/// Leave the queue
///
/// Gives up your place, or your turn: the next one comes sooner. Who was not in the queue is told the same. A place signed
/// before is spent; joining again begins at the end. An admission that you have stays good until it ends.
#[utoipa::path(
    delete,
    path = "/events/{id}/queue",
    tag = "Queue",
    params(("id" = uuid::Uuid, Path, description = "The event")),
    responses(
        (status = 204, description = "You are not in the queue"),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`no_queue`: the event has no waiting room, book at once", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "The queue can't be asked; you are still in it", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn leave_queue(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<EventId>,
) -> Result<StatusCode, Problem> {
    app.queue.leave(id, principal.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn unkept(view: QueueView) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(view)).into_response()
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// The signed place; it says whose it is, so that no token is needed
    #[param(max_length = 256)]
    place: String,
}

/// Follow your place
///
/// Server-sent events `queue` with the same JSON as your place, without `place`: at once, and at most once a second when something
/// changed; a comment every 15 s keeps the line open. An open stream is a sign of life. It ends after `sold_out`, `over` and
/// `absent`; when it breaks, come again with the same place and nothing is lost.
#[utoipa::path(
    get,
    path = "/events/{id}/queue/stream",
    tag = "Queue",
    params(("id" = uuid::Uuid, Path, description = "The event"), Whose),
    responses(
        (status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
        (status = 404, description = "`event_not_found`; `not_in_queue`: your admission has ended", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "`no_queue`: the event has no waiting room, book at once", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: that is no place of this queue", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many streams are open, or the queue can't be asked; ask for your place now and then",
            body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(super) async fn follow_place(
    State(app): State<App>,
    Path(id): Path<EventId>,
    Query(whose): Query<Whose>,
) -> Result<Response, Problem> {
    let follower = app.queue.follow(id, &whose.place).await?;
    let events = stream::unfold(follower, async |mut follower| {
        let view = follower.next().await?;
        let event = Event::default()
            .event("queue")
            .retry(RETRY)
            .json_data(&view)
            .ok()?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // Proxies must neither keep nor gather it.
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, sse).into_response())
}
