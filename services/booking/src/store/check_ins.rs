//! Letting people in, once each, and taking that back.

use chrono::{DateTime, Utc};
use contracts::{CheckInId, EventId, SeatGuid, TicketId, UserId};
use sqlx::{PgConnection, PgPool};

use super::{corrupt, count};
use crate::domain::{
    BookingStatus, TicketStatus,
    check_in::{CheckIn, CheckInResult, GateTicket, decide},
    ticket_code::Scanned,
};

struct Found {
    event_id: EventId,
    booking: BookingStatus,
    ticket: GateTicket,
}

/// Lets the ticket's owner into `event_id`, or says why not. The same `nonce` again changes nothing and gets the first answer.
pub async fn check_in(
    pool: &PgPool,
    event_id: EventId,
    scanned: Scanned,
    nonce: Option<&str>,
    by: UserId,
) -> sqlx::Result<CheckIn> {
    let refused = |result, ticket| CheckIn {
        result,
        ticket,
        check_in_id: None,
    };
    let mut transaction = pool.begin().await?;
    // The row lock makes two gates with the same ticket take turns.
    let Some(found) = lock(&mut transaction, scanned.ticket_id).await? else {
        return Ok(refused(CheckInResult::Invalid, None));
    };
    if found.event_id != event_id {
        return Ok(refused(CheckInResult::WrongEvent, None));
    }
    if let Some(nonce) = nonce
        && let Some(id) = by_nonce(&mut transaction, scanned.ticket_id, nonce).await?
    {
        return Ok(CheckIn {
            result: CheckInResult::Ok,
            ticket: Some(found.ticket),
            check_in_id: Some(id),
        });
    }
    let result = decide(event_id, found.event_id, found.booking, found.ticket.status);
    if result != CheckInResult::Ok {
        return Ok(refused(result, Some(found.ticket)));
    }
    let id = CheckInId::new();
    let redeemed_at = sqlx::query_scalar!(
        r#"UPDATE tickets SET status = 'redeemed', redeemed_at = now() WHERE id = $1 RETURNING redeemed_at AS "at!""#,
        scanned.ticket_id.as_uuid()
    )
    .fetch_one(&mut *transaction)
    .await?;
    sqlx::query!(
        "INSERT INTO check_ins (id, ticket_id, event_id, checked_in_by, nonce) VALUES ($1, $2, $3, $4, $5)",
        id.as_uuid(),
        scanned.ticket_id.as_uuid(),
        event_id.as_uuid(),
        by.as_uuid(),
        nonce
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(CheckIn {
        result,
        ticket: Some(GateTicket {
            status: TicketStatus::Redeemed,
            redeemed_at: Some(redeemed_at),
            ..found.ticket
        }),
        check_in_id: Some(id),
    })
}

async fn lock(connection: &mut PgConnection, id: TicketId) -> sqlx::Result<Option<Found>> {
    let row = sqlx::query!(
        r#"SELECT t.event_id AS "event_id: EventId", t.ticket_type_name, t.seat_guid AS "seat: SeatGuid", t.status,
             t.redeemed_at, b.status AS booking
           FROM tickets t JOIN bookings b ON b.id = t.booking_id WHERE t.id = $1 FOR UPDATE OF t"#,
        id.as_uuid()
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Found {
            event_id: row.event_id,
            booking: row.booking.parse().map_err(|e| corrupt("booking", e))?,
            ticket: GateTicket {
                id,
                ticket_type_name: row.ticket_type_name,
                seat: row.seat,
                status: row.status.parse().map_err(|e| corrupt("status", e))?,
                redeemed_at: row.redeemed_at,
            },
        })
    })
    .transpose()
}

async fn by_nonce(
    connection: &mut PgConnection,
    ticket: TicketId,
    nonce: &str,
) -> sqlx::Result<Option<CheckInId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: CheckInId" FROM check_ins WHERE ticket_id = $1 AND nonce = $2"#,
        ticket.as_uuid(),
        nonce
    )
    .fetch_optional(connection)
    .await
}

/// Which ticket and event an entry is about.
pub async fn event_of(pool: &PgPool, id: CheckInId) -> sqlx::Result<Option<(EventId, TicketId)>> {
    let row = sqlx::query!(
        r#"SELECT event_id AS "event_id: EventId", ticket_id AS "ticket_id: TicketId" FROM check_ins WHERE id = $1"#,
        id.as_uuid()
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| (row.event_id, row.ticket_id)))
}

/// Takes an entry back; it stays on record with who did that. `None` when it was taken back before.
pub async fn undo(
    pool: &PgPool,
    id: CheckInId,
    ticket: TicketId,
    by: UserId,
) -> sqlx::Result<Option<GateTicket>> {
    let mut transaction = pool.begin().await?;
    let Some(found) = lock(&mut transaction, ticket).await? else {
        return Ok(None);
    };
    let undone = sqlx::query!(
        "UPDATE check_ins SET undone_at = now(), undone_by = $2 WHERE id = $1 AND undone_at IS NULL",
        id.as_uuid(),
        by.as_uuid()
    )
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    if undone == 0 {
        return Ok(None);
    }
    sqlx::query!(
        "UPDATE tickets SET status = 'valid', redeemed_at = NULL WHERE id = $1 AND status = 'redeemed'",
        ticket.as_uuid()
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    // One that was cancelled meanwhile stays so.
    let status = match found.ticket.status {
        TicketStatus::Redeemed => TicketStatus::Valid,
        other => other,
    };
    Ok(Some(GateTicket {
        status,
        redeemed_at: None,
        ..found.ticket
    }))
}

/// An entry as the gate's list shows it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: CheckInId,
    pub at: DateTime<Utc>,
    pub checked_in_by: UserId,
    pub undone_at: Option<DateTime<Utc>>,
    pub ticket: GateTicket,
}

/// Entries of an event, newest first: at most `limit` that are older than `before`.
pub async fn list(
    pool: &PgPool,
    event_id: EventId,
    before: Option<CheckInId>,
    limit: i64,
) -> sqlx::Result<Vec<Entry>> {
    let rows = sqlx::query!(
        r#"SELECT c.id AS "id: CheckInId", c.at, c.checked_in_by AS "checked_in_by: UserId", c.undone_at,
             t.id AS "ticket_id: TicketId", t.ticket_type_name, t.seat_guid AS "seat: SeatGuid", t.status, t.redeemed_at
           FROM check_ins c JOIN tickets t ON t.id = c.ticket_id
           WHERE c.event_id = $1 AND ($2::uuid IS NULL OR c.id < $2) ORDER BY c.id DESC LIMIT $3"#,
        event_id.as_uuid(),
        before.map(CheckInId::as_uuid),
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Entry {
                id: row.id,
                at: row.at,
                checked_in_by: row.checked_in_by,
                undone_at: row.undone_at,
                ticket: GateTicket {
                    id: row.ticket_id,
                    ticket_type_name: row.ticket_type_name,
                    seat: row.seat,
                    status: row.status.parse().map_err(|e| corrupt("status", e))?,
                    redeemed_at: row.redeemed_at,
                },
            })
        })
        .collect()
}

/// How many are in, and how many tickets there are.
pub async fn counts(pool: &PgPool, event_id: EventId) -> sqlx::Result<(u32, u32)> {
    let row = sqlx::query!(
        r#"SELECT
             (SELECT count(*) FROM check_ins WHERE event_id = $1 AND undone_at IS NULL) AS "inside!",
             (SELECT coalesce(sum(sold), 0)::bigint FROM stock WHERE event_id = $1) AS "total!""#,
        event_id.as_uuid()
    )
    .fetch_one(pool)
    .await?;
    Ok((count(row.inside), count(row.total)))
}
