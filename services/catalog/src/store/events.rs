//! Events.

use chrono::{DateTime, Utc};
use contracts::{
    EventId, EventSnapshot, EventStatus, OrganisationId, SeatingPlanId, TicketTypeSnapshot, UserId,
    VenueId, VenueSnapshot, messages::CapacityChanged,
};
use kit::memberships::Role;
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::{PgConnection, types::Json};

use super::organisations::parse_role;
use crate::domain::{
    access_code::{AccessCode, AccessCodes},
    event::{EventInput, TicketType, Venue},
    transition,
};

/// An event as it is stored.
#[derive(Clone, Debug)]
pub struct Event {
    pub id: EventId,
    pub organisation_id: OrganisationId,
    pub organisation_name: String,
    pub title: String,
    pub description: String,
    pub category: String,
    pub tags: Vec<String>,
    pub image_url: Option<String>,
    pub external_url: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub time_zone: String,
    pub venue_id: Option<VenueId>,
    pub venue: Option<Json<Venue>>,
    pub seating_plan_id: Option<SeatingPlanId>,
    pub status: String,
    pub max_per_buyer: Option<i32>,
    pub waiting_room: bool,
    pub ticket_types: Json<Vec<TicketType>>,
    pub access_codes: Json<AccessCodes>,
    pub sold_out: bool,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub published_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub cancel_reason: Option<String>,
    /// The caller's role in the event's organisation.
    pub role: Option<String>,
}

impl Event {
    pub fn status(&self) -> EventStatus {
        transition::parse(&self.status).unwrap_or(EventStatus::Draft)
    }

    pub fn role(&self) -> Option<Role> {
        self.role.as_deref().and_then(parse_role)
    }

    /// As the other services get to know it, access codes and all: for messages only.
    pub fn snapshot(&self) -> EventSnapshot {
        let positive = |n: i32| u32::try_from(n).unwrap_or(0);
        EventSnapshot {
            id: self.id,
            organisation_id: self.organisation_id,
            organisation_name: self.organisation_name.clone(),
            title: self.title.clone(),
            status: self.status(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            time_zone: self.time_zone.clone(),
            venue: self.venue.as_ref().map(|Json(venue)| VenueSnapshot {
                name: venue.name.as_str().to_owned(),
                address: venue.address.as_str().to_owned(),
                city: venue.city.as_str().to_owned(),
                country: venue.country.as_str().to_owned(),
            }),
            seating_plan_id: self.seating_plan_id,
            max_per_buyer: self.max_per_buyer.map(positive),
            waiting_room: self.waiting_room,
            ticket_types: self
                .ticket_types
                .iter()
                .map(|kind| ticket_type_snapshot(kind, self.access_codes.get(&kind.id)))
                .collect(),
            version: self.version,
        }
    }
}

fn ticket_type_snapshot(kind: &TicketType, code: Option<&AccessCode>) -> TicketTypeSnapshot {
    TicketTypeSnapshot {
        id: kind.id,
        name: kind.name.as_str().to_owned(),
        price: kind.price,
        capacity: kind.capacity,
        max_per_order: kind.max_per_order,
        sales_start: kind.sales_start,
        sales_end: kind.sales_end,
        kind: if kind.is_seated() {
            contracts::TicketTypeKind::Seated
        } else {
            contracts::TicketTypeKind::General
        },
        seating_categories: kind
            .seating_categories
            .iter()
            .map(|label| label.as_str().to_owned())
            .collect(),
        access_code_required: code.is_some(),
        access_code: code.map(AccessCode::to_contract),
    }
}

/// Any event, with the caller's role in its organisation.
pub async fn find(
    connection: &mut PgConnection,
    id: EventId,
    caller: Option<UserId>,
) -> sqlx::Result<Option<Event>> {
    sqlx::query_as!(
        Event,
        r#"SELECT e.id AS "id: EventId", e.organisation_id AS "organisation_id: OrganisationId",
             o.name AS organisation_name, title, description, category, tags, image_url, external_url, starts_at, ends_at,
             time_zone, venue_id AS "venue_id: VenueId", venue AS "venue: Json<Venue>",
             seating_plan_id AS "seating_plan_id: SeatingPlanId", status, max_per_buyer, waiting_room,
             ticket_types AS "ticket_types: Json<Vec<TicketType>>", access_codes AS "access_codes: Json<AccessCodes>",
             sold_out, version, e.created_at, updated_at,
             published_at, cancelled_at, cancel_reason, m.role AS "role?"
           FROM events e JOIN organisations o ON o.id = e.organisation_id
             LEFT JOIN members m ON m.organisation_id = e.organisation_id AND m.user_id = $2
           WHERE e.id = $1"#,
        id as EventId,
        caller as Option<UserId>
    )
    .fetch_optional(connection)
    .await
}

/// Those of some events that are published.
pub async fn published(connection: &mut PgConnection, ids: &[EventId]) -> sqlx::Result<Vec<Event>> {
    sqlx::query_as!(
        Event,
        r#"SELECT e.id AS "id: EventId", e.organisation_id AS "organisation_id: OrganisationId",
             o.name AS organisation_name, title, description, category, tags, image_url, external_url, starts_at, ends_at,
             time_zone, venue_id AS "venue_id: VenueId", venue AS "venue: Json<Venue>",
             seating_plan_id AS "seating_plan_id: SeatingPlanId", status, max_per_buyer, waiting_room,
             ticket_types AS "ticket_types: Json<Vec<TicketType>>", access_codes AS "access_codes: Json<AccessCodes>",
             sold_out, version, e.created_at, updated_at,
             published_at, cancelled_at, cancel_reason, NULL AS "role?"
           FROM events e JOIN organisations o ON o.id = e.organisation_id
           WHERE e.id = ANY($1) AND status = 'published'"#,
        ids as &[EventId]
    )
    .fetch_all(connection)
    .await
}

/// Locks an event until the transaction ends.
pub async fn lock(connection: &mut PgConnection, id: EventId) -> sqlx::Result<()> {
    sqlx::query!(
        "SELECT 1 AS one FROM events WHERE id = $1 FOR UPDATE",
        id as EventId
    )
    .fetch_optional(connection)
    .await?;
    Ok(())
}

/// `venue` is the place as it is shown: the event's own, or the venue's that it names.
pub async fn insert(
    connection: &mut PgConnection,
    input: &EventInput,
    venue: Option<&Venue>,
) -> sqlx::Result<EventId> {
    let id = EventId::new();
    let price = input.from_price();
    sqlx::query!(
        "INSERT INTO events (id, organisation_id, title, description, category, tags, image_url, external_url, starts_at,
           ends_at, time_zone, venue_id, venue, seating_plan_id, max_per_buyer, ticket_types, from_price, currency,
           waiting_room, access_codes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        id as EventId,
        input.organisation_id as OrganisationId,
        input.title.as_str(),
        input.description.as_str(),
        input.category.as_str(),
        &tags(input),
        input.image_url.as_ref().map(crate::domain::text::WebUrl::as_str),
        input.external_url.as_ref().map(crate::domain::text::WebUrl::as_str),
        input.starts_at,
        input.ends_at,
        input.time_zone.as_str(),
        input.venue_id as Option<VenueId>,
        venue.map(Json) as _,
        input.seating_plan_id as Option<SeatingPlanId>,
        per_buyer(input),
        Json(&input.ticket_types) as _,
        price.map(|price| price.amount),
        price.map(|price| price.currency.to_string()),
        input.waiting_room,
        Json(input.access_codes()) as _
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Changes an event whose version is still `version`; false when it is another.
pub async fn update(
    connection: &mut PgConnection,
    id: EventId,
    version: i64,
    input: &EventInput,
    venue: Option<&Venue>,
) -> sqlx::Result<bool> {
    let price = input.from_price();
    let updated = sqlx::query!(
        "UPDATE events SET title = $3, description = $4, category = $5, tags = $6, image_url = $7, external_url = $8,
           starts_at = $9, ends_at = $10, time_zone = $11, venue_id = $12, venue = $13, seating_plan_id = $14,
           max_per_buyer = $15, ticket_types = $16, from_price = $17, currency = $18, waiting_room = $19, access_codes = $20,
           version = version + 1, updated_at = now() WHERE id = $1 AND version = $2",
        id as EventId,
        version,
        input.title.as_str(),
        input.description.as_str(),
        input.category.as_str(),
        &tags(input),
        input.image_url.as_ref().map(crate::domain::text::WebUrl::as_str),
        input.external_url.as_ref().map(crate::domain::text::WebUrl::as_str),
        input.starts_at,
        input.ends_at,
        input.time_zone.as_str(),
        input.venue_id as Option<VenueId>,
        venue.map(Json) as _,
        input.seating_plan_id as Option<SeatingPlanId>,
        per_buyer(input),
        Json(&input.ticket_types) as _,
        price.map(|price| price.amount),
        price.map(|price| price.currency.to_string()),
        input.waiting_room,
        Json(input.access_codes()) as _
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}

pub async fn set_status(
    connection: &mut PgConnection,
    id: EventId,
    to: EventStatus,
    reason: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE events SET status = $2, version = version + 1, updated_at = now(),
           published_at = CASE WHEN $2 = 'published' THEN now() ELSE published_at END,
           cancelled_at = CASE WHEN $2 = 'cancelled' THEN now() ELSE cancelled_at END,
           cancel_reason = coalesce($3, cancel_reason) WHERE id = $1",
        id as EventId,
        transition::name(to),
        reason
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes a draft.
pub async fn delete_draft(connection: &mut PgConnection, id: EventId) -> sqlx::Result<bool> {
    let deleted = sqlx::query!(
        "DELETE FROM events WHERE id = $1 AND status = 'draft'",
        id as EventId
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Keeps the seats of an event as they are now.
pub async fn freeze_seating(
    connection: &mut PgConnection,
    id: EventId,
    seating: &impl Serialize,
) -> sqlx::Result<()> {
    let seating = serde_json::value::to_raw_value(seating)
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "INSERT INTO event_seatings (event_id, seating) VALUES ($1, $2)",
        id as EventId,
        Json(seating.as_ref() as &RawValue) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn seating(connection: &mut PgConnection, id: EventId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT seating::text AS "seating!" FROM event_seatings WHERE event_id = $1"#,
        id as EventId
    )
    .fetch_optional(connection)
    .await
}

/// The plan of an event's venue.
pub async fn plan(
    connection: &mut PgConnection,
    plan: SeatingPlanId,
    venue: VenueId,
    organisation: OrganisationId,
) -> sqlx::Result<Option<Box<RawValue>>> {
    let plan = sqlx::query_scalar!(
        r#"SELECT plan AS "plan: Json<Box<RawValue>>" FROM seating_plans p JOIN venues v ON v.id = p.venue_id
           WHERE p.id = $1 AND v.id = $2 AND v.organisation_id = $3"#,
        plan as SeatingPlanId,
        venue as VenueId,
        organisation as OrganisationId
    )
    .fetch_optional(connection)
    .await?;
    Ok(plan.map(|Json(plan)| plan))
}

/// What Booking says of the stock: a version that is older than the one known changes nothing. Whether something changed.
pub async fn set_sold_out(
    connection: &mut PgConnection,
    id: EventId,
    sold_out: bool,
    stock_version: i64,
) -> sqlx::Result<bool> {
    let changed = sqlx::query!(
        "UPDATE events SET sold_out = $2, stock_version = $3, updated_at = now()
         WHERE id = $1 AND stock_version < $3",
        id as EventId,
        sold_out,
        stock_version
    )
    .execute(connection)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Booking's figure for a capacity; one that is older than the last known changes nothing. Whether it differed.
pub async fn set_capacity(
    connection: &mut PgConnection,
    change: &CapacityChanged,
) -> sqlx::Result<bool> {
    let changed = sqlx::query!(
        r#"WITH known AS (
             UPDATE events SET capacity_versions = capacity_versions || jsonb_build_object($2::text, $4::bigint)
             WHERE id = $1 AND coalesce((capacity_versions ->> $2)::bigint, 0) < $4
             RETURNING id, ticket_types
           )
           SELECT EXISTS (
             SELECT FROM known, jsonb_array_elements(known.ticket_types) t
             WHERE t ->> 'id' = $2 AND (t ->> 'capacity')::bigint <> $3) AS "differs!""#,
        change.event_id as EventId,
        change.ticket_type_id.to_string(),
        i64::from(change.capacity),
        change.version
    )
    .fetch_one(&mut *connection)
    .await?;
    if !changed.differs {
        return Ok(false);
    }
    sqlx::query!(
        "UPDATE events SET version = version + 1, updated_at = now(), ticket_types = (
           SELECT jsonb_agg(CASE WHEN t ->> 'id' = $2 THEN t || jsonb_build_object('capacity', $3::bigint) ELSE t END ORDER BY n)
           FROM jsonb_array_elements(ticket_types) WITH ORDINALITY AS types (t, n))
         WHERE id = $1",
        change.event_id as EventId,
        change.ticket_type_id.to_string(),
        i64::from(change.capacity)
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// Published events whose end has passed become completed, at most 500 a call.
pub async fn complete_past(connection: &mut PgConnection) -> sqlx::Result<Vec<EventId>> {
    sqlx::query_scalar!(
        r#"UPDATE events SET status = 'completed', version = version + 1, updated_at = now() WHERE id IN (
             SELECT id FROM events WHERE status = 'published' AND ends_at < now() ORDER BY ends_at LIMIT 500
             FOR UPDATE SKIP LOCKED) RETURNING id AS "id: EventId""#
    )
    .fetch_all(connection)
    .await
}

fn tags(input: &EventInput) -> Vec<String> {
    input
        .tags
        .iter()
        .map(|tag| tag.as_str().to_owned())
        .collect()
}

fn per_buyer(input: &EventInput) -> Option<i32> {
    input
        .max_per_buyer
        .and_then(|most| i32::try_from(most).ok())
}
