//! The answer of register, login and refresh.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use contracts::UserId;
use kit::{Problem, auth::Roles, http::Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::transport::Transport;
use crate::{
    App,
    domain::{self, RefreshToken},
};

/// An account, as itself and admins see it.
#[derive(Serialize, ToSchema)]
pub(super) struct User {
    pub id: UserId,
    #[schema(example = "ben@example.com")]
    pub email: String,
    #[schema(example = "Ben Barker")]
    pub name: String,
    #[schema(value_type = Vec<kit::auth::Role>)]
    pub roles: Roles,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

impl From<domain::User> for User {
    fn from(user: domain::User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            name: user.name,
            roles: user.roles,
            created_at: user.created_at,
        }
    }
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    user: User,
    /// Send it as `Authorization: Bearer …`
    access_token: String,
    /// Exchange it once at `POST /refresh`; null when it went into the cookie
    #[schema(required)]
    refresh_token: Option<String>,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the access token is valid, in seconds
    #[schema(minimum = 1, example = 900)]
    expires_in: u64,
}

/// The answer that lets `user` go on with `token`.
pub(super) fn answer(
    app: &App,
    status: StatusCode,
    transport: &Transport,
    user: domain::User,
    token: &RefreshToken,
) -> Result<Response, Problem> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let access_token = app.keyring.access_token(&user, token.session)?;
    let time_to_live = app.sessions.time_to_live();
    let refresh_token = transport.hand_over(
        token.to_text(),
        time_to_live,
        app.secure_cookies,
        &mut headers,
    );
    let body = TokenAnswer {
        user: user.into(),
        access_token,
        refresh_token,
        token_type: "Bearer",
        expires_in: app.keyring.time_to_live().as_secs(),
    };
    Ok((status, headers, Json(body)).into_response())
}
