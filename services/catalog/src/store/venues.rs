//! Venues and their seating plans.

use chrono::{DateTime, Utc};
use contracts::{OrganisationId, SeatingPlanId, UserId, VenueId};
use serde_json::value::RawValue;
use sqlx::{PgConnection, types::Json};

use crate::domain::{
    event::Venue,
    seating::{Category, Plan},
};

#[derive(Debug)]
pub struct VenueRow {
    pub id: VenueId,
    pub organisation_id: OrganisationId,
    pub name: String,
    pub address: String,
    pub city: String,
    pub country: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug)]
pub struct PlanRow {
    pub id: SeatingPlanId,
    pub venue_id: VenueId,
    pub name: String,
    pub categories: Json<Vec<Category>>,
    pub seat_count: i32,
    pub created_at: DateTime<Utc>,
}

pub async fn create(
    connection: &mut PgConnection,
    organisation: OrganisationId,
    venue: &Venue,
) -> sqlx::Result<VenueRow> {
    sqlx::query_as!(
        VenueRow,
        r#"INSERT INTO venues (id, organisation_id, name, address, city, country) VALUES ($1, $2, $3, $4, $5, $6)
           RETURNING id AS "id: VenueId", organisation_id AS "organisation_id: OrganisationId", name, address, city,
             country, created_at"#,
        VenueId::new() as VenueId,
        organisation as OrganisationId,
        venue.name.as_str(),
        venue.address.as_str(),
        venue.city.as_str(),
        venue.country.as_str()
    )
    .fetch_one(connection)
    .await
}

/// A venue of an organisation that the caller belongs to.
pub async fn find(
    connection: &mut PgConnection,
    id: VenueId,
    caller: UserId,
    admin: bool,
) -> sqlx::Result<Option<VenueRow>> {
    sqlx::query_as!(
        VenueRow,
        r#"SELECT id AS "id: VenueId", organisation_id AS "organisation_id: OrganisationId", name, address, city,
             country, created_at
           FROM venues v WHERE id = $1 AND ($3 OR EXISTS (
             SELECT FROM members m WHERE m.organisation_id = v.organisation_id AND m.user_id = $2))"#,
        id as VenueId,
        caller as UserId,
        admin
    )
    .fetch_optional(connection)
    .await
}

/// The place of one of an organisation's venues.
pub async fn place(
    connection: &mut PgConnection,
    id: VenueId,
    organisation: OrganisationId,
) -> sqlx::Result<Option<Venue>> {
    let place = sqlx::query_scalar!(
        r#"SELECT jsonb_build_object('name', name, 'address', address, 'city', city, 'country', country) AS "place!: Json<Venue>"
           FROM venues WHERE id = $1 AND organisation_id = $2"#,
        id as VenueId,
        organisation as OrganisationId
    )
    .fetch_optional(connection)
    .await?;
    Ok(place.map(|Json(place)| place))
}

/// Venues of the caller's organisations, or of one of them.
pub async fn of_member(
    connection: &mut PgConnection,
    caller: UserId,
    organisation: Option<OrganisationId>,
    after: Option<VenueId>,
    rows: i64,
) -> sqlx::Result<Vec<VenueRow>> {
    sqlx::query_as!(
        VenueRow,
        r#"SELECT id AS "id: VenueId", organisation_id AS "organisation_id: OrganisationId", name, address, city,
             country, created_at
           FROM venues WHERE organisation_id IN (SELECT organisation_id FROM members WHERE user_id = $1)
             AND ($2::uuid IS NULL OR organisation_id = $2) AND ($3::uuid IS NULL OR id > $3)
           ORDER BY id LIMIT $4"#,
        caller as UserId,
        organisation as Option<OrganisationId>,
        after as Option<VenueId>,
        rows
    )
    .fetch_all(connection)
    .await
}

pub async fn create_plan(
    connection: &mut PgConnection,
    venue: VenueId,
    plan: &Plan,
    source: &RawValue,
) -> sqlx::Result<PlanRow> {
    sqlx::query_as!(
        PlanRow,
        r#"INSERT INTO seating_plans (id, venue_id, name, plan, categories, seat_count) VALUES ($1, $2, $3, $4, $5, $6)
           RETURNING id AS "id: SeatingPlanId", venue_id AS "venue_id: VenueId", name,
             categories AS "categories: Json<Vec<Category>>", seat_count, created_at"#,
        SeatingPlanId::new() as SeatingPlanId,
        venue as VenueId,
        plan.name,
        Json(source) as _,
        Json(&plan.categories) as _,
        i32::try_from(plan.seats.len()).unwrap_or(i32::MAX)
    )
    .fetch_one(connection)
    .await
}

pub async fn plans(
    connection: &mut PgConnection,
    venue: VenueId,
    after: Option<SeatingPlanId>,
    rows: i64,
) -> sqlx::Result<Vec<PlanRow>> {
    sqlx::query_as!(
        PlanRow,
        r#"SELECT id AS "id: SeatingPlanId", venue_id AS "venue_id: VenueId", name,
             categories AS "categories: Json<Vec<Category>>", seat_count, created_at
           FROM seating_plans WHERE venue_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"#,
        venue as VenueId,
        after as Option<SeatingPlanId>,
        rows
    )
    .fetch_all(connection)
    .await
}

/// The plan as it was imported.
pub async fn plan_source(
    connection: &mut PgConnection,
    venue: VenueId,
    plan: SeatingPlanId,
) -> sqlx::Result<Option<Box<RawValue>>> {
    let source = sqlx::query_scalar!(
        r#"SELECT plan AS "plan: Json<Box<RawValue>>" FROM seating_plans WHERE id = $1 AND venue_id = $2"#,
        plan as SeatingPlanId,
        venue as VenueId
    )
    .fetch_optional(connection)
    .await?;
    Ok(source.map(|Json(source)| source))
}
