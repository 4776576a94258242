//! Signing keys.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};

pub struct StoredKey {
    pub kid: String,
    pub public_key: Vec<u8>,
    pub private_key: Vec<u8>,
    pub active_from: DateTime<Utc>,
}

pub struct NewKey<'a> {
    pub kid: &'a str,
    pub public_key: &'a [u8],
    pub private_key: &'a [u8],
    pub active_from: DateTime<Utc>,
}

/// Lets one transaction at a time decide on a new key; reading goes on.
pub async fn lock(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE")
        .execute(connection)
        .await?;
    Ok(())
}

/// When the newest key becomes or became active.
pub async fn newest(executor: impl PgExecutor<'_>) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("SELECT max(active_from) FROM signing_keys")
        .fetch_one(executor)
        .await
}

/// All keys, oldest first.
pub async fn all(executor: impl PgExecutor<'_>) -> sqlx::Result<Vec<StoredKey>> {
    sqlx::query_as!(
        StoredKey,
        "SELECT kid, public_key, private_key, active_from FROM signing_keys ORDER BY active_from, kid"
    )
    .fetch_all(executor)
    .await
}

/// Adds a key, and forgets those that were replaced more than a day ago.
pub async fn insert(connection: &mut PgConnection, key: &NewKey<'_>) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO signing_keys (kid, public_key, private_key, active_from) VALUES ($1, $2, $3, $4)",
        key.kid,
        key.public_key,
        key.private_key,
        key.active_from
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM signing_keys old WHERE EXISTS (
           SELECT FROM signing_keys new
           WHERE new.active_from > old.active_from AND new.active_from < now() - interval '1 day')"
    )
    .execute(connection)
    .await?;
    Ok(())
}
