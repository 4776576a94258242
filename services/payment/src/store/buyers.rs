//! Copies of accounts, for receipts.

use contracts::{UserId, messages::User};
use sqlx::PgExecutor;

use crate::domain::document::Buyer;

/// Keeps what auth says, unless something newer is known.
pub async fn save(executor: impl PgExecutor<'_>, user: &User) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO buyers (user_id, name, email, version) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, email = excluded.email, version = excluded.version
         WHERE buyers.version < excluded.version",
        user.user_id as UserId,
        user.name,
        user.email,
        user.version
    )
    .execute(executor)
    .await?;
    Ok(())
}

pub async fn find(executor: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Option<Buyer>> {
    sqlx::query_as!(
        Buyer,
        "SELECT name, email FROM buyers WHERE user_id = $1",
        user as UserId
    )
    .fetch_optional(executor)
    .await
}
