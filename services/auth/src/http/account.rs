//! One's own account.

use axum::extract::State;
use kit::{Problem, http::Json, openapi, outbox};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{caller::Caller, tokens::User};
use crate::{App, domain::Name, store::users};

/// Who am I?
///
/// The account that the access token belongs to, as it is now; the token's own roles may be up to 15 minutes older.
#[utoipa::path(
    get, path = "/me", tag = "Account",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The account", body = User),
        (status = 401, description = "`unauthorized`, or `session_revoked` when the session was ended", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn me(State(app): State<App>, caller: Caller) -> Result<Json<User>, Problem> {
    Ok(Json(caller.user(&app).await?.into()))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct AccountChange {
    name: Name,
}

/// Change the name
///
/// The new name stands on mails and receipts from now on; what was issued before keeps the old one.
#[utoipa::path(
    patch, path = "/me", tag = "Account",
    security(("bearer" = [])),
    request_body(content = AccountChange, example = json!({"name": "Ben B. Barker"})),
    responses(
        (status = 200, description = "The account with its new name", body = User),
        (status = 401, description = "`unauthorized`, or `session_revoked` when the session was ended", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn update_me(
    State(app): State<App>,
    caller: Caller,
    Json(change): Json<AccountChange>,
) -> Result<Json<User>, Problem> {
    let mut transaction = app.pool.begin().await?;
    let user = users::set_name(&mut transaction, caller.user_id, &change.name)
        .await?
        .ok_or_else(Problem::unauthorized)?;
    outbox::add(&mut transaction, &user.updated()).await?;
    transaction.commit().await?;
    app.outbox.wake();
    Ok(Json(user.into()))
}
