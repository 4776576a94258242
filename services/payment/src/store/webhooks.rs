//! Events that a provider has told us of.

use contracts::PaymentId;
use sqlx::{PgConnection, PgExecutor};

use crate::providers::Event;

pub async fn is_known(
    executor: impl PgExecutor<'_>,
    provider: &str,
    event_id: &str,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM webhook_events WHERE provider = $1 AND event_id = $2) AS "known!""#,
        provider,
        event_id
    )
    .fetch_one(executor)
    .await
}

/// Notes an event; false when another transaction has noted it.
pub async fn add(
    connection: &mut PgConnection,
    provider: &str,
    event: &Event,
    payment: Option<PaymentId>,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO webhook_events (provider, event_id, kind, payment_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        provider,
        event.id,
        event.kind,
        payment as Option<PaymentId>
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Forgets events older than 30 days, at most 10,000 a call. Providers give up sending long before.
pub async fn forget(executor: impl PgExecutor<'_>) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "DELETE FROM webhook_events WHERE (provider, event_id) IN (
           SELECT provider, event_id FROM webhook_events WHERE received_at < now() - interval '30 days' LIMIT 10000)"
    )
    .execute(executor)
    .await?;
    Ok(deleted.rows_affected())
}
