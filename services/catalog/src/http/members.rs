//! Who works for an organisation.

use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use contracts::{OrganisationId, UserId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path, Query},
    memberships::Role,
    openapi,
    page::{Page, PageQuery},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access;
use crate::{
    App,
    store::{
        organisations::{self, parse_role},
        people,
    },
};

#[derive(Serialize, ToSchema)]
pub(super) struct Member {
    user_id: UserId,
    /// Null until auth has told of the account
    #[schema(required)]
    email: Option<String>,
    #[schema(required)]
    name: Option<String>,
    role: Role,
    added_at: DateTime<Utc>,
}

impl From<organisations::Member> for Member {
    fn from(row: organisations::Member) -> Self {
        Self {
            role: parse_role(&row.role).unwrap_or(Role::Staff),
            user_id: row.user_id,
            email: row.email,
            name: row.name,
            added_at: row.added_at,
        }
    }
}

/// The caller's membership.
#[derive(Serialize, ToSchema)]
pub(super) struct Membership {
    organisation_id: OrganisationId,
    user_id: UserId,
    role: Role,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct NewMember {
    /// Address of an account, in any case
    #[schema(min_length = 3, max_length = 254, example = "gate@example.com")]
    email: String,
    role: Role,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct MemberRole {
    role: Role,
}

/// List members
///
/// With name and address, for the organisation's own members.
#[utoipa::path(
    get, path = "/organisations/{id}/members", tag = "Organisations",
    security(("bearer" = [])),
    params(("id" = OrganisationId, Path, description = "The organisation"), PageQuery),
    responses(
        (status = 200, description = "A page of members", body = Page<Member>),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_members(
    State(app): State<App>,
    caller: Principal,
    Path(organisation): Path<OrganisationId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Member>>, Problem> {
    let after: Option<UserId> = page.after()?;
    let mut connection = app.pool.acquire().await?;
    access::member(&mut connection, &caller, organisation).await?;
    let rows = organisations::members(&mut connection, organisation, after, page.rows()).await?;
    Ok(Json(
        Page::new(rows, &page, |row| row.user_id).map(Member::from),
    ))
}

/// My membership
///
/// What other services ask to find out what the caller may do for the organisation.
#[utoipa::path(
    get, path = "/organisations/{id}/members/me", tag = "Organisations",
    security(("bearer" = [])),
    params(("id" = OrganisationId, Path, description = "The organisation")),
    responses(
        (status = 200, description = "The caller's role", body = Membership),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`: the caller is no member", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn my_membership(
    State(app): State<App>,
    caller: Principal,
    Path(organisation_id): Path<OrganisationId>,
) -> Result<Json<Membership>, Problem> {
    let mut connection = app.pool.acquire().await?;
    let role = organisations::role(&mut connection, organisation_id, caller.user_id).await?;
    let role = role.ok_or_else(|| Problem::not_found("organisation"))?;
    Ok(Json(Membership {
        organisation_id,
        user_id: caller.user_id,
        role,
    }))
}

/// Add a member
///
/// By the address of an account that exists. Adding somebody again changes the role.
#[utoipa::path(
    post, path = "/organisations/{id}/members", tag = "Organisations",
    security(("bearer" = [])),
    params(("id" = OrganisationId, Path, description = "The organisation")),
    request_body(content = NewMember, example = json!({"email": "gate@example.com", "role": "staff"})),
    responses(
        (status = 201, description = "The member", body = Member),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`, or `user_not_found`: ask the person to register first", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`last_organiser`: make somebody else organiser first", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn add_member(
    State(app): State<App>,
    caller: Principal,
    Path(organisation): Path<OrganisationId>,
    Json(new): Json<NewMember>,
) -> Result<(StatusCode, Json<Member>), Problem> {
    let mut transaction = app.pool.begin().await?;
    access::organiser(&mut transaction, &caller, organisation).await?;
    let email = new.email.trim();
    if !(3..=254).contains(&email.chars().count()) {
        return Err(Problem::invalid("/email", "must be an e-mail address"));
    }
    let user = people::by_email(&mut transaction, email).await?;
    let user = user.ok_or_else(|| {
        Problem::not_found("user")
            .detail("Nobody has registered with this address. Ask the person to register first.")
    })?;
    if new.role != Role::Organiser {
        keep_an_organiser(&mut transaction, organisation, user).await?;
    }
    organisations::put_member(&mut transaction, organisation, user, new.role).await?;
    let member = organisations::member(&mut transaction, organisation, user).await?;
    transaction.commit().await?;
    let member = member.ok_or_else(|| Problem::not_found("member"))?;
    Ok((StatusCode::CREATED, Json(member.into())))
}

/// Change a member's role
///
/// The last organiser stays one.
#[utoipa::path(
    put, path = "/organisations/{id}/members/{user_id}", tag = "Organisations",
    security(("bearer" = [])),
    params(
        ("id" = OrganisationId, Path, description = "The organisation"),
        ("user_id" = UserId, Path, description = "The member"),
    ),
    request_body(content = MemberRole, example = json!({"role": "organiser"})),
    responses(
        (status = 200, description = "The member", body = Member),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found` or `member_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`last_organiser`: make somebody else organiser first", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set_member(
    State(app): State<App>,
    caller: Principal,
    Path((organisation, user)): Path<(OrganisationId, UserId)>,
    Json(change): Json<MemberRole>,
) -> Result<Json<Member>, Problem> {
    let mut transaction = app.pool.begin().await?;
    access::organiser(&mut transaction, &caller, organisation).await?;
    if organisations::role(&mut transaction, organisation, user)
        .await?
        .is_none()
    {
        return Err(Problem::not_found("member"));
    }
    if change.role != Role::Organiser {
        keep_an_organiser(&mut transaction, organisation, user).await?;
    }
    organisations::put_member(&mut transaction, organisation, user, change.role).await?;
    let member = organisations::member(&mut transaction, organisation, user).await?;
    transaction.commit().await?;
    Ok(Json(
        member.ok_or_else(|| Problem::not_found("member"))?.into(),
    ))
}

/// Remove a member
///
/// The last organiser stays.
#[utoipa::path(
    delete, path = "/organisations/{id}/members/{user_id}", tag = "Organisations",
    security(("bearer" = [])),
    params(
        ("id" = OrganisationId, Path, description = "The organisation"),
        ("user_id" = UserId, Path, description = "The member"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found` or `member_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`last_organiser`: make somebody else organiser first", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn remove_member(
    State(app): State<App>,
    caller: Principal,
    Path((organisation, user)): Path<(OrganisationId, UserId)>,
) -> Result<StatusCode, Problem> {
    let mut transaction = app.pool.begin().await?;
    access::organiser(&mut transaction, &caller, organisation).await?;
    keep_an_organiser(&mut transaction, organisation, user).await?;
    if !organisations::remove_member(&mut transaction, organisation, user).await? {
        return Err(Problem::not_found("member"));
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An organisation without an organiser could never be changed again.
async fn keep_an_organiser(
    connection: &mut sqlx::PgConnection,
    organisation: OrganisationId,
    leaving: UserId,
) -> Result<(), Problem> {
    if organisations::other_organisers(connection, organisation, leaving).await? {
        return Ok(());
    }
    Err(Problem::conflict("last_organiser", "Last organiser")
        .detail("An organisation needs an organiser. Make somebody else organiser first."))
}
