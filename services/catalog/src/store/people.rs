//! Accounts as auth last said.

use contracts::{UserId, messages::User};
use sqlx::PgConnection;

/// Keeps the newest version.
pub async fn keep(connection: &mut PgConnection, user: &User) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO people (user_id, email, name, version) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, name = excluded.name, version = excluded.version
         WHERE people.version < excluded.version",
        user.user_id as UserId,
        user.email,
        user.name,
        user.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn by_email(connection: &mut PgConnection, email: &str) -> sqlx::Result<Option<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT user_id AS "id: UserId" FROM people WHERE lower(email) = lower($1) ORDER BY version DESC LIMIT 1"#,
        email
    )
    .fetch_optional(connection)
    .await
}
