//! Numbers that people watch over.

use sqlx::PgExecutor;

/// Counted so far: enough to be alarmed, and cheap.
const MOST: i64 = 10_000;

/// Holds whose places should be on sale again for five seconds or more.
pub async fn overdue_holds(executor: impl PgExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (
             SELECT FROM bookings WHERE status = 'held' AND expires_at < now() - interval '5 seconds'
             ORDER BY expires_at LIMIT $1) AS overdue"#,
        MOST
    )
    .fetch_one(executor)
    .await
}
