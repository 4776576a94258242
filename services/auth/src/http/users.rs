//! What admins do with accounts.

use axum::extract::State;
use contracts::UserId;
use kit::{
    Problem,
    auth::{Role, Roles},
    http::{Json, Path, Query},
    openapi,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{caller::AdminCaller, tokens::User};
use crate::{App, store::users};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UserFilter {
    /// The whole address, in any case
    #[param(max_length = 254, example = "ben@example.com")]
    email: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Users {
    /// One account, or none
    items: Vec<User>,
}

/// Find an account
///
/// By its e-mail address.
#[utoipa::path(
    get, path = "/users", tag = "Administration",
    params(UserFilter),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The account, if there is one", body = Users),
        (status = 401, description = "`unauthorized`, or `session_revoked` when the session was ended", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only admins", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn find_users(
    State(app): State<App>,
    _admin: AdminCaller,
    Query(filter): Query<UserFilter>,
) -> Result<Json<Users>, Problem> {
    let user = users::by_email(&app.pool, filter.email.trim()).await?;
    let items = user.into_iter().map(User::from).collect();
    Ok(Json(Users { items }))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct RolesChange {
    /// All roles that the account shall have
    #[schema(min_items = 1, max_items = 2)]
    roles: Vec<Role>,
}

/// Set an account's roles
///
/// A role that is added holds from the account's next refresh; one that is taken away ends its sessions. Admins can't take their own
/// role, so that one is always left.
#[utoipa::path(
    put, path = "/users/{id}/roles", tag = "Administration",
    params(("id" = UserId, Path, description = "The account")),
    security(("bearer" = [])),
    request_body(content = RolesChange, example = json!({"roles": ["buyer", "admin"]})),
    responses(
        (status = 200, description = "The account with its new roles", body = User),
        (status = 401, description = "`unauthorized`, or `session_revoked` when the session was ended", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only admins", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`user_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`own_role`: admins can't take the role from themselves", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set_roles(
    State(app): State<App>,
    AdminCaller(caller): AdminCaller,
    Path(user_id): Path<UserId>,
    Json(change): Json<RolesChange>,
) -> Result<Json<User>, Problem> {
    let roles: Roles = change.roles.into_iter().collect();
    if roles.iter().next().is_none() {
        return Err(Problem::invalid("/roles", "must name at least one role"));
    }
    if user_id == caller.user_id && !roles.is_admin() {
        return Err(Problem::conflict("own_role", "Own role")
            .detail("Admins can't take the role from themselves; another admin can."));
    }
    let mut transaction = app.pool.begin().await?;
    let before = users::by_id(&mut *transaction, user_id).await?;
    let after = users::set_roles(&mut transaction, user_id, &roles).await?;
    let (Some(before), Some(after)) = (before, after) else {
        return Err(Problem::not_found("user"));
    };
    transaction.commit().await?;
    tracing::info!(admin = %caller.user_id, user = %user_id, roles = ?after.roles, "roles are set");
    if after.session_epoch != before.session_epoch {
        // The epoch has ended them all; this only makes it seen at once.
        app.sessions.revoke_all(user_id, None).await?;
    }
    Ok(Json(after.into()))
}
