//! The copy of Catalog's events, and the stock made from it.

use std::collections::BTreeMap;

use contracts::{AccessCode, EventId, EventSnapshot, EventStatus, TicketTypeId, TicketTypeKind};
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

use crate::{
    domain::seating::{PlanSeat, places},
    events::catalog::Seat,
};

/// Access codes by ticket type.
type AccessCodes = BTreeMap<TicketTypeId, AccessCode>;

/// An event as stored.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// With the access codes that were heard.
    pub snapshot: EventSnapshot,
    /// Whether there is stock for all its ticket types.
    pub stocked: bool,
}

impl StoredEvent {
    fn new(mut snapshot: EventSnapshot, codes: Option<AccessCodes>, stocked: bool) -> Self {
        let mut codes = codes.unwrap_or_default();
        for kind in &mut snapshot.ticket_types {
            kind.access_code = codes.remove(&kind.id);
        }
        Self { snapshot, stocked }
    }
}

pub async fn get(connection: &PgPool, id: EventId) -> sqlx::Result<Option<StoredEvent>> {
    let row = sqlx::query!(
        r#"SELECT snapshot AS "snapshot: Json<EventSnapshot>", access_codes AS "access_codes: Json<AccessCodes>", stocked
           FROM events WHERE id = $1"#,
        id.as_uuid()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let codes = row.access_codes.map(|codes| codes.0);
        StoredEvent::new(row.snapshot.0, codes, row.stocked)
    }))
}

/// Stores what Catalog says, unless something newer is known; a cancelled event stays cancelled. True when it was news.
/// Locks the event's row until the transaction ends.
///
/// What Catalog answers has no access codes: they come with the message of the same version.
pub async fn store(connection: &mut PgConnection, event: &EventSnapshot) -> sqlx::Result<bool> {
    let cancelled = event.status == EventStatus::Cancelled;
    let codes: BTreeMap<TicketTypeId, &AccessCode> = event
        .ticket_types
        .iter()
        .filter_map(|kind| Some((kind.id, kind.access_code.as_ref()?)))
        .collect();
    let stored = sqlx::query!(
        "INSERT INTO events AS known (id, organisation_id, version, status, snapshot, access_codes)
         VALUES ($1, $2, $3, $4, $5, $7)
         ON CONFLICT (id) DO UPDATE SET organisation_id = excluded.organisation_id, version = excluded.version,
           status = excluded.status, snapshot = excluded.snapshot, access_codes = excluded.access_codes, updated_at = now()
         WHERE known.status <> 'cancelled' AND (known.version < excluded.version OR $6
           OR known.version = excluded.version AND known.access_codes IS NULL AND excluded.access_codes IS NOT NULL)",
        event.id.as_uuid(),
        event.organisation_id.as_uuid(),
        event.version,
        status(event.status),
        Json(event.without_access_codes()) as _,
        cancelled,
        (!codes.is_empty()).then_some(Json(codes)) as _
    )
    .execute(connection)
    .await?;
    Ok(stored.rows_affected() == 1)
}

const fn status(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Draft => "draft",
        EventStatus::Published => "published",
        EventStatus::Cancelled => "cancelled",
        EventStatus::Completed => "completed",
    }
}

/// Locks the event's row and gives it.
pub async fn lock(connection: &mut PgConnection, id: EventId) -> sqlx::Result<Option<StoredEvent>> {
    let row = sqlx::query!(
        r#"SELECT snapshot AS "snapshot: Json<EventSnapshot>", access_codes AS "access_codes: Json<AccessCodes>", stocked
           FROM events WHERE id = $1 FOR UPDATE"#,
        id.as_uuid()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let codes = row.access_codes.map(|codes| codes.0);
        StoredEvent::new(row.snapshot.0, codes, row.stocked)
    }))
}

/// Says whether the event has ticket types without stock: new ones, of which seated ones need the seating plan.
pub async fn set_stocked(
    connection: &mut PgConnection,
    id: EventId,
    stocked: bool,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE events SET stocked = $2 WHERE id = $1",
        id.as_uuid(),
        stocked
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes the stock rows that the event's ticket types lack. From then on Booking decides on capacity. The event's row is
/// locked by the caller.
pub async fn add_stock(
    connection: &mut PgConnection,
    event: &EventSnapshot,
    seats: &[Seat],
) -> sqlx::Result<()> {
    add_seats(&mut *connection, event, seats).await?;
    let ids: Vec<Uuid> = event.ticket_types.iter().map(|t| t.id.as_uuid()).collect();
    let capacities: Vec<i32> = event
        .ticket_types
        .iter()
        .map(|kind| {
            let own = seats
                .iter()
                .filter(|seat| seat.ticket_type_id == Some(kind.id));
            let capacity = match kind.kind {
                TicketTypeKind::General => kind.capacity as usize,
                TicketTypeKind::Seated => own.count(),
            };
            i32::try_from(capacity).unwrap_or(i32::MAX)
        })
        .collect();
    sqlx::query!(
        "INSERT INTO stock (event_id, ticket_type_id, capacity, closed)
         SELECT $1, id, capacity, $4 FROM unnest($2::uuid[], $3::int[]) AS t (id, capacity)
         ON CONFLICT DO NOTHING",
        event.id.as_uuid(),
        &ids,
        &capacities,
        event.status == EventStatus::Cancelled
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn add_seats(
    connection: &mut PgConnection,
    event: &EventSnapshot,
    seats: &[Seat],
) -> sqlx::Result<()> {
    if seats.is_empty() {
        return Ok(());
    }
    let plan: Vec<PlanSeat<'_>> = seats
        .iter()
        .map(|seat| PlanSeat {
            zone: &seat.zone,
            row: &seat.row,
            position: seat.x.zip(seat.y),
        })
        .collect();
    let mut guids = Vec::new();
    let mut types: Vec<Uuid> = Vec::new();
    let mut ranks = Vec::new();
    let mut in_row = Vec::new();
    for (seat, place) in seats.iter().zip(places(&plan)) {
        let sold = |id| event.ticket_types.iter().any(|kind| kind.id == id);
        // A seat that no ticket type sells still parts its neighbours, but is not for sale.
        if let Some(id) = seat.ticket_type_id.filter(|id| sold(*id)) {
            guids.push(seat.seat_guid.to_string());
            types.push(id.as_uuid());
            ranks.push(place.row_rank);
            in_row.push(place.place);
        }
    }
    sqlx::query!(
        "INSERT INTO seats (event_id, seat_guid, ticket_type_id, row_rank, place)
         SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::int[], $5::int[])
         ON CONFLICT DO NOTHING",
        event.id.as_uuid(),
        &guids,
        &types,
        &ranks,
        &in_row
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Remembers that bookings of a cancelled event are to be ended.
pub async fn set_closing(connection: &mut PgConnection, id: EventId) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE events SET closing = true WHERE id = $1",
        id.as_uuid()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Cancelled events that may still have bookings.
pub async fn closing(pool: &PgPool) -> sqlx::Result<Vec<EventId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: EventId" FROM events WHERE closing ORDER BY id LIMIT 100"#
    )
    .fetch_all(pool)
    .await
}

/// All bookings of a cancelled event are ended.
pub async fn closed(pool: &PgPool, id: EventId) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE events SET closing = false WHERE id = $1",
        id.as_uuid()
    )
    .execute(pool)
    .await?;
    Ok(())
}
