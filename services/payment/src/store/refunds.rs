//! Refunds and the tickets whose money they give back.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{PaymentId, RefundId, TicketId, ticket::CancelledTicket};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::{payments::Payment, unreadable};
use crate::domain::{
    payment::Failure,
    refund::{Plan, RefundStatus},
};

/// A refund as it stands.
#[derive(Clone, Debug)]
pub struct Refund {
    pub id: RefundId,
    pub payment_id: PaymentId,
    pub status: RefundStatus,
    /// Minor units; absent until the tickets are cancelled.
    pub amount: Option<i64>,
    /// What it gives back; before that is known, what was asked for; absent when all that was left was asked for.
    pub tickets: Option<Vec<TicketId>>,
    pub failure: Option<Failure>,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

struct Row {
    id: RefundId,
    payment_id: PaymentId,
    status: String,
    amount: Option<i64>,
    requested_ticket_ids: Option<Vec<Uuid>>,
    ticket_ids: Option<Vec<Uuid>>,
    failure_code: Option<String>,
    failure_message: Option<String>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Refund {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let tickets = row.ticket_ids.or(row.requested_ticket_ids);
        let message = row.failure_message.unwrap_or_default();
        Ok(Self {
            id: row.id,
            payment_id: row.payment_id,
            status: row.status.parse().map_err(unreadable)?,
            amount: row.amount,
            tickets: tickets.map(|ids| ids.into_iter().map(TicketId::from).collect()),
            failure: row.failure_code.map(|code| Failure { code, message }),
            created_at: row.created_at,
            ended_at: row.ended_at,
        })
    }
}

/// Reads refunds as [`Row`]s; the rest of the statement and its arguments follow.
macro_rules! select {
    ($rest:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"SELECT r.id AS "id: RefundId", r.payment_id AS "payment_id: PaymentId", r.status, r.amount,
                 r.requested_ticket_ids, (SELECT array_agg(t.ticket_id ORDER BY t.ticket_id) FROM refund_tickets t
                   WHERE t.refund_id = r.id) AS ticket_ids,
                 r.failure_code, r.failure_message, r.created_at, r.ended_at
               FROM refunds r "# + $rest
            $(, $argument)*
        )
    };
}

/// Notes that a refund is asked for: of these tickets, or of all that are left.
pub async fn request(
    connection: &mut PgConnection,
    id: RefundId,
    payment: PaymentId,
    tickets: Option<&[TicketId]>,
) -> sqlx::Result<()> {
    let tickets: Option<Vec<_>> = tickets.map(|ids| ids.iter().map(|id| id.as_uuid()).collect());
    sqlx::query!(
        "INSERT INTO refunds (id, payment_id, status, requested_ticket_ids) VALUES ($1, $2, 'requested', $3)",
        id as RefundId,
        payment as PaymentId,
        tickets.as_deref()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A payment's refunds, newest first; at most 200, for a booking has fewer tickets.
pub async fn list(executor: impl PgExecutor<'_>, payment: PaymentId) -> sqlx::Result<Vec<Refund>> {
    let rows = select!(
        "WHERE r.payment_id = $1 ORDER BY r.id DESC LIMIT 200",
        payment as PaymentId
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub async fn find(
    executor: impl PgExecutor<'_>,
    payment: PaymentId,
    id: RefundId,
) -> sqlx::Result<Option<Refund>> {
    let row = select!(
        "WHERE r.payment_id = $1 AND r.id = $2",
        payment as PaymentId,
        id as RefundId
    )
    .fetch_optional(executor)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The tickets of a payment whose money went or goes back.
pub async fn refunded_tickets(
    executor: impl PgExecutor<'_>,
    payment: PaymentId,
) -> sqlx::Result<BTreeSet<TicketId>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT ticket_id AS "ticket_id: TicketId" FROM refund_tickets WHERE payment_id = $1"#,
        payment as PaymentId
    )
    .fetch_all(executor)
    .await?;
    Ok(ids.into_iter().collect())
}

/// The tickets of a payment whose money has not gone back and that no open request names.
pub async fn refundable_tickets(
    executor: impl PgExecutor<'_>,
    payment: PaymentId,
) -> sqlx::Result<BTreeSet<TicketId>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT t.ticket_id AS "ticket_id: TicketId" FROM payment_tickets t
           WHERE t.payment_id = $1
             AND NOT EXISTS (SELECT 1 FROM refund_tickets g WHERE g.payment_id = $1 AND g.ticket_id = t.ticket_id)
             AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.payment_id = $1 AND r.status = 'requested'
               AND (r.requested_ticket_ids IS NULL OR t.ticket_id = ANY (r.requested_ticket_ids)))"#,
        payment as PaymentId
    )
    .fetch_all(executor)
    .await?;
    Ok(ids.into_iter().collect())
}

/// Whether the payment bought all of these tickets; names those that it did not.
pub async fn unknown_tickets(
    executor: impl PgExecutor<'_>,
    payment: PaymentId,
    tickets: &[TicketId],
) -> sqlx::Result<Vec<TicketId>> {
    let ids: Vec<_> = tickets.iter().map(|id| id.as_uuid()).collect();
    sqlx::query_scalar!(
        r#"SELECT asked.id AS "id!: TicketId" FROM unnest($2::uuid[]) AS asked (id)
           WHERE NOT EXISTS (SELECT 1 FROM payment_tickets t WHERE t.payment_id = $1 AND t.ticket_id = asked.id)"#,
        payment as PaymentId,
        &ids
    )
    .fetch_all(executor)
    .await
}

/// Makes a refund out of `plan`, in place of the oldest request for one of its tickets if there is one. One of nothing has
/// succeeded at once. The caller holds the payment's lock.
pub async fn decide(
    connection: &mut PgConnection,
    payment: PaymentId,
    plan: &Plan,
    reason: &str,
) -> sqlx::Result<RefundId> {
    let ids = ids(&plan.tickets);
    let amounts: Vec<_> = plan.tickets.iter().map(|t| t.price.amount).collect();
    let status = if plan.amount == 0 {
        RefundStatus::Succeeded
    } else {
        RefundStatus::Pending
    };
    let requested = sqlx::query_scalar!(
        r#"SELECT id AS "id: RefundId" FROM refunds WHERE payment_id = $1 AND status = 'requested'
             AND (requested_ticket_ids IS NULL OR requested_ticket_ids && $2)
           ORDER BY id LIMIT 1"#,
        payment as PaymentId,
        &ids
    )
    .fetch_optional(&mut *connection)
    .await?;
    let id = requested.unwrap_or_else(RefundId::new);
    sqlx::query!(
        "INSERT INTO refunds (id, payment_id, status, amount, reason, ended_at)
         VALUES ($1, $2, $3, $4, $5, CASE WHEN $4::bigint = 0 THEN now() END)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, amount = excluded.amount, reason = excluded.reason,
           ended_at = excluded.ended_at",
        id as RefundId,
        payment as PaymentId,
        status.as_str(),
        plan.amount,
        reason
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO refund_tickets (payment_id, ticket_id, refund_id, amount)
         SELECT $1, ticket_id, $2, amount FROM unnest($3::uuid[], $4::bigint[]) AS given (ticket_id, amount)",
        payment as PaymentId,
        id as RefundId,
        &ids,
        &amounts
    )
    .execute(connection)
    .await?;
    Ok(id)
}

fn ids(tickets: &[CancelledTicket]) -> Vec<Uuid> {
    tickets.iter().map(|ticket| ticket.id.as_uuid()).collect()
}

/// What a refund's tickets are called and cost, in minor units, for its credit note.
pub async fn described_tickets(
    executor: impl PgExecutor<'_>,
    refund: RefundId,
) -> sqlx::Result<Vec<(TicketId, String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT g.ticket_id AS "ticket_id: TicketId", coalesce(t.description, 'Ticket') AS "description!", g.amount
           FROM refund_tickets g LEFT JOIN payment_tickets t USING (payment_id, ticket_id)
           WHERE g.refund_id = $1 ORDER BY g.ticket_id"#,
        refund as RefundId
    )
    .fetch_all(executor)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.ticket_id, row.description, row.amount))
        .collect())
}

/// Adds to what refunds will give back and to what they gave, in minor units, with the next version, which it sets.
pub async fn add_to_sums(
    connection: &mut PgConnection,
    payment: &mut Payment,
    reserved: i64,
    refunded: i64,
) -> sqlx::Result<()> {
    let row = sqlx::query!(
        "UPDATE payments SET refund_reserved = refund_reserved + $2, refunded = refunded + $3, version = version + 1
         WHERE id = $1 RETURNING refund_reserved, refunded, version",
        payment.id as PaymentId,
        reserved,
        refunded
    )
    .fetch_one(connection)
    .await?;
    payment.refund_reserved = row.refund_reserved;
    payment.refunded = row.refunded;
    payment.version = row.version;
    Ok(())
}

/// Ends a pending refund; false when it is not pending.
pub async fn end(
    connection: &mut PgConnection,
    id: RefundId,
    reference: Option<&str>,
    failure: Option<&Failure>,
) -> sqlx::Result<bool> {
    let status = if failure.is_some() {
        RefundStatus::Failed
    } else {
        RefundStatus::Succeeded
    };
    let updated = sqlx::query!(
        "UPDATE refunds SET status = $2, provider_reference = coalesce($3, provider_reference), failure_code = $4,
           failure_message = $5, ended_at = now()
         WHERE id = $1 AND status = 'pending'",
        id as RefundId,
        status.as_str(),
        reference,
        failure.map(|failure| &failure.code),
        failure.map(|failure| &failure.message)
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Makes a failed refund pending again; false when it did not fail at the provider.
pub async fn revive(connection: &mut PgConnection, id: RefundId) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "UPDATE refunds SET status = 'pending', failure_code = NULL, failure_message = NULL, ended_at = NULL
         WHERE id = $1 AND status = 'failed' AND amount IS NOT NULL",
        id as RefundId
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Ends requests that Booking did not follow within `age`, at most 1,000 a call: their tickets could not be cancelled.
pub async fn end_unanswered(
    executor: impl PgExecutor<'_>,
    age: TimeDelta,
    failure: &Failure,
) -> sqlx::Result<u64> {
    let updated = sqlx::query!(
        "UPDATE refunds SET status = 'failed', failure_code = $2, failure_message = $3, ended_at = now()
         WHERE id IN (SELECT id FROM refunds WHERE status = 'requested' AND created_at < $1 LIMIT 1000
           FOR UPDATE SKIP LOCKED)",
        Utc::now() - age,
        failure.code,
        failure.message
    )
    .execute(executor)
    .await?;
    Ok(updated.rows_affected())
}
