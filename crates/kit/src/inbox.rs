//! What a consumer has already handled, so that a message which comes twice changes nothing the second time.

use std::collections::HashSet;

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

/// Those of `message_ids` that `consumer` sees for the first time: [`first_time`] for many. An id that is named twice is
/// new once.
pub async fn first_time_many(
    connection: &mut PgConnection,
    consumer: &str,
    message_ids: &[String],
) -> sqlx::Result<HashSet<String>> {
    if message_ids.is_empty() {
        return Ok(HashSet::new());
    }
    // Two transactions that handle the same messages take them in the same order.
    let new = sqlx::query_scalar!(
        "INSERT INTO inbox (consumer, message_id)
         SELECT DISTINCT $1, id FROM unnest($2::text[]) AS m (id) ORDER BY id
         ON CONFLICT DO NOTHING RETURNING message_id",
        consumer,
        message_ids
    )
    .fetch_all(connection)
    .await?;
    Ok(new.into_iter().collect())
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
