//! Numbers that people watch over. Each looks at rows that an index leads to, and at no more than [`MOST`] of them.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use sqlx::PgExecutor;
use uuid::Uuid;

/// Enough to be alarmed, and cheap.
const MOST: i64 = 10_000;

/// The unsettled payments of one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsettled {
    pub status: String,
    pub payments: i64,
    /// Those that came to this state longer ago than asked for.
    pub old: i64,
    /// Seconds since the oldest came to this state.
    pub age: f64,
}

/// Payments that are neither settled nor given up, by state; a state that none has is left out. Where it is decided what becomes of
/// the money the provider alone is waited for, which [`late_operations`] tells.
pub async fn unsettled(
    executor: impl PgExecutor<'_>,
    old: Duration,
) -> sqlx::Result<Vec<Unsettled>> {
    sqlx::query_as!(
        Unsettled,
        r#"SELECT status, count(*) AS "payments!", max(age)::float8 AS "age!",
             count(*) FILTER (WHERE age > $2::float8) AS "old!"
           FROM (SELECT id, status, extract(epoch FROM now() - coalesce(authorised_at, created_at)) AS age FROM payments
             WHERE next_check_at IS NOT NULL ORDER BY next_check_at LIMIT $1) AS open
           WHERE status IN ('created', 'requires_action', 'authorised')
             AND NOT EXISTS (SELECT FROM operations WHERE operations.payment_id = open.id AND operations.status = 'due')
           GROUP BY status"#,
        MOST,
        old.as_secs_f64()
    )
    .fetch_all(executor)
    .await
}

/// How many operations are due for longer than a minute: the provider is away or refuses again and again.
pub async fn late_operations(executor: impl PgExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (
             SELECT created_at FROM operations WHERE status = 'due' ORDER BY due_at LIMIT $1) AS due
           WHERE created_at < now() - interval '1 minute'"#,
        MOST
    )
    .fetch_one(executor)
    .await
}

/// What can't be in books that balance. Whatever one of them counts was written in one transaction, so that there is no moment
/// at which it is only on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mismatches {
    /// Captured payments that are not the sum of the tickets that they bought.
    pub tickets: i64,
    /// Captured payments without a receipt.
    pub receipts: i64,
    /// Payments of which something else was refunded than their refunds say.
    pub refunds: i64,
    /// Refunds that the provider refused for good: money that a buyer is owed.
    pub refused: i64,
}

/// Looks through the newest payments and refunds of a week.
pub async fn mismatches(pool: &sqlx::PgPool) -> sqlx::Result<Mismatches> {
    let since = first_id(TimeDelta::days(7));
    let taken = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE bought IS DISTINCT FROM amount) AS "tickets!",
             count(*) FILTER (WHERE NOT receipt) AS "receipts!"
           FROM (SELECT p.amount,
               (SELECT sum(t.amount)::bigint FROM payment_tickets t WHERE t.payment_id = p.id) AS bought,
               EXISTS (SELECT FROM documents d WHERE d.payment_id = p.id AND d.kind = 'receipt') AS receipt
             FROM (SELECT id, status, amount FROM payments WHERE id >= $1 ORDER BY id DESC LIMIT $2) AS p
             WHERE p.status = 'captured') AS captured"#,
        since,
        MOST
    )
    .fetch_one(pool)
    .await?;
    // Each payment is looked up by itself: the planner would read them all.
    let given_back = sqlx::query!(
        r#"SELECT count(DISTINCT payment_id) FILTER (WHERE repaid <> refunded) AS "refunds!",
             count(*) FILTER (WHERE status = 'failed' AND amount > 0) AS "refused!"
           FROM (SELECT r.payment_id, r.status, r.amount, p.refunded,
               (SELECT coalesce(sum(o.amount), 0)::bigint FROM refunds o
                WHERE o.payment_id = p.id AND o.status = 'succeeded') AS repaid
             FROM (SELECT payment_id, status, amount FROM refunds WHERE id >= $1 ORDER BY id DESC LIMIT $2) AS r
               CROSS JOIN LATERAL (SELECT id, refunded FROM payments
                 WHERE id = r.payment_id AND status = 'captured' OFFSET 0) AS p) AS newest"#,
        since,
        MOST
    )
    .fetch_one(pool)
    .await?;
    Ok(Mismatches {
        tickets: taken.tickets,
        receipts: taken.receipts,
        refunds: given_back.refunds,
        refused: given_back.refused,
    })
}

/// The lowest id that may have been given within this time: ids begin with the moment they were made at.
fn first_id(within: TimeDelta) -> Uuid {
    let begin = (Utc::now() - within).timestamp_millis();
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(begin).unwrap_or(0), &[0; 10])
        .into_uuid()
}
