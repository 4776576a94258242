//! Entries of the waiting list.

use chrono::{DateTime, Utc};
use contracts::{BookingId, EventId, TicketTypeId, UserId, WaitingEntryId};
use sqlx::PgConnection;

use super::{corrupt, count};
use crate::domain::WaitingEntry;

/// An entry that waits or has an offer.
#[derive(Clone, Copy, Debug)]
pub struct OpenEntry {
    pub id: WaitingEntryId,
    pub quantity: u32,
}

/// A buyer's open entry of a ticket type.
pub async fn open(
    connection: &mut PgConnection,
    event: EventId,
    ticket_type: TicketTypeId,
    user: UserId,
) -> sqlx::Result<Option<OpenEntry>> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: WaitingEntryId", quantity FROM waiting_list
           WHERE event_id = $1 AND ticket_type_id = $2 AND user_id = $3 AND status IN ('waiting', 'offered')"#,
        event.as_uuid(),
        ticket_type.as_uuid(),
        user.as_uuid()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| OpenEntry {
        id: row.id,
        quantity: count(row.quantity),
    }))
}

/// A buyer's entries for an event, the newest first: at most 100.
pub async fn of_buyer(
    connection: &mut PgConnection,
    event: EventId,
    user: UserId,
) -> sqlx::Result<Vec<WaitingEntry>> {
    let rows = sqlx::query!(
        r#"SELECT w.id AS "id: WaitingEntryId", w.ticket_type_id AS "ticket_type: TicketTypeId", w.quantity, w.status, w.skips,
             w.booking_id AS "booking: BookingId", w.created_at, w.updated_at,
             CASE WHEN w.status = 'offered' THEN b.expires_at END AS "expires_at: DateTime<Utc>",
             b.expires_at <= clock_timestamp() AS "over",
             CASE WHEN w.status = 'waiting' THEN (
               SELECT count(*) FROM (
                 SELECT FROM waiting_list a
                 WHERE (a.event_id, a.ticket_type_id, a.status) = (w.event_id, w.ticket_type_id, 'waiting') AND a.place <= w.place
                 LIMIT 10000) AS ahead) END AS position
           FROM waiting_list w LEFT JOIN bookings b ON b.id = w.booking_id
           WHERE w.event_id = $1 AND w.user_id = $2 ORDER BY w.place DESC LIMIT 100"#,
        event.as_uuid(),
        user.as_uuid()
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            // An offer that ran out is over, also before the sweeper has come by.
            let status = match row.status.as_str() {
                "offered" if row.over == Some(true) => "expired",
                status => status,
            };
            Ok(WaitingEntry {
                id: row.id,
                event_id: event,
                ticket_type_id: row.ticket_type,
                quantity: count(row.quantity),
                status: status.parse().map_err(|e| corrupt("status", e))?,
                position: row.position.map(count),
                skips: count(row.skips),
                booking_id: row.booking,
                expires_at: row.expires_at,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}
