//! Accounts.

use chrono::{DateTime, Utc};
use contracts::UserId;
use kit::auth::{Role, Roles};
use sqlx::{PgConnection, PgExecutor};

use crate::domain::{Email, Name, User};

struct Row {
    id: UserId,
    email: String,
    name: String,
    roles: Vec<String>,
    session_epoch: i32,
    version: i64,
    created_at: DateTime<Utc>,
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            roles: row
                .roles
                .iter()
                .filter_map(|role| role.parse().ok())
                .collect(),
            session_epoch: row.session_epoch,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

pub struct NewUser<'a> {
    pub email: &'a Email,
    pub name: &'a Name,
    pub password_hash: &'a str,
    pub roles: &'a Roles,
}

fn names(roles: &Roles) -> Vec<String> {
    roles
        .iter()
        .map(|role: Role| role.as_str().to_owned())
        .collect()
}

/// Adds an account; `None` when the address has one.
pub async fn insert(
    connection: &mut PgConnection,
    user: &NewUser<'_>,
) -> sqlx::Result<Option<User>> {
    let row = sqlx::query_as!(
        Row,
        r#"INSERT INTO users (id, email, name, password_hash, roles) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT ((lower(email))) DO NOTHING
           RETURNING id AS "id: UserId", email, name, roles, session_epoch, version, created_at"#,
        UserId::new().as_uuid(),
        user.email.as_str(),
        user.name.as_str(),
        user.password_hash,
        &names(user.roles)
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(User::from))
}

pub async fn by_id(executor: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<Option<User>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: UserId", email, name, roles, session_epoch, version, created_at
           FROM users WHERE id = $1"#,
        id.as_uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(User::from))
}

/// The account of an address, in whatever case.
pub async fn by_email(executor: impl PgExecutor<'_>, email: &str) -> sqlx::Result<Option<User>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: UserId", email, name, roles, session_epoch, version, created_at
           FROM users WHERE lower(email) = lower($1)"#,
        email
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(User::from))
}

pub async fn password_hash(
    executor: impl PgExecutor<'_>,
    id: UserId,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT password_hash FROM users WHERE id = $1",
        id.as_uuid()
    )
    .fetch_optional(executor)
    .await
}

/// Renames an account; `None` when it is gone.
pub async fn set_name(
    connection: &mut PgConnection,
    id: UserId,
    name: &Name,
) -> sqlx::Result<Option<User>> {
    let row = sqlx::query_as!(
        Row,
        r#"UPDATE users SET name = $2, version = version + 1, updated_at = now() WHERE id = $1
           RETURNING id AS "id: UserId", email, name, roles, session_epoch, version, created_at"#,
        id.as_uuid(),
        name.as_str()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(User::from))
}

/// Sets a password if its hash is still `expected` (any, when `None`), and begins a new epoch; `None` otherwise.
pub async fn set_password(
    connection: &mut PgConnection,
    id: UserId,
    hash: &str,
    expected: Option<&str>,
) -> sqlx::Result<Option<User>> {
    let row = sqlx::query_as!(
        Row,
        r#"UPDATE users SET password_hash = $2, session_epoch = session_epoch + 1, updated_at = now()
           WHERE id = $1 AND ($3::text IS NULL OR password_hash = $3)
           RETURNING id AS "id: UserId", email, name, roles, session_epoch, version, created_at"#,
        id.as_uuid(),
        hash,
        expected
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(User::from))
}

/// Sets the roles; a new epoch begins when one is taken away. `None` when there is no such account.
pub async fn set_roles(
    connection: &mut PgConnection,
    id: UserId,
    roles: &Roles,
) -> sqlx::Result<Option<User>> {
    let row = sqlx::query_as!(
        Row,
        r#"UPDATE users SET roles = $2, updated_at = now(),
             session_epoch = session_epoch + CASE WHEN roles <@ $2 THEN 0 ELSE 1 END
           WHERE id = $1
           RETURNING id AS "id: UserId", email, name, roles, session_epoch, version, created_at"#,
        id.as_uuid(),
        &names(roles)
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(User::from))
}
