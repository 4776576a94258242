//! When the reconciler looks at a payment.

use std::time::Duration;

use contracts::PaymentId;
use sqlx::PgExecutor;

/// Takes payments that are due for a look, and keeps other replicas off them for `lease`.
pub async fn take_due(
    executor: impl PgExecutor<'_>,
    limit: i64,
    lease: Duration,
) -> sqlx::Result<Vec<PaymentId>> {
    sqlx::query_scalar!(
        r#"UPDATE payments SET next_check_at = now() + $2::float8 * interval '1 second'
           WHERE id IN (SELECT id FROM payments WHERE next_check_at <= now() ORDER BY next_check_at LIMIT $1
             FOR UPDATE SKIP LOCKED)
           RETURNING id AS "id: PaymentId""#,
        limit,
        lease.as_secs_f64()
    )
    .fetch_all(executor)
    .await
}

/// When the reconciler looks again: `after` from now, counting one more look.
pub async fn check_again(
    executor: impl PgExecutor<'_>,
    id: PaymentId,
    after: Duration,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE payments SET next_check_at = now() + $2::float8 * interval '1 second', checks = checks + 1
         WHERE id = $1 AND next_check_at IS NOT NULL",
        id as PaymentId,
        after.as_secs_f64()
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Nothing more can happen to it by itself: the reconciler need not look again.
pub async fn check_no_more(executor: impl PgExecutor<'_>, id: PaymentId) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE payments SET next_check_at = NULL WHERE id = $1",
        id as PaymentId
    )
    .execute(executor)
    .await?;
    Ok(())
}
