//! One event: made, read, edited, deleted.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contracts::{EventId, EventStatus, Message, SeatingPlanId, VenueId, messages::EventChanged};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path},
    idempotency::{Kept, Key},
    openapi, outbox,
};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::{
    access, capacities,
    event::{self, EventView},
    input,
    once::Once,
};
use crate::{
    App,
    domain::{
        event::{EventInput, TicketType, Venue},
        text::{Description, Label, TimeZone, Title, WebUrl},
    },
    pages::{self, Page},
    store::events::{self, Event},
};

/// Browsers ask again each time, which costs a 304.
const REVALIDATE: &str = "no-cache";
/// What tells access codes is kept nowhere.
const NEVER_KEPT: &str = "no-store";
/// An edit that meets Booking's own change of a capacity is done again on top of it.
const EDIT_TRIES: u32 = 3;

/// Make an event
///
/// It begins as a draft that only the organisation's members see; publish it to sell. An event with numbered seats names a
/// `venue_id`, one of its seating plans, and the `seating_categories` each ticket type sells; capacities are counted from the plan.
#[utoipa::path(
    post, path = "/events", tag = "Events",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, nullable = false,
        description = "Names this request; the same key with the same body gets the first answer again for 24 hours")),
    request_body(content = EventInput, example = json!({
        "organisation_id": "0193a1b2-0000-7000-8000-000000000001", "title": "Rust by the Danube", "description": "Two days of talks.",
        "category": "conference", "tags": ["rust"], "starts_at": "2027-05-07T07:00:00Z", "ends_at": "2027-05-08T16:00:00Z",
        "time_zone": "Europe/Vienna", "venue": {"name": "City Hall", "address": "Ring 2", "city": "Vienna", "country": "AT"},
        "ticket_types": [{"name": "Regular", "price": {"amount": 12000, "currency": "EUR"}, "capacity": 300, "max_per_order": 6}]
    })),
    responses(
        (status = 201, description = "The draft", body = EventView),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_event(
    State(app): State<App>,
    caller: Principal,
    key: Option<Key>,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let input: EventInput = kit::http::from_value(body.clone())?;
    let input = EventInput {
        ticket_types: input
            .ticket_types
            .into_iter()
            .map(|kind| kind.known_or_new(&[]))
            .collect(),
        ..input
    };
    let mut transaction = app.pool.begin().await?;
    let once = match Once::begin(&mut transaction, &caller, key, "/events".into(), &body).await {
        Ok(once) => once,
        Err(kept) => return kept.map(with_etag),
    };
    access::organiser(&mut transaction, &caller, input.organisation_id).await?;
    let prepared = input::prepare(&mut transaction, input).await?;
    let id = input::insert_draft(&mut transaction, &prepared).await?;
    let event = events::find(&mut transaction, id, None)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    let kept = once
        .answer(
            &mut transaction,
            StatusCode::CREATED,
            &EventView::to_organisers(event),
        )
        .await?;
    transaction.commit().await?;
    Ok(with_etag(kept))
}

/// Get an event
///
/// Drafts exist only for the organisation's members. Access codes are told to nobody here. Send the `ETag` as `If-None-Match` to save the body when nothing changed, and as
/// `If-Match` when you edit.
#[utoipa::path(
    get, path = "/events/{id}", tag = "Events",
    security((), ("bearer" = [])),
    params(
        ("id" = EventId, Path, description = "The event"),
        ("If-None-Match" = Option<String>, Header, nullable = false, description = "The ETag of what you have"),
    ),
    responses(
        (status = 200, description = "The event", body = EventView, headers(("ETag" = String, description = "Names this version"))),
        (status = 304, description = "It is still what you have"),
        (status = 401, description = "`unauthorized`: the token is not valid", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_event(
    State(app): State<App>,
    caller: Option<Principal>,
    Path(id): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(page) = app.pages.get(id).await {
        return Ok(send(&page, &headers));
    }
    let mut connection = app.pool.acquire().await?;
    let event = events::find(
        &mut connection,
        id,
        caller.as_ref().map(|caller| caller.user_id),
    )
    .await?;
    drop(connection);
    let event = event.ok_or_else(|| Problem::not_found("event"))?;
    if event.status() == EventStatus::Draft {
        let admin = caller.is_some_and(|caller| caller.is_admin());
        if event.role().is_none() && !admin {
            return Err(Problem::not_found("event"));
        }
        return Ok(send(&event::page(event)?, &headers));
    }
    let page = event::page(event)?;
    app.pages.put(id, page.clone()).await;
    Ok(send(&page, &headers))
}

/// Get an event for editing
///
/// As its organisers know it: with the access codes of its ticket types.
#[utoipa::path(
    get, path = "/events/{id}/edit", tag = "Events",
    security(("bearer" = [])),
    params(("id" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The event", body = EventView, headers(("ETag" = String, description = "Names this version"))),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_event_to_edit(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<EventId>,
) -> Result<Response, Problem> {
    let mut connection = app.pool.acquire().await?;
    let event = access::organised_event(&mut connection, &caller, id).await?;
    Ok(send_to_organisers(&event::organisers_page(event)?))
}

fn send_to_organisers(page: &Page) -> Response {
    let mut response = send(page, &HeaderMap::new());
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER_KEPT));
    response
}

fn send(page: &Page, headers: &HeaderMap) -> Response {
    let etag =
        HeaderValue::try_from(&page.etag).unwrap_or_else(|_| HeaderValue::from_static("\"0\""));
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value
                .split(',')
                .map(|tag| tag.trim().trim_start_matches("W/"))
                .any(|tag| tag == page.etag || tag == "*")
        });
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (
            [(header::CONTENT_TYPE, "application/json")],
            page.body.clone(),
        )
            .into_response()
    };
    response.headers_mut().insert(header::ETAG, etag);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(REVALIDATE));
    response
}

/// An answer that is an event, with its ETag.
pub(super) fn with_etag(kept: Kept) -> Response {
    let etag = kept.body["version"]
        .as_i64()
        .and_then(|version| HeaderValue::try_from(format!("\"{version}\"")).ok());
    let mut response = kept.into_response();
    if let Some(etag) = etag {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// Fields to replace; the others stay. `venue` and `ticket_types` are replaced as a whole: ticket types that stay keep their `id`, and
/// their `access_code` unless another one or null is given.
#[derive(ToSchema)]
#[schema(as = EventChange)]
#[expect(
    dead_code,
    reason = "only its schema is used: fields that are absent and null differ"
)]
pub(super) struct EventPatch {
    #[schema(nullable = false)]
    title: Option<Title>,
    #[schema(nullable = false)]
    description: Option<Description>,
    #[schema(nullable = false)]
    category: Option<Label>,
    #[schema(max_items = 20, nullable = false)]
    tags: Option<Vec<Label>>,
    image_url: Option<WebUrl>,
    external_url: Option<WebUrl>,
    #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
    starts_at: Option<String>,
    #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
    ends_at: Option<String>,
    #[schema(nullable = false)]
    time_zone: Option<TimeZone>,
    venue: Option<Venue>,
    venue_id: Option<VenueId>,
    seating_plan_id: Option<SeatingPlanId>,
    #[schema(max_items = 50, nullable = false)]
    ticket_types: Option<Vec<TicketType>>,
    #[schema(minimum = 1, maximum = 1000)]
    max_per_buyer: Option<u32>,
    #[schema(nullable = false)]
    waiting_room: Option<bool>,
}

/// Edit an event
///
/// Send the ETag of what you changed as `If-Match`; when somebody else was faster that is 412: get the event, and edit again. Once
/// published, seats are frozen and ticket types stay; a capacity is decided by Booking and never goes below what is held and sold.
#[utoipa::path(
    patch, path = "/events/{id}", tag = "Events",
    security(("bearer" = [])),
    params(
        ("id" = EventId, Path, description = "The event"),
        ("If-Match" = String, Header, description = "The ETag of what you changed", example = "\"3\""),
    ),
    request_body(content = EventPatch, example = json!({"title": "Rust by the Danube 2027"})),
    responses(
        (status = 200, description = "The event as it is now", body = EventView, headers(("ETag" = String, description = "Names this version"))),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`capacity_below_sold`, `invalid_transition`: cancelled and completed events don't change",
            body = openapi::Problem, content_type = "application/problem+json"),
        (status = 412, description = "`stale_version`: somebody else has changed it", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 428, description = "`precondition_required`: `If-Match` is missing", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: Booking can't be asked about a capacity", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn update_event(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<EventId>,
    headers: HeaderMap,
    Json(patch): Json<Map<String, Value>>,
) -> Result<Response, Problem> {
    let mut connection = app.pool.acquire().await?;
    let mut event = access::organised_event(&mut connection, &caller, id).await?;
    match expected(&headers)? {
        Expected::Any => {}
        Expected::Version(version) if version == event.version => {}
        Expected::Version(_) => return Err(stale()),
    }
    if !matches!(event.status(), EventStatus::Draft | EventStatus::Published) {
        return Err(
            Problem::conflict("invalid_transition", "Invalid transition")
                .detail("A cancelled or completed event does not change any more."),
        );
    }
    let before = input::current(&event)?;
    let prepared = input::prepare(&mut connection, input::patched(&event, patch)?).await?;
    if event.status() == EventStatus::Published {
        access::no_faults(prepared.input.frozen_changes(&before))?;
        access::no_faults(prepared.input.unready(prepared.plan.as_ref()))?;
        // Booking calls back for what it does not know, so no connection is held meanwhile.
        drop(connection);
        capacities::change(&app, &caller, id, &before, &prepared.input).await?;
    } else {
        if prepared.input.organisation_id != before.organisation_id {
            return Err(Problem::invalid("/organisation_id", "can't change"));
        }
        drop(connection);
    }
    for _ in 0..EDIT_TRIES {
        let mut transaction = app.pool.begin().await?;
        if events::update(
            &mut transaction,
            id,
            event.version,
            &prepared.input,
            prepared.place.as_ref(),
        )
        .await?
        {
            let event = events::find(&mut transaction, id, None)
                .await?
                .ok_or(sqlx::Error::RowNotFound)?;
            tell(&mut transaction, &event).await?;
            transaction.commit().await?;
            app.outbox.wake();
            return Ok(send_to_organisers(&event::organisers_page(event)?));
        }
        let now = access::organised_event(&mut transaction, &caller, id).await?;
        if now.status() != event.status()
            || !capacities::only_difference(&input::current(&now)?, &before)
        {
            return Err(stale());
        }
        event = now;
    }
    Err(stale())
}

/// Everybody who keeps a copy of a published event hears of its change.
async fn tell(connection: &mut PgConnection, event: &Event) -> sqlx::Result<()> {
    if event.status() != EventStatus::Published {
        return Ok(());
    }
    let changed = EventChanged {
        event: event.snapshot(),
        version: event.version,
    };
    outbox::add(&mut *connection, &Message::EventUpdated(changed)).await?;
    pages::changed(connection, &[event.id]).await
}

enum Expected {
    Any,
    Version(i64),
}

/// The version in `If-Match`. Proxies weaken ETags when they compress, so that `W/` is looked over.
fn expected(headers: &HeaderMap) -> Result<Expected, Problem> {
    let missing = || {
        Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition_required",
            "Precondition required",
        )
        .detail("Send the ETag of the event that you changed as If-Match.")
    };
    let tag = headers
        .get(header::IF_MATCH)
        .ok_or_else(missing)?
        .to_str()
        .map_err(|_| stale())?
        .trim();
    if tag == "*" {
        return Ok(Expected::Any);
    }
    let version = tag
        .trim_start_matches("W/")
        .trim_matches('"')
        .trim_end_matches(event::SOLD_OUT_MARK);
    version.parse().map(Expected::Version).map_err(|_| stale())
}

fn stale() -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "stale_version",
        "Stale version",
    )
    .detail("Somebody else has changed the event meanwhile. Get it again and repeat your change.")
}

/// Delete a draft
///
/// What was published is cancelled instead, so that its buyers are told.
#[utoipa::path(
    delete, path = "/events/{id}", tag = "Events",
    security(("bearer" = [])),
    params(("id" = EventId, Path, description = "The event")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`invalid_transition`: it is no draft", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_event(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<EventId>,
) -> Result<StatusCode, Problem> {
    let mut transaction = app.pool.begin().await?;
    access::organised_event(&mut transaction, &caller, id).await?;
    if !events::delete_draft(&mut transaction, id).await? {
        return Err(Problem::conflict("invalid_transition", "Invalid transition")
            .detail("Only a draft can be deleted. Cancel the event, so that its buyers are told and get their money back."));
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
