//! Availability as it changes, as server-sent events.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use contracts::EventId;
use futures::stream;
use kit::{
    Problem,
    http::{Path, Query},
};
use serde::Deserialize;
use sqlx::PgPool;
use utoipa::IntoParams;

use crate::{
    live::{Read, Subscription, Update, seats_json},
    state::App,
    store,
};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// How soon a browser should come again when the stream ends.
const RETRY: Duration = Duration::from_secs(2);

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct From {
    /// Tell the seats that changed after this revision of the seat list, too
    #[param(minimum = 0, nullable = false)]
    since: Option<u32>,
}

/// Watch what is left
///
/// Server-sent events: `availability` with the same JSON as the availability, at once and whenever it changes, and `seats` with
/// `{"changes": [{"seat_guid", "status"}]}`; at most four times a second, once a second where 10,000 watch, with a comment every
/// 15 s to keep the line open. A client that falls behind is cut off: come again with `Last-Event-ID`, as browsers do, and
/// nothing is missed.
#[utoipa::path(
    get,
    path = "/events/{id}/availability/stream",
    tag = "Availability",
    params(
        ("id" = uuid::Uuid, Path, description = "The event"),
        From,
        ("Last-Event-ID" = Option<String>, Header, nullable = false, description = "`id` of the last event that was seen"),
    ),
    responses(
        (status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
        (status = 404, description = "`event_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`since` is not a number", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many streams are open; poll the availability", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(())
)]
pub(super) async fn stream_availability(
    State(app): State<App>,
    Path(id): Path<EventId>,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.events.get(id).await?;
    let last_seen = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<i64>().ok())
        .or(from.since.map(i64::from));
    // Before the first look, so that nothing falls in between.
    let subscription = app
        .live
        .subscribe(id)
        .ok_or_else(|| Problem::unavailable(30).shed())?;
    let now = app.live.read(id).await?;
    let watcher = Watcher::start(app.pool.clone(), id, subscription, last_seen, &now).await?;
    let events = stream::unfold(watcher, async |mut watcher| {
        let event = watcher.next().await?;
        Some((Ok::<_, Infallible>(event), watcher))
    });
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // Proxies must neither keep nor gather it.
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, sse).into_response())
}

/// One client's stream.
struct Watcher {
    pool: PgPool,
    event: EventId,
    subscription: Subscription,
    /// What the client knows.
    revision: i64,
    ready: VecDeque<Event>,
}

impl Watcher {
    async fn start(
        pool: PgPool,
        event: EventId,
        subscription: Subscription,
        last_seen: Option<i64>,
        now: &Read,
    ) -> Result<Self, Problem> {
        let revision = now.snapshot.revision;
        let mut watcher = Self {
            pool,
            event,
            subscription,
            revision: last_seen.unwrap_or(revision),
            ready: VecDeque::new(),
        };
        let seats = if watcher.revision == revision {
            None
        } else {
            watcher.changes().await?
        };
        watcher.push(revision, &now.json, seats.as_deref());
        Ok(watcher)
    }

    /// The next event to send; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            // Behind by too much, or the process is ending.
            let update = self.subscription.updates.recv().await.ok()?;
            self.take(update).await?;
        }
    }

    async fn take(&mut self, update: Arc<Update>) -> Option<()> {
        if update.revision <= self.revision {
            return Some(());
        }
        let gapless = update.since.is_some_and(|since| since <= self.revision);
        if gapless {
            self.push(
                update.revision,
                &update.availability,
                update.seats.as_deref(),
            );
        } else {
            let seats = self.changes().await.ok()?;
            self.push(update.revision, &update.availability, seats.as_deref());
        }
        Some(())
    }

    /// The seats that changed since what the client knows.
    async fn changes(&self) -> sqlx::Result<Option<String>> {
        let changes = store::stock::changes_since(&self.pool, self.event, self.revision).await?;
        Ok(seats_json(&changes))
    }

    fn push(&mut self, revision: i64, availability: &str, seats: Option<&str>) {
        let event = |name: &str| {
            Event::default()
                .event(name)
                .id(revision.to_string())
                .retry(RETRY)
        };
        // Seats first: whoever has seen the second event has seen both.
        if let Some(seats) = seats {
            self.ready.push_back(
                Event::default()
                    .event("seats")
                    .id(self.revision.to_string())
                    .data(seats),
            );
        }
        self.ready
            .push_back(event("availability").data(availability));
        self.revision = revision;
    }
}
