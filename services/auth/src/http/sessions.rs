//! One's own sessions.

use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use contracts::SessionId;
use kit::{
    Problem,
    http::{Json, Path},
    openapi,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use crate::App;

/// A login on one device.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    id: SessionId,
    created_at: DateTime<Utc>,
    /// When its tokens were last refreshed
    last_used_at: DateTime<Utc>,
    /// What the browser or program called itself
    #[schema(required, example = "Mozilla/5.0 (Android 15; Mobile; rv:140.0)")]
    user_agent: Option<String>,
    /// Whether it is the one that asks
    current: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Sessions {
    /// Last used first; at most 100
    items: Vec<Session>,
}

/// List sessions
///
/// Where this account is logged in.
#[utoipa::path(
    get, path = "/me/sessions", tag = "Account",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The open sessions", body = Sessions),
        (status = 401, description = "`unauthorized`, or `session_revoked` when the session was ended", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_sessions(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Sessions>, Problem> {
    let sessions = app.sessions.list(caller.user_id).await?;
    let items = sessions
        .into_iter()
        .map(|session| Session {
            id: session.id,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            user_agent: session.user_agent,
            current: session.id == caller.session_id,
        })
        .collect();
    Ok(Json(Sessions { items }))
}

/// End a session
///
/// Logs another device out, or this one. It can't refresh its tokens any more; an access token that it still has works at the
/// other services until it expires, at most 15 minutes.
#[utoipa::path(
    delete, path = "/me/sessions/{id}", tag = "Account",
    params(("id" = SessionId, Path, description = "From `GET /me/sessions`")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "The session has ended"),
        (status = 401, description = "`unauthorized`, or `session_revoked` when the session was ended", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`session_not_found`: no open session of this account", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke_session(
    State(app): State<App>,
    caller: Caller,
    Path(session): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    if app.sessions.revoke(caller.user_id, session).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("session"))
    }
}
