//! The waiting list of an event.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use chrono::Utc;
use contracts::{EventId, TicketTypeId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path, Query},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::{Closed, GivenCode, WaitingEntry, order},
    inventory::WaitingWish,
    state::App,
    store,
};

/// How many places of which ticket type.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct NewEntry {
    #[schema(value_type = uuid::Uuid)]
    ticket_type_id: TicketTypeId,
    /// All of them are offered at once, or none
    #[schema(minimum = 1, maximum = 1000, example = 2)]
    quantity: u32,
    /// For a ticket type with `access_code_required`; an offer needs it no more
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 64, value_type = Option<String>, example = "FANCLUB-2027")]
    access_code: Option<GivenCode>,
}

/// The caller's entries.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Entries {
    /// The newest first
    items: Vec<WaitingEntry>,
}

/// Join the waiting list
///
/// For a ticket type of which there are not enough left. When places come back they are offered in the order in which people
/// joined: the offer is a booking that is held until it expires, and a mail tells of it. One entry per buyer and ticket type;
/// joining again changes nothing.
#[utoipa::path(
    post,
    path = "/events/{id}/waiting-list",
    tag = "Waiting list",
    params(("id" = uuid::Uuid, Path, description = "The event")),
    request_body(content = NewEntry, example = json!({"ticket_type_id": "0192f0c1-0000-7000-8000-000000000002", "quantity": 2})),
    responses(
        (status = 201, description = "On the list", body = WaitingEntry),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`access_code_required`, `access_code_wrong` (with `ticket_type_id`)",
            body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`, `ticket_type_not_found`", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "`not_sold_out` (with `available`), `already_waiting` for another `quantity`, `sales_not_started`, \
            `sales_closed`, `event_not_on_sale`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`, `too_many_per_order`", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too much is asked at once, or the ticket type's access code is not known here yet", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn join_waiting_list(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<EventId>,
    Json(body): Json<NewEntry>,
) -> Result<Response, Problem> {
    app.limit.check(principal.user_id)?;
    let event = app.events.get(id).await?;
    let kind = order::ticket_type(&event, body.ticket_type_id)
        .ok_or_else(|| Problem::not_found("ticket_type"))?;
    let most = event.max_per_buyer.unwrap_or(order::MAX_QUANTITY);
    if !(1..=most.min(order::MAX_QUANTITY)).contains(&body.quantity) {
        return Err(Problem::invalid(
            "/quantity",
            format!("must be from 1 to {}", most.min(order::MAX_QUANTITY)),
        ));
    }
    order::check_line(&event, kind, body.quantity, Utc::now())?;
    Closed::to(body.access_code.as_ref(), &event).check(kind.id)?;
    let wish = WaitingWish {
        user: principal.user_id,
        ticket_type: body.ticket_type_id,
        quantity: body.quantity,
    };
    let entry = app.inventory.join_waiting_list(id, wish).await?;
    let mut connection = app.pool.acquire().await?;
    let entries = store::waiting_list::of_buyer(&mut connection, id, principal.user_id).await?;
    let entry = entries
        .into_iter()
        .find(|known| known.id == entry)
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("the entry is not there")))?;
    Ok((StatusCode::CREATED, Json(entry)).into_response())
}

/// Look at my entries
///
/// With the place in the line, or the offer.
#[utoipa::path(
    get,
    path = "/events/{id}/waiting-list",
    tag = "Waiting list",
    params(("id" = uuid::Uuid, Path, description = "The event")),
    responses(
        (status = 200, description = "The caller's entries", body = Entries),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get_waiting_list(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<EventId>,
) -> Result<Json<Entries>, Problem> {
    app.events.get(id).await?;
    let mut connection = app.pool.acquire().await?;
    let items = store::waiting_list::of_buyer(&mut connection, id, principal.user_id).await?;
    Ok(Json(Entries { items }))
}

/// Narrows what is left.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Leaving {
    /// Only this ticket type
    #[param(nullable = false, value_type = Option<uuid::Uuid>)]
    ticket_type_id: Option<TicketTypeId>,
}

/// Leave the waiting list
///
/// Takes the caller's waiting entries off; again changes nothing. An offer is declined by cancelling its booking.
#[utoipa::path(
    delete,
    path = "/events/{id}/waiting-list",
    tag = "Waiting list",
    params(("id" = uuid::Uuid, Path, description = "The event"), Leaving),
    responses(
        (status = 204, description = "Not on the list"),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`ticket_type_id` is no id", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn leave_waiting_list(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<EventId>,
    Query(leaving): Query<Leaving>,
) -> Result<StatusCode, Problem> {
    app.events.get(id).await?;
    app.inventory
        .leave_waiting_list(id, principal.user_id, leaving.ticket_type_id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
