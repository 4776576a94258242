//! Who is written to.

use contracts::{UserId, messages::User};
use sqlx::PgConnection;

#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) email: String,
    pub(crate) name: String,
}

/// Keeps the newest version.
pub(crate) async fn keep(connection: &mut PgConnection, user: &User) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO contacts (user_id, email, name, version) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE
         SET email = excluded.email, name = excluded.name, version = excluded.version
         WHERE contacts.version < excluded.version",
        user.user_id as UserId,
        user.email,
        user.name,
        user.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn known(connection: &mut PgConnection, user: UserId) -> sqlx::Result<bool> {
    Ok(find(connection, user).await?.is_some())
}

pub(crate) async fn find(
    connection: &mut PgConnection,
    user: UserId,
) -> sqlx::Result<Option<Contact>> {
    sqlx::query_as!(
        Contact,
        "SELECT email, name FROM contacts WHERE user_id = $1",
        user as UserId
    )
    .fetch_optional(connection)
    .await
}
