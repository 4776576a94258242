//! Seating plans of a venue, in pretix's open format.

use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use contracts::{SeatingPlanId, VenueId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path, Query},
    openapi,
    page::{Page, PageQuery},
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{access, seating};
use crate::{
    App,
    domain::seating::{Category, Plan},
    store::venues::{self, PlanRow, VenueRow},
};

#[derive(Serialize, ToSchema)]
pub(super) struct SeatingPlan {
    id: SeatingPlanId,
    venue_id: VenueId,
    name: String,
    seat_count: i32,
    categories: Vec<Category>,
    created_at: DateTime<Utc>,
}

impl From<PlanRow> for SeatingPlan {
    fn from(row: PlanRow) -> Self {
        Self {
            id: row.id,
            venue_id: row.venue_id,
            name: row.name,
            seat_count: row.seat_count,
            categories: row.categories.0,
            created_at: row.created_at,
        }
    }
}

async fn own_venue(
    connection: &mut sqlx::PgConnection,
    caller: &Principal,
    id: VenueId,
) -> Result<VenueRow, Problem> {
    let venue = venues::find(connection, id, caller.user_id, caller.is_admin()).await?;
    venue.ok_or_else(|| Problem::not_found("venue"))
}

/// Import a seating plan
///
/// The body is a plan in pretix's open JSON format, as its seating plan editors write it: zones of rows of seats, each with
/// `seat_guid`, `seat_number`, `position` and `category`, and the categories with their colours. At most 50,000 seats. A plan with
/// faults is refused, and each fault is named by its JSON pointer.
#[utoipa::path(
    post, path = "/venues/{id}/seating-plans", tag = "Venues",
    security(("bearer" = [])),
    params(("id" = VenueId, Path, description = "The venue")),
    request_body(content = Object, description = "A seating plan in pretix's format", example = json!({
        "name": "Hall", "size": {"width": 100, "height": 100}, "categories": [{"name": "Stalls", "color": "#2563eb"}],
        "zones": [{"name": "Floor", "position": {"x": 0, "y": 0}, "rows": [{"row_number": "A", "position": {"x": 0, "y": 0}, "seats": [
            {"seat_guid": "A-1", "seat_number": "1", "position": {"x": 0, "y": 0}, "category": "Stalls"}]}]}]
    })),
    responses(
        (status = 201, description = "The plan", body = SeatingPlan),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`venue_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`seating_plan_invalid`: `errors` names each fault (the first 100)", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_seating_plan(
    State(app): State<App>,
    caller: Principal,
    Path(venue): Path<VenueId>,
    Json(source): Json<Box<RawValue>>,
) -> Result<(StatusCode, Json<SeatingPlan>), Problem> {
    let mut transaction = app.pool.begin().await?;
    let row = own_venue(&mut transaction, &caller, venue).await?;
    access::organiser(&mut transaction, &caller, row.organisation_id).await?;
    let _turn = seating::turn().await?;
    let plan = Plan::read(&source).map_err(|faults| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "seating_plan_invalid",
            "Invalid seating plan",
        )
        .errors(access::to_errors(faults))
    })?;
    let row = venues::create_plan(&mut transaction, venue, &plan, &source).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// List a venue's seating plans
///
/// The oldest first, without their seats.
#[utoipa::path(
    get, path = "/venues/{id}/seating-plans", tag = "Venues",
    security(("bearer" = [])),
    params(("id" = VenueId, Path, description = "The venue"), PageQuery),
    responses(
        (status = 200, description = "A page of plans", body = Page<SeatingPlan>),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`venue_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_seating_plans(
    State(app): State<App>,
    caller: Principal,
    Path(venue): Path<VenueId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<SeatingPlan>>, Problem> {
    let after: Option<SeatingPlanId> = page.after()?;
    let mut connection = app.pool.acquire().await?;
    own_venue(&mut connection, &caller, venue).await?;
    let rows = venues::plans(&mut connection, venue, after, page.rows()).await?;
    Ok(Json(
        Page::new(rows, &page, |row| row.id).map(SeatingPlan::from),
    ))
}

/// Export a seating plan
///
/// In pretix's format, as it was imported.
#[utoipa::path(
    get, path = "/venues/{id}/seating-plans/{plan_id}", tag = "Venues",
    security(("bearer" = [])),
    params(
        ("id" = VenueId, Path, description = "The venue"),
        ("plan_id" = SeatingPlanId, Path, description = "The plan"),
    ),
    responses(
        (status = 200, description = "The plan", body = Object),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`venue_not_found` or `seating_plan_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn export_seating_plan(
    State(app): State<App>,
    caller: Principal,
    Path((venue, plan)): Path<(VenueId, SeatingPlanId)>,
) -> Result<Json<Box<RawValue>>, Problem> {
    let mut connection = app.pool.acquire().await?;
    own_venue(&mut connection, &caller, venue).await?;
    let source = venues::plan_source(&mut connection, venue, plan).await?;
    Ok(Json(
        source.ok_or_else(|| Problem::not_found("seating_plan"))?,
    ))
}
