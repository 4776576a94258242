//! Open requests to reset a password; only the hash of the mailed token is kept.

use chrono::{DateTime, Utc};
use contracts::UserId;
use sqlx::{PgConnection, PgExecutor};

/// Opens a request; it replaces the user's earlier one.
pub async fn put(
    connection: &mut PgConnection,
    user: UserId,
    token_hash: &[u8],
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO password_resets (user_id, token_hash, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE
           SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = now()",
        user.as_uuid(),
        token_hash,
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether the token is one that can be used now.
pub async fn is_open(executor: impl PgExecutor<'_>, token_hash: &[u8]) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM password_resets WHERE token_hash = $1 AND expires_at > now()) AS "open!""#,
        token_hash
    )
    .fetch_one(executor)
    .await
}

/// Uses the token up; whose it was, if it could still be used.
pub async fn take(
    connection: &mut PgConnection,
    token_hash: &[u8],
) -> sqlx::Result<Option<UserId>> {
    sqlx::query_scalar!(
        r#"DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > now() RETURNING user_id AS "id: UserId""#,
        token_hash
    )
    .fetch_optional(connection)
    .await
}

/// Closes the user's request: a token that was mailed before a change of password must not undo it.
pub async fn close(connection: &mut PgConnection, user: UserId) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM password_resets WHERE user_id = $1",
        user.as_uuid()
    )
    .execute(connection)
    .await?;
    Ok(())
}
