//! What a consumer has already handled, so that a message which comes twice changes nothing the second time.

use sqlx::PgConnection;

/// Whether `consumer` sees the message for the first time. Remembered when the caller's transaction commits; one that is
/// being handled at the same moment makes this wait for its end.
pub async fn first_time(
    connection: &mut PgConnection,
    consumer: &str,
    message_id: &str,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO inbox (consumer, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        consumer,
        message_id
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Forgets what is older than 30 days, at most 10,000 rows a call. Longer than any retry or dead letter is kept unreplayed.
pub async fn forget(connection: &mut PgConnection) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "DELETE FROM inbox WHERE (consumer, message_id) IN (
            SELECT consumer, message_id FROM inbox WHERE handled_at < now() - interval '30 days' LIMIT 10000)"
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected())
}
