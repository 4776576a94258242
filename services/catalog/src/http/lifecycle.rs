//! `draft → published → cancelled`, and a new draft made of any event.

use axum::{extract::State, http::StatusCode, response::Response};
use chrono::Utc;
use contracts::{
    EventId, EventStatus, Message, TicketTypeId,
    messages::{EventCancelled, EventChanged},
};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path},
    idempotency::Key,
    openapi, outbox,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{access, event::EventView, events::with_etag, input, once::Once, seating};
use crate::{
    App,
    domain::{
        Fault,
        event::EventInput,
        text::{Reason, Title},
        transition,
    },
    pages,
    store::events,
};

/// Publish an event
///
/// Everybody sees it and can book. Its seats are frozen as the seating plan has them now.
#[utoipa::path(
    post, path = "/events/{id}/publish", tag = "Events",
    security(("bearer" = [])),
    params(
        ("id" = EventId, Path, description = "The event"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, nullable = false,
            description = "Names this request; the same key gets the first answer again for 24 hours"),
    ),
    responses(
        (status = 200, description = "The event, on sale", body = EventView),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`invalid_transition`: it is no draft", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: `errors` says what is missing, by the event's fields",
            body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn publish_event(
    State(app): State<App>,
    caller: Principal,
    key: Option<Key>,
    Path(id): Path<EventId>,
) -> Result<Response, Problem> {
    let mut transaction = app.pool.begin().await?;
    let once = match Once::begin(
        &mut transaction,
        &caller,
        key,
        format!("/events/{id}/publish"),
        &(),
    )
    .await
    {
        Ok(once) => once,
        Err(kept) => return kept.map(with_etag),
    };
    events::lock(&mut transaction, id).await?;
    let event = access::organised_event(&mut transaction, &caller, id).await?;
    transition::check(event.status(), EventStatus::Published)
        .map_err(access::invalid_transition)?;
    let prepared = input::prepare(&mut transaction, input::current(&event)?).await?;
    let mut faults = prepared.input.unready(prepared.plan.as_ref());
    if event.ends_at <= Utc::now() {
        faults.push(Fault::new("/ends_at", "is over; nobody could come"));
    }
    access::no_faults(faults)?;
    // The plan may have given other capacities since the draft was saved.
    events::update(
        &mut transaction,
        id,
        event.version,
        &prepared.input,
        prepared.place.as_ref(),
    )
    .await?;
    if let (Some(plan), Some(plan_id), Some(venue)) =
        (&prepared.plan, event.seating_plan_id, event.venue_id)
    {
        let source = events::plan(&mut transaction, plan_id, venue, event.organisation_id)
            .await?
            .ok_or(sqlx::Error::RowNotFound)?;
        let frozen = seating::freeze(&source, plan, &prepared.input.ticket_types);
        events::freeze_seating(&mut transaction, id, &frozen).await?;
    }
    events::set_status(&mut transaction, id, EventStatus::Published, None).await?;
    let event = events::find(&mut transaction, id, None)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    let message = EventChanged {
        event: event.snapshot(),
        version: event.version,
    };
    outbox::add(&mut transaction, &Message::EventPublished(message)).await?;
    pages::changed(&mut transaction, &[id]).await?;
    let kept = once
        .answer(
            &mut transaction,
            StatusCode::OK,
            &EventView::to_organisers(event),
        )
        .await?;
    transaction.commit().await?;
    app.outbox.wake();
    Ok(with_etag(kept))
}

#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cancellation {
    /// What the buyers are told
    reason: Option<Reason>,
}

/// Cancel an event
///
/// For good: sales end at once, every booking is cancelled, its buyer is told and gets the money back.
#[utoipa::path(
    post, path = "/events/{id}/cancel", tag = "Events",
    security(("bearer" = [])),
    params(
        ("id" = EventId, Path, description = "The event"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, nullable = false,
            description = "Names this request; the same key with the same body gets the first answer again for 24 hours"),
    ),
    request_body(content = Option<Cancellation>, example = json!({"reason": "The singer is ill."})),
    responses(
        (status = 200, description = "The event, cancelled", body = EventView),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`invalid_transition`: it is not published; delete a draft instead", body = openapi::Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn cancel_event(
    State(app): State<App>,
    caller: Principal,
    key: Option<Key>,
    Path(id): Path<EventId>,
    body: Option<Json<Option<Cancellation>>>,
) -> Result<Response, Problem> {
    let cancellation = body.and_then(|Json(body)| body).unwrap_or_default();
    let mut transaction = app.pool.begin().await?;
    let path = format!("/events/{id}/cancel");
    let once = match Once::begin(&mut transaction, &caller, key, path, &cancellation).await {
        Ok(once) => once,
        Err(kept) => return kept.map(with_etag),
    };
    events::lock(&mut transaction, id).await?;
    let event = access::organised_event(&mut transaction, &caller, id).await?;
    transition::check(event.status(), EventStatus::Cancelled)
        .map_err(access::invalid_transition)?;
    let reason = cancellation
        .reason
        .as_ref()
        .map(Reason::as_str)
        .filter(|reason| !reason.is_empty());
    events::set_status(&mut transaction, id, EventStatus::Cancelled, reason).await?;
    let event = events::find(&mut transaction, id, None)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    let message = EventCancelled {
        event: event.snapshot(),
        reason: event.cancel_reason.clone(),
        version: event.version,
    };
    outbox::add(&mut transaction, &Message::EventCancelled(message)).await?;
    pages::changed(&mut transaction, &[id]).await?;
    let kept = once
        .answer(
            &mut transaction,
            StatusCode::OK,
            &EventView::to_organisers(event),
        )
        .await?;
    transaction.commit().await?;
    app.outbox.wake();
    Ok(with_etag(kept))
}

/// Duplicate an event
///
/// A new draft with everything but the sales; give it its own dates.
#[utoipa::path(
    post, path = "/events/{id}/duplicate", tag = "Events",
    security(("bearer" = [])),
    params(
        ("id" = EventId, Path, description = "The event"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, nullable = false,
            description = "Names this request; the same key gets the first answer again for 24 hours"),
    ),
    responses(
        (status = 201, description = "The draft", body = EventView),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: the original refers to what is gone", body = openapi::Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn duplicate_event(
    State(app): State<App>,
    caller: Principal,
    key: Option<Key>,
    Path(id): Path<EventId>,
) -> Result<Response, Problem> {
    let mut transaction = app.pool.begin().await?;
    let once = match Once::begin(
        &mut transaction,
        &caller,
        key,
        format!("/events/{id}/duplicate"),
        &(),
    )
    .await
    {
        Ok(once) => once,
        Err(kept) => return kept.map(with_etag),
    };
    let original = access::organised_event(&mut transaction, &caller, id).await?;
    let mut input: EventInput = input::current(&original)?;
    input.title = Title::truncated(&format!("Copy of {}", original.title)).unwrap_or(input.title);
    for kind in &mut input.ticket_types {
        kind.id = TicketTypeId::new();
    }
    let prepared = input::prepare(&mut transaction, input).await?;
    let copy = input::insert_draft(&mut transaction, &prepared).await?;
    let event = events::find(&mut transaction, copy, None)
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
