//! A buyer's bookings.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use contracts::{BookingId, EventSnapshot, TicketId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path, Query},
    idempotency::{Kept, Key, Scope},
    page::{Page, PageQuery},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{demand::Demand, new_booking::NewBookingSchema, queue::admission};
use crate::{
    domain::{Booking, BookingStatus, Closed, Refusal, Wanted, booking::Reason, order::MAX_SEATS},
    inventory::{self, HoldRequest, Outcome},
    queue,
    state::App,
    store,
};

/// Hold places
///
/// Takes the places at once and keeps them for ten minutes. All of them or none: a conflict changes nothing. Prices are the
/// event's. Send an Idempotency-Key, so that a repeated request holds nothing twice. An event with a `waiting_room` wants the
/// admission that its queue gives; a ticket type with `access_code_required` its code as `access_code`, which opens every ticket
/// type that has it.
#[utoipa::path(
    post,
    path = "/bookings",
    tag = "Bookings",
    params(
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, nullable = false,
            description = "Names this request; the same key with the same body gets the first answer again for 24 hours"),
        ("Queue-Admission" = Option<String>, Header, nullable = false,
            description = "The admission of the event's queue, where it has a waiting room"),
    ),
    request_body(content = NewBookingSchema, examples(
        ("general admission" = (value = json!({"event_id": "0192f0c1-0000-7000-8000-000000000001",
            "items": [{"ticket_type_id": "0192f0c1-0000-7000-8000-000000000002", "quantity": 2}]}))),
        ("picked seats" = (value = json!({"event_id": "0192f0c1-0000-7000-8000-000000000001", "seats": ["A-12", "A-13"]}))),
        ("best available" = (value = json!({"event_id": "0192f0c1-0000-7000-8000-000000000001",
            "best_available": {"ticket_type_id": "0192f0c1-0000-7000-8000-000000000002", "quantity": 2}}))),
        ("short form" = (value = json!({"event_id": "0192f0c1-0000-7000-8000-000000000001", "seats": 2}))),
    )),
    responses(
        (status = 201, description = "Held until `expires_at`", body = Booking),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`access_code_required`, `access_code_wrong` (with `ticket_type_id`); `queue_required`: the event has \
            a waiting room, and this is no valid admission of its queue",
            body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`sold_out` (with `remaining`), `seat_taken` (with `seats`), `no_adjacent`, `sales_not_started`, \
            `sales_closed`, `event_not_on_sale`, `buyer_limit`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`, `too_many_per_order`, `seat_unknown`, `idempotency_key_reused`",
            body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too much is asked at once, or the ticket type's access code is not known here yet",
            body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn create_booking(
    State(app): State<App>,
    demand: Demand,
) -> Result<Response, Problem> {
    let Demand {
        principal,
        key,
        headers,
        body,
    } = demand;
    let user_id = principal.user_id;
    app.limit.check(user_id)?;
    let wanted = body.wanted()?;
    let idempotency = key
        .map(|key| Scope::new(user_id, "POST", "/bookings", key, &body))
        .transpose()?;
    let event = app.events.get(body.event_id).await?;
    let queued = event.waiting_room;
    if queued && !app.queue.admits(event.id, user_id, admission(&headers)) {
        return Err(queue::required());
    }
    let closed = Closed::to(body.access_code.as_ref(), &event);
    let wanted = match check(&app, &event, &closed, wanted) {
        Ok(wanted) => wanted,
        Err(refusal) => {
            // What was answered before is answered again, even though it would be refused now.
            return match &idempotency {
                Some(scope) => app.inventory.kept(scope).await?,
                None => None,
            }
            .map(Kept::into_response)
            .ok_or_else(|| {
                inventory::refused(&refusal);
                refusal.into()
            });
        }
    };
    let request = HoldRequest {
        booking_id: BookingId::new(),
        user_id,
        wanted,
        closed,
    };
    match app.inventory.hold(event, request, idempotency).await {
        Ok(Outcome::Changed(booking)) => {
            if queued {
                app.queue.served(body.event_id, user_id);
            }
            Ok((StatusCode::CREATED, Json(*booking)).into_response())
        }
        Ok(Outcome::Replayed(kept)) => Ok(kept.into_response()),
        Ok(Outcome::Waiting(_) | Outcome::Nothing) => {
            Err(Problem::internal(anyhow::anyhow!("nothing was held")))
        }
        Err(error) => {
            if let inventory::Error::Refused(Refusal::SoldOut { event: true, .. }) = error {
                app.events.sold_out(body.event_id);
            }
            Err(error.into())
        }
    }
}

/// What can be refused without asking the stock.
fn check(
    app: &App,
    event: &EventSnapshot,
    closed: &Closed,
    wanted: Wanted,
) -> Result<Wanted, Refusal> {
    let wanted = wanted.check(event, closed, Utc::now())?;
    let first = match &wanted {
        Wanted::Items(items) => items.first().map(|(id, _)| *id),
        Wanted::BestAvailable { ticket_type_id, .. } => Some(*ticket_type_id),
        // Whoever picks seats wants to hear which of them are taken.
        Wanted::Seats(_) | Wanted::Places(_) => None,
    };
    match first {
        Some(ticket_type_id) if app.events.is_sold_out(event.id) => Err(Refusal::SoldOut {
            ticket_type_id,
            remaining: 0,
            event: true,
        }),
        _ => Ok(wanted),
    }
}

/// Narrows the list of bookings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BookingFilter {
    /// Only bookings in this state
    #[param(nullable = false, inline)]
    status: Option<BookingStatus>,
}

/// One page of bookings.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BookingPage {
    items: Vec<Booking>,
    /// Send it as `cursor` to get the next page; null on the last
    next_cursor: Option<String>,
}

/// List my bookings
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/bookings",
    tag = "Bookings",
    params(BookingFilter, PageQuery),
    responses(
        (status = 200, description = "A page of bookings", body = BookingPage),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter can't be right", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list_bookings(
    State(app): State<App>,
    principal: Principal,
    Query(filter): Query<BookingFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<BookingPage>, Problem> {
    let before = page.after::<BookingId>()?;
    let mut connection = app.pool.acquire().await?;
    let records = store::bookings::list(
        &mut connection,
        principal.user_id,
        filter.status,
        before,
        page.rows(),
    )
    .await?;
    let bookings = records
        .into_iter()
        .map(store::bookings::Record::view)
        .collect();
    let page = Page::new(bookings, &page, |booking: &Booking| booking.id);
    Ok(Json(BookingPage {
        items: page.items,
        next_cursor: page.next_cursor,
    }))
}

/// Get a booking
///
/// A hold that ran out is `expired`. Poll this while a payment is being worked on.
#[utoipa::path(
    get,
    path = "/bookings/{id}",
    tag = "Bookings",
    params(("id" = uuid::Uuid, Path, description = "The booking")),
    responses(
        (status = 200, description = "The booking", body = Booking),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`booking_not_found`: there is none, or it is somebody else's", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get_booking(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<BookingId>,
) -> Result<Json<Booking>, Problem> {
    let mut connection = app.pool.acquire().await?;
    let record = store::bookings::owned(&mut connection, id, principal.user_id)
        .await?
        .ok_or_else(|| Problem::not_found("booking"))?;
    Ok(Json(record.view()))
}

/// Go to checkout
///
/// Freezes the total and prolongs the hold to fifteen minutes from now; again changes nothing. Where nothing is to pay, the
/// booking is confirmed.
#[utoipa::path(
    post,
    path = "/bookings/{id}/checkout",
    tag = "Bookings",
    params(
        ("id" = uuid::Uuid, Path, description = "The booking"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, nullable = false,
            description = "Names this request; the same key gets the first answer again for 24 hours"),
    ),
    responses(
        (status = 200, description = "What is to be paid, and until when", body = Booking),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`booking_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`invalid_transition`: it is not held; `event_not_on_sale`: the event was cancelled",
            body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 410, description = "`hold_expired`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn checkout(
    State(app): State<App>,
    principal: Principal,
    key: Option<Key>,
    Path(id): Path<BookingId>,
) -> Result<Kept, Problem> {
    let path = format!("/bookings/{id}/checkout");
    let scope = key
        .map(|key| Scope::new(principal.user_id, "POST", path, key, &()))
        .transpose()?;
    app.inventory.checkout(principal.user_id, id, scope).await
}

/// Which tickets to cancel.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
pub(super) struct CancelRequest {
    /// Tickets of a confirmed booking; absent: all that can be cancelled
    #[schema(value_type = Option<Vec<uuid::Uuid>>, min_items = 1, max_items = 100)]
    ticket_ids: Option<Vec<TicketId>>,
}

/// Release or cancel
///
/// Gives the places of a hold back, or cancels tickets of a confirmed booking, which refunds what they cost. Tickets that were
/// checked in stay. Places are on sale again at once.
#[utoipa::path(
    post,
    path = "/bookings/{id}/cancel",
    tag = "Bookings",
    params(
        ("id" = uuid::Uuid, Path, description = "The booking"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, nullable = false,
            description = "Names this request; the same key with the same body gets the first answer again for 24 hours"),
    ),
    request_body(content = CancelRequest, example = json!({})),
    responses(
        (status = 200, description = "The booking as it is now", body = Booking),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`booking_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`invalid_transition`: nothing can be given back; `event_over`", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 410, description = "`hold_expired`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`, `idempotency_key_reused`", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn cancel_booking(
    State(app): State<App>,
    principal: Principal,
    key: Option<Key>,
    Path(id): Path<BookingId>,
    body: OptionalBody<CancelRequest>,
) -> Result<Kept, Problem> {
    let OptionalBody(body) = body;
    if let Some(ids) = &body.ticket_ids {
        if !(1..=MAX_SEATS).contains(&ids.len()) {
            let message = format!("must have 1 to {MAX_SEATS} entries");
            return Err(Problem::invalid("/ticket_ids", message));
        }
        if let Some(index) = (0..ids.len()).find(|index| ids[..*index].contains(&ids[*index])) {
            return Err(Problem::invalid(
                format!("/ticket_ids/{index}"),
                "is named twice",
            ));
        }
    }
    let path = format!("/bookings/{id}/cancel");
    let scope = key
        .map(|key| Scope::new(principal.user_id, "POST", path, key, &body))
        .transpose()?;
    app.inventory
        .cancel(principal.user_id, id, body.ticket_ids, scope)
        .await
}

/// A JSON body that may be absent altogether.
pub(super) struct OptionalBody<T>(T);

impl<T, S> axum::extract::FromRequest<S> for OptionalBody<T>
where
    T: serde::de::DeserializeOwned + Default,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Problem> {
        use axum::{body::HttpBody as _, http::header};

        let empty =
            request.body().is_end_stream() && !request.headers().contains_key(header::CONTENT_TYPE);
        if empty {
            return Ok(Self(T::default()));
        }
        let Json(body) = Json::from_request(request, state).await?;
        Ok(Self(body))
    }
}

/// A change of a booking.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HistoryItem {
    at: DateTime<Utc>,
    /// Absent for the first
    from: Option<BookingStatus>,
    to: BookingStatus,
    #[schema(value_type = Reason)]
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct History {
    items: Vec<HistoryItem>,
}

/// Get a booking's history
///
/// Every change of it, oldest first.
#[utoipa::path(
    get,
    path = "/bookings/{id}/history",
    tag = "Bookings",
    params(("id" = uuid::Uuid, Path, description = "The booking")),
    responses(
        (status = 200, description = "All changes", body = History),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`booking_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get_history(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<BookingId>,
) -> Result<Json<History>, Problem> {
    let mut connection = app.pool.acquire().await?;
    store::bookings::owned(&mut connection, id, principal.user_id)
        .await?
        .ok_or_else(|| Problem::not_found("booking"))?;
    let entries = store::bookings::history(&mut connection, id).await?;
    let items = entries
        .into_iter()
        .map(|entry| HistoryItem {
            at: entry.at,
            from: entry.from,
            to: entry.to,
            reason: entry.reason,
        })
        .collect();
    Ok(Json(History { items }))
}
