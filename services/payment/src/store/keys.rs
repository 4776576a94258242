//! Idempotency keys of payments, finished by whoever learns the result: the request itself, a webhook or the reconciler.

use contracts::UserId;
use kit::idempotency::Kept;
use sqlx::PgConnection;

use super::unreadable;

/// The method and path that keys of payments are valid for.
pub const METHOD: &str = "POST";
pub const PATH: &str = "/payments";

/// Keeps `answer`, unless one is kept already.
pub async fn finish(
    connection: &mut PgConnection,
    user: UserId,
    key: &str,
    answer: &Kept,
) -> sqlx::Result<()> {
    let status = i16::try_from(answer.status.as_u16()).map_err(unreadable)?;
    sqlx::query!(
        "UPDATE idempotency_keys SET status = $5, body = $6, completed_at = now()
         WHERE user_id = $1 AND method = $2 AND path = $3 AND key = $4 AND status IS NULL",
        user as UserId,
        METHOD,
        PATH,
        key,
        status,
        answer.body
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a key back whose work came to nothing that is kept.
pub async fn abandon(connection: &mut PgConnection, user: UserId, key: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM idempotency_keys
         WHERE user_id = $1 AND method = $2 AND path = $3 AND key = $4 AND status IS NULL",
        user as UserId,
        METHOD,
        PATH,
        key
    )
    .execute(connection)
    .await?;
    Ok(())
}
