//! For an event's organisers.

use axum::extract::State;
use contracts::{Currency, EventId, Money, TicketTypeId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{state::App, store};

/// The most that a ticket type can have.
const MAX_CAPACITY: u32 = 1_000_000;

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct CapacityRequest {
    #[schema(value_type = uuid::Uuid)]
    ticket_type_id: TicketTypeId,
    #[schema(minimum = 0, maximum = 1_000_000, example = 500)]
    capacity: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CapacityAnswer {
    #[schema(value_type = uuid::Uuid)]
    ticket_type_id: TicketTypeId,
    #[schema(minimum = 0)]
    capacity: u32,
    #[schema(minimum = 0)]
    held: u32,
    #[schema(minimum = 0)]
    sold: u32,
}

/// Set a ticket type's capacity
///
/// Never below what is held and sold, never above the seats it has. The catalog follows by itself.
#[utoipa::path(
    put,
    path = "/events/{id}/capacity",
    tag = "Organisers",
    params(("id" = uuid::Uuid, Path, description = "The event")),
    request_body(content = CapacityRequest,
        example = json!({"ticket_type_id": "0192f0c1-0000-7000-8000-000000000002", "capacity": 500})),
    responses(
        (status = 200, description = "As it is now", body = CapacityAnswer),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Staff may not", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`, also for who is not its organiser; `ticket_type_not_found`",
            body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`capacity_below_sold` (with `held`, `sold`, `minimum`); `event_not_on_sale`: it was cancelled",
            body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn set_capacity(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<EventId>,
    Json(body): Json<CapacityRequest>,
) -> Result<Json<CapacityAnswer>, Problem> {
    if body.capacity > MAX_CAPACITY {
        return Err(Problem::invalid(
            "/capacity",
            format!("must be at most {MAX_CAPACITY}"),
        ));
    }
    let event = app.events.get(id).await?;
    app.memberships
        .require_organiser(
            &principal,
            event.organisation_id,
            Problem::not_found("event"),
        )
        .await?;
    let stock = app
        .inventory
        .set_capacity(id, body.ticket_type_id, body.capacity)
        .await?;
    Ok(Json(CapacityAnswer {
        ticket_type_id: body.ticket_type_id,
        capacity: stock.capacity,
        held: stock.held,
        sold: stock.sold,
    }))
}

/// What an event has sold.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sales {
    #[schema(value_type = uuid::Uuid)]
    event_id: EventId,
    #[schema(minimum = 0)]
    capacity: u32,
    #[schema(minimum = 0)]
    sold: u32,
    #[schema(minimum = 0)]
    held: u32,
    /// What the tickets cost that are not cancelled
    revenue: Money,
    /// What cancelled tickets gave back
    refunded: Money,
    #[schema(minimum = 0)]
    checked_in: u32,
    ticket_types: Vec<TypeSales>,
    /// By the day of sale in the event's time zone, oldest first; without what was cancelled
    by_day: Vec<DaySales>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TypeSales {
    #[schema(value_type = uuid::Uuid)]
    id: TicketTypeId,
    name: String,
    #[schema(minimum = 0)]
    capacity: u32,
    #[schema(minimum = 0)]
    held: u32,
    #[schema(minimum = 0)]
    sold: u32,
    revenue: Money,
}

#[derive(Debug, Serialize, ToSchema)]
struct DaySales {
    #[schema(format = Date, example = "2026-09-01")]
    date: String,
    #[schema(minimum = 0)]
    tickets: u32,
    revenue: Money,
}

/// Get an event's sales
///
/// For its organisers: what is sold, held and taken in, by ticket type and by day.
#[utoipa::path(
    get,
    path = "/events/{id}/sales",
    tag = "Organisers",
    params(("id" = uuid::Uuid, Path, description = "The event")),
    responses(
        (status = 200, description = "The figures", body = Sales),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Staff may not", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`, also for who is not its organiser", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get_sales(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<EventId>,
) -> Result<Json<Sales>, Problem> {
    let event = app.events.get(id).await?;
    app.memberships
        .require_organiser(
            &principal,
            event.organisation_id,
            Problem::not_found("event"),
        )
        .await?;
    let currency = event
        .ticket_types
        .first()
        .map_or(Currency::EUR, |kind| kind.price.currency);
    // An unknown zone is no reason to show nothing.
    let time_zone = event.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let types = store::sales::by_type(&app.pool, id, currency).await?;
    let days = store::sales::by_day(&app.pool, id, currency, time_zone).await?;
    let (checked_in, _) = store::check_ins::counts(&app.pool, id).await?;
    let money = |amount| Money::new(amount, currency);
    Ok(Json(Sales {
        event_id: id,
        capacity: types.iter().map(|kind| kind.capacity).sum(),
        sold: types.iter().map(|kind| kind.sold).sum(),
        held: types.iter().map(|kind| kind.held).sum(),
        revenue: money(types.iter().map(|kind| kind.revenue).sum()),
        refunded: money(types.iter().map(|kind| kind.refunded).sum()),
        checked_in,
        by_day: days
            .into_iter()
            .map(|day| DaySales {
                date: day.date,
                tickets: day.tickets,
                revenue: money(day.revenue),
            })
            .collect(),
        ticket_types: types
            .into_iter()
            .map(|kind| TypeSales {
                name: event
                    .ticket_types
                    .iter()
                    .find(|known| known.id == kind.id)
                    .map_or_else(String::new, |known| known.name.clone()),
                id: kind.id,
                capacity: kind.capacity,
                held: kind.held,
                sold: kind.sold,
                revenue: money(kind.revenue),
            })
            .collect(),
    }))
}
