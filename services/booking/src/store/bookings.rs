//! Bookings and their history.

use chrono::{DateTime, Utc};
use contracts::{BookingId, EventId, EventSnapshot, Money, UserId, ticket::BookingLine};
use sqlx::{PgConnection, types::Json};

use super::{corrupt, count};
use crate::domain::{Booking, BookingStatus, EventSummary};

/// A booking as stored, and what belongs to it.
#[derive(Clone, Debug)]
pub struct Record {
    /// With the stored status: a hold that ran out may still say held.
    pub booking: Booking,
    pub event: EventSnapshot,
    /// Held, but past its time.
    pub due: bool,
    pub checked_out: bool,
}

impl Record {
    /// As others see it: a hold that ran out is expired, also before the sweeper has come by.
    pub fn view(mut self) -> Booking {
        if self.due {
            self.booking.status = BookingStatus::Expired;
        }
        self.booking
    }
}

/// Those of `ids` that exist, by id.
pub async fn load(connection: &mut PgConnection, ids: &[BookingId]) -> sqlx::Result<Vec<Record>> {
    let rows = sqlx::query!(
        r#"SELECT b.id AS "id: BookingId", b.event_id AS "event_id: EventId", b.user_id AS "user_id: UserId", b.status,
             b.quantity, b.items AS "items: Json<Vec<BookingLine>>", b.total_amount, b.currency, b.expires_at,
             b.checked_out_at IS NOT NULL AS "checked_out!", b.payment_id, b.offered, b.version, b.created_at, b.confirmed_at,
             b.cancelled_at, b.status = 'held' AND b.expires_at <= clock_timestamp() AS "due!",
             e.snapshot AS "snapshot: Json<EventSnapshot>"
           FROM bookings b JOIN events e ON e.id = b.event_id
           WHERE b.id = ANY($1) ORDER BY b.id"#,
        ids as &[BookingId]
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let currency = row.currency.parse().map_err(|e| corrupt("currency", e))?;
            Ok(Record {
                booking: Booking {
                    id: row.id,
                    event_id: row.event_id,
                    user_id: row.user_id,
                    status: row.status.parse().map_err(|e| corrupt("status", e))?,
                    seats: count(row.quantity),
                    items: row.items.0,
                    total: Money::new(row.total_amount, currency),
                    expires_at: row.expires_at,
                    created_at: row.created_at,
                    confirmed_at: row.confirmed_at,
                    cancelled_at: row.cancelled_at,
                    event: EventSummary::from(&row.snapshot.0),
                    payment_id: row.payment_id.map(Into::into),
                    offered: row.offered,
                    version: row.version,
                },
                event: row.snapshot.0,
                due: row.due,
                checked_out: row.checked_out,
            })
        })
        .collect()
}

pub async fn get(connection: &mut PgConnection, id: BookingId) -> sqlx::Result<Option<Record>> {
    Ok(load(connection, &[id]).await?.pop())
}

/// A buyer's booking; somebody else's does not exist.
pub async fn owned(
    connection: &mut PgConnection,
    id: BookingId,
    user: UserId,
) -> sqlx::Result<Option<Record>> {
    Ok(get(connection, id)
        .await?
        .filter(|record| record.booking.user_id == user))
}

/// A buyer's bookings, newest first: at most `limit` that are older than `before`.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    status: Option<BookingStatus>,
    before: Option<BookingId>,
    limit: i64,
) -> sqlx::Result<Vec<Record>> {
    // A hold that ran out counts as expired.
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: BookingId" FROM bookings
           WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2)
             AND ($3::text IS NULL
               OR CASE WHEN status = 'held' AND expires_at <= now() THEN 'expired' ELSE status END = $3)
           ORDER BY id DESC LIMIT $4"#,
        user.as_uuid(),
        before.map(BookingId::as_uuid),
        status.map(BookingStatus::as_str),
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut records = load(connection, &ids).await?;
    records.reverse();
    Ok(records)
}

/// Which event a booking is for; that never changes.
pub async fn event_of(
    connection: &mut PgConnection,
    id: BookingId,
) -> sqlx::Result<Option<EventId>> {
    sqlx::query_scalar!(
        r#"SELECT event_id AS "event_id: EventId" FROM bookings WHERE id = $1"#,
        id.as_uuid()
    )
    .fetch_optional(connection)
    .await
}

/// One change of a booking.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    pub at: DateTime<Utc>,
    pub from: Option<BookingStatus>,
    pub to: BookingStatus,
    pub reason: String,
}

/// All changes of a booking, oldest first. A booking changes a handful of times.
pub async fn history(
    connection: &mut PgConnection,
    id: BookingId,
) -> sqlx::Result<Vec<HistoryEntry>> {
    let rows = sqlx::query!(
        "SELECT at, from_status, to_status, reason FROM booking_history
         WHERE booking_id = $1 ORDER BY version",
        id.as_uuid()
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let from = row.from_status.map(|status| status.parse()).transpose();
            Ok(HistoryEntry {
                at: row.at,
                from: from.map_err(|e| corrupt("from_status", e))?,
                to: row.to_status.parse().map_err(|e| corrupt("to_status", e))?,
                reason: row.reason,
            })
        })
        .collect()
}
