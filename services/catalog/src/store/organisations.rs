//! Organisations and their members.

use chrono::{DateTime, Utc};
use contracts::{OrganisationId, UserId};
use kit::memberships::Role;
use sqlx::PgConnection;

#[derive(Debug)]
pub struct Organisation {
    pub id: OrganisationId,
    pub name: String,
    pub role: Option<String>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug)]
pub struct Member {
    pub user_id: UserId,
    pub email: Option<String>,
    pub name: Option<String>,
    pub role: String,
    pub added_at: DateTime<Utc>,
}

pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Organiser => "organiser",
        Role::Staff => "staff",
    }
}

pub fn parse_role(name: &str) -> Option<Role> {
    match name {
        "organiser" => Some(Role::Organiser),
        "staff" => Some(Role::Staff),
        _ => None,
    }
}

/// Makes an organisation whose organiser is `founder`.
pub async fn create(
    connection: &mut PgConnection,
    name: &str,
    founder: UserId,
) -> sqlx::Result<Organisation> {
    let id = OrganisationId::new();
    let created_at = sqlx::query_scalar!(
        "INSERT INTO organisations (id, name) VALUES ($1, $2) RETURNING created_at",
        id as OrganisationId,
        name
    )
    .fetch_one(&mut *connection)
    .await?;
    put_member(connection, id, founder, Role::Organiser).await?;
    Ok(Organisation {
        id,
        name: name.to_owned(),
        role: Some("organiser".into()),
        created_at,
    })
}

/// One that the caller belongs to, or any for an admin.
pub async fn find(
    connection: &mut PgConnection,
    id: OrganisationId,
    caller: UserId,
    admin: bool,
) -> sqlx::Result<Option<Organisation>> {
    sqlx::query_as!(
        Organisation,
        r#"SELECT o.id AS "id: OrganisationId", o.name, m.role AS "role?", o.created_at
           FROM organisations o LEFT JOIN members m ON m.organisation_id = o.id AND m.user_id = $2
           WHERE o.id = $1 AND (m.role IS NOT NULL OR $3)"#,
        id as OrganisationId,
        caller as UserId,
        admin
    )
    .fetch_optional(connection)
    .await
}

/// Those that the caller belongs to, after `after`.
pub async fn of_member(
    connection: &mut PgConnection,
    caller: UserId,
    after: Option<OrganisationId>,
    rows: i64,
) -> sqlx::Result<Vec<Organisation>> {
    sqlx::query_as!(
        Organisation,
        r#"SELECT o.id AS "id: OrganisationId", o.name, m.role AS "role?", o.created_at
           FROM members m JOIN organisations o ON o.id = m.organisation_id
           WHERE m.user_id = $1 AND ($2::uuid IS NULL OR m.organisation_id > $2)
           ORDER BY m.organisation_id LIMIT $3"#,
        caller as UserId,
        after as Option<OrganisationId>,
        rows
    )
    .fetch_all(connection)
    .await
}

pub async fn role(
    connection: &mut PgConnection,
    id: OrganisationId,
    user: UserId,
) -> sqlx::Result<Option<Role>> {
    let role = sqlx::query_scalar!(
        "SELECT role FROM members WHERE organisation_id = $1 AND user_id = $2",
        id as OrganisationId,
        user as UserId
    )
    .fetch_optional(connection)
    .await?;
    Ok(role.as_deref().and_then(parse_role))
}

pub async fn members(
    connection: &mut PgConnection,
    id: OrganisationId,
    after: Option<UserId>,
    rows: i64,
) -> sqlx::Result<Vec<Member>> {
    sqlx::query_as!(
        Member,
        r#"SELECT m.user_id AS "user_id: UserId", p.email AS "email?", p.name AS "name?", m.role, m.added_at
           FROM members m LEFT JOIN people p USING (user_id)
           WHERE m.organisation_id = $1 AND ($2::uuid IS NULL OR m.user_id > $2) ORDER BY m.user_id LIMIT $3"#,
        id as OrganisationId,
        after as Option<UserId>,
        rows
    )
    .fetch_all(connection)
    .await
}

pub async fn member(
    connection: &mut PgConnection,
    id: OrganisationId,
    user: UserId,
) -> sqlx::Result<Option<Member>> {
    sqlx::query_as!(
        Member,
        r#"SELECT m.user_id AS "user_id: UserId", p.email AS "email?", p.name AS "name?", m.role, m.added_at
           FROM members m LEFT JOIN people p USING (user_id) WHERE m.organisation_id = $1 AND m.user_id = $2"#,
        id as OrganisationId,
        user as UserId
    )
    .fetch_optional(connection)
    .await
}

/// Adds a member, or changes the role.
pub async fn put_member(
    connection: &mut PgConnection,
    id: OrganisationId,
    user: UserId,
    role: Role,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO members (organisation_id, user_id, role) VALUES ($1, $2, $3)
         ON CONFLICT (organisation_id, user_id) DO UPDATE SET role = excluded.role",
        id as OrganisationId,
        user as UserId,
        role_name(role)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks the organisation's organisers, so that two who leave at once can't leave it without one.
pub async fn other_organisers(
    connection: &mut PgConnection,
    id: OrganisationId,
    than: UserId,
) -> sqlx::Result<bool> {
    let others = sqlx::query_scalar!(
        r#"SELECT user_id AS "id: UserId" FROM members WHERE organisation_id = $1 AND role = 'organiser'
           ORDER BY user_id FOR UPDATE"#,
        id as OrganisationId
    )
    .fetch_all(connection)
    .await?;
    Ok(others.iter().any(|other| *other != than))
}

pub async fn remove_member(
    connection: &mut PgConnection,
    id: OrganisationId,
    user: UserId,
) -> sqlx::Result<bool> {
    let removed = sqlx::query!(
        "DELETE FROM members WHERE organisation_id = $1 AND user_id = $2",
        id as OrganisationId,
        user as UserId
    )
    .execute(connection)
    .await?;
    Ok(removed.rows_affected() == 1)
}
