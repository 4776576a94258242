//! Who is calling, if their session is still open.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use contracts::{SessionId, UserId};
use kit::{Problem, auth::Principal};

use crate::{App, domain::User, store::users};

/// A caller whose session has not been ended. Other services trust an access token until it expires; here, where accounts
/// are changed, an ended session counts at once.
pub(super) struct Caller {
    pub user_id: UserId,
    pub session_id: SessionId,
    is_admin: bool,
}

/// A [`Caller`] who is an admin; others get 403.
pub(super) struct AdminCaller(pub Caller);

impl Caller {
    /// The caller's account; 401 when it is gone.
    pub(super) async fn user(&self, app: &App) -> Result<User, Problem> {
        users::by_id(&app.pool, self.user_id)
            .await?
            .ok_or_else(Problem::unauthorized)
    }
}

/// 401 for a session that was ended.
pub(super) fn session_revoked() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "session_revoked", "Session ended")
        .detail("This session was ended. Log in again.")
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let principal =
            <Principal as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        if !app.sessions.is_open(principal.session_id).await? {
            return Err(session_revoked());
        }
        Ok(Self {
            user_id: principal.user_id,
            session_id: principal.session_id,
            is_admin: principal.is_admin(),
        })
    }
}

impl FromRequestParts<App> for AdminCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        if caller.is_admin {
            Ok(Self(caller))
        } else {
            Err(Problem::forbidden().detail("Only admins may do this."))
        }
    }
}
