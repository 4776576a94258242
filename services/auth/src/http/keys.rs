//! The keys of access tokens.

use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use chrono::{DateTime, Utc};
use kit::{Problem, auth::JwkSet, http::Json, openapi};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::AdminCaller;
use crate::App;

/// Public keys
///
/// The keys (RFC 7517) whose access tokens may be valid. Verify with EdDSA and nothing else, by the `kid` of the token's header; ask
/// again when one is not known. A key is here for 15 s before the first token that it signs.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "Keys",
    responses((status = 200, description = "The keys", body = JwkSet))
)]
pub(super) async fn jwks(
    State(app): State<App>,
) -> ([(HeaderName, &'static str); 1], Json<JwkSet>) {
    (
        [(header::CACHE_CONTROL, "no-cache")],
        Json(app.keyring.jwks()),
    )
}

/// The key that signs next.
#[derive(Serialize, ToSchema)]
pub(super) struct NextKey {
    kid: String,
    /// When it begins to sign; until then the present key does
    active_from: DateTime<Utc>,
}

/// Rotate the signing key
///
/// Makes a new key, for when the present one may be known to others. Nobody is logged out: tokens of the old key stay valid until they
/// expire. While a new key waits to become active, it is the one that is answered.
#[utoipa::path(
    post, path = "/keys/rotate", tag = "Keys",
    security(("bearer" = [])),
    responses(
        (status = 201, description = "The next key", body = NextKey),
        (status = 401, description = "`unauthorized`, or `session_revoked` when the session was ended", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only admins", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn rotate_keys(
    State(app): State<App>,
    AdminCaller(caller): AdminCaller,
) -> Result<(StatusCode, Json<NextKey>), Problem> {
    let rotation = app.keyring.rotate(&app.pool).await?;
    tracing::info!(admin = %caller.user_id, kid = rotation.kid, "the signing key is rotated");
    let next = NextKey {
        kid: rotation.kid,
        active_from: rotation.active_from,
    };
    Ok((StatusCode::CREATED, Json(next)))
}
