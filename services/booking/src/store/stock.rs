//! What is left of an event, seat by seat and in numbers.

use contracts::{EventId, EventSnapshot, SeatGuid, TicketTypeId};
use futures::TryStreamExt as _;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::count;
use crate::domain::{
    Availability, SeatStatus, TypeAvailability,
    availability::{SeatChange, SeatCounts},
};

/// What is left, as of a revision of the stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub revision: i64,
    pub seated: bool,
    pub availability: Availability,
}

/// What is left of an event; `None` when it has no stock. Ticket types come in the order in which they were made.
pub async fn availability(pool: &PgPool, event_id: EventId) -> sqlx::Result<Option<Snapshot>> {
    let rows = sqlx::query!(
        r#"SELECT ticket_type_id AS "id: TicketTypeId", capacity, held, sold, closed, revision,
             EXISTS (SELECT FROM seats WHERE event_id = $1) AS "seated!"
           FROM stock WHERE event_id = $1 ORDER BY ticket_type_id"#,
        event_id.as_uuid()
    )
    .fetch_all(pool)
    .await?;
    let Some(revision) = rows.iter().map(|row| row.revision).max() else {
        return Ok(None);
    };
    let seated = rows.iter().any(|row| row.seated);
    let ticket_types: Vec<TypeAvailability> = rows
        .iter()
        .map(|row| TypeAvailability {
            id: row.id,
            capacity: count(row.capacity),
            available: if row.closed {
                0
            } else {
                count(row.capacity - row.held - row.sold)
            },
        })
        .collect();
    let seats = if seated {
        Some(seat_counts(pool, event_id).await?)
    } else {
        None
    };
    Ok(Some(Snapshot {
        revision,
        seated,
        availability: Availability {
            event_id,
            available: ticket_types.iter().map(|kind| kind.available).sum(),
            ticket_types,
            seats,
        },
    }))
}

async fn seat_counts(pool: &PgPool, event_id: EventId) -> sqlx::Result<SeatCounts> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE status = 0) AS "free!", count(*) FILTER (WHERE status = 1) AS "held!",
             count(*) FILTER (WHERE status = 2) AS "sold!"
           FROM seats WHERE event_id = $1"#,
        event_id.as_uuid()
    )
    .fetch_one(pool)
    .await?;
    Ok(SeatCounts {
        free: count(row.free),
        held: count(row.held),
        sold: count(row.sold),
    })
}

/// The highest revision of an event's stock; `None` without stock.
pub async fn revision(pool: &PgPool, event_id: EventId) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "SELECT max(revision) FROM stock WHERE event_id = $1",
        event_id.as_uuid()
    )
    .fetch_one(pool)
    .await
}

/// A seat as the seat map shows it.
#[derive(Clone, Debug)]
pub struct SeatRow {
    pub seat_guid: SeatGuid,
    pub ticket_type_id: TicketTypeId,
    pub status: SeatStatus,
}

/// All seats of an event, row by row.
pub async fn seats(pool: &PgPool, event_id: EventId) -> sqlx::Result<Vec<SeatRow>> {
    sqlx::query!(
        r#"SELECT seat_guid AS "seat_guid: SeatGuid", ticket_type_id AS "ticket_type_id: TicketTypeId", status
           FROM seats WHERE event_id = $1 ORDER BY row_rank, place"#,
        event_id.as_uuid()
    )
    .fetch(pool)
    .map_ok(|row| SeatRow {
        seat_guid: row.seat_guid,
        ticket_type_id: row.ticket_type_id,
        status: SeatStatus::from_code(row.status),
    })
    .try_collect()
    .await
}

/// The seats that changed after `revision`, as they are now.
pub async fn changes_since(
    pool: &PgPool,
    event_id: EventId,
    revision: i64,
) -> sqlx::Result<Vec<SeatChange>> {
    let rows = sqlx::query!(
        r#"SELECT seat_guid AS "seat_guid: SeatGuid", status FROM seats WHERE event_id = $1 AND revision > $2"#,
        event_id.as_uuid(),
        revision
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SeatChange {
            seat_guid: row.seat_guid,
            status: SeatStatus::from_code(row.status),
        })
        .collect())
}

/// Whether a ticket type of the event has no stock yet.
pub async fn missing(connection: &mut PgConnection, event: &EventSnapshot) -> sqlx::Result<bool> {
    let ids: Vec<Uuid> = event.ticket_types.iter().map(|t| t.id.as_uuid()).collect();
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM unnest($2::uuid[]) AS wanted (id)
             WHERE NOT EXISTS (SELECT FROM stock WHERE event_id = $1 AND ticket_type_id = wanted.id)
           ) AS "missing!""#,
        event.id.as_uuid(),
        &ids
    )
    .fetch_one(connection)
    .await
}
