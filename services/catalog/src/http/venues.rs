//! Venues.

use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use contracts::{OrganisationId, VenueId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path, Query},
    openapi,
    page::{Page, PageQuery},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access;
use crate::{
    App,
    domain::{
        event,
        text::{Address, City, Country, Name},
    },
    store::venues::{self, VenueRow},
};

#[derive(Serialize, ToSchema)]
#[schema(as = Venue)]
pub(super) struct Venue {
    id: VenueId,
    organisation_id: OrganisationId,
    name: String,
    address: String,
    city: String,
    country: String,
    created_at: DateTime<Utc>,
}

impl From<VenueRow> for Venue {
    fn from(row: VenueRow) -> Self {
        Self {
            id: row.id,
            organisation_id: row.organisation_id,
            name: row.name,
            address: row.address,
            city: row.city,
            country: row.country,
            created_at: row.created_at,
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub(super) struct NewVenue {
    organisation_id: OrganisationId,
    name: Name,
    #[serde(default)]
    address: Address,
    #[serde(default)]
    city: City,
    #[serde(default)]
    country: Country,
}

/// Make a venue
///
/// A place that the organisation uses again and again; seating plans belong to it.
#[utoipa::path(
    post, path = "/venues", tag = "Venues",
    security(("bearer" = [])),
    request_body(content = NewVenue, example = json!({
        "organisation_id": "0193a1b2-0000-7000-8000-000000000001", "name": "City Theatre", "address": "Ring 2", "city": "Vienna", "country": "AT"
    })),
    responses(
        (status = 201, description = "The venue", body = Venue),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_venue(
    State(app): State<App>,
    caller: Principal,
    Json(new): Json<NewVenue>,
) -> Result<(StatusCode, Json<Venue>), Problem> {
    let mut transaction = app.pool.begin().await?;
    access::organiser(&mut transaction, &caller, new.organisation_id).await?;
    let venue = event::Venue {
        name: new.name,
        address: new.address,
        city: new.city,
        country: new.country,
    };
    let row = venues::create(&mut transaction, new.organisation_id, &venue).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

#[derive(Deserialize)]
pub(super) struct VenueFilter {
    organisation_id: Option<OrganisationId>,
}

/// List venues
///
/// Of all organisations that the caller belongs to, or of one.
#[utoipa::path(
    get, path = "/venues", tag = "Venues",
    security(("bearer" = [])),
    params(("organisation_id" = Option<OrganisationId>, Query, description = "Only this organisation's"), PageQuery),
    responses(
        (status = 200, description = "A page of venues", body = Page<Venue>),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_venues(
    State(app): State<App>,
    caller: Principal,
    Query(filter): Query<VenueFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Venue>>, Problem> {
    let after: Option<VenueId> = page.after()?;
    let mut connection = app.pool.acquire().await?;
    let rows = venues::of_member(
        &mut connection,
        caller.user_id,
        filter.organisation_id,
        after,
        page.rows(),
    )
    .await?;
    Ok(Json(Page::new(rows, &page, |row| row.id).map(Venue::from)))
}

/// Get a venue
///
/// For members of its organisation.
#[utoipa::path(
    get, path = "/venues/{id}", tag = "Venues",
    security(("bearer" = [])),
    params(("id" = VenueId, Path, description = "The venue")),
    responses(
        (status = 200, description = "The venue", body = Venue),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`venue_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_venue(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<VenueId>,
) -> Result<Json<Venue>, Problem> {
    let mut connection = app.pool.acquire().await?;
    let venue = venues::find(&mut connection, id, caller.user_id, caller.is_admin()).await?;
    Ok(Json(
        venue.ok_or_else(|| Problem::not_found("venue"))?.into(),
    ))
}
