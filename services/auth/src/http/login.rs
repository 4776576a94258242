//! Sessions begin, go on and end.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use kit::{
    Problem,
    auth::{Principal, Role},
    http::{ClientAddress, Json},
    openapi, outbox,
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    caller::session_revoked,
    tokens::{TokenAnswer, answer},
    transport::Transport,
};
use crate::{
    App,
    domain::{Email, Name, Password, RefreshToken, User},
    sessions::Refreshed,
    store::users::{self, NewUser},
};

#[derive(Deserialize, ToSchema)]
pub(super) struct Registration {
    email: Email,
    password: Password,
    /// Shown on tickets and in mails; what stands before the @ when absent
    #[schema(nullable = false)]
    name: Option<Name>,
}

/// Register
///
/// Makes an account and logs it in. The role is `buyer`; organising events needs no other, only an organisation (catalog).
#[utoipa::path(
    post, path = "/register", tag = "Sessions",
    params(("X-Refresh-Transport" = inline(Option<String>), Header, description = "`cookie` puts the refresh token into a cookie", example = "cookie")),
    request_body(content = Registration, example = json!({"email": "ben@example.com", "password": "correct horse battery staple", "name": "Ben Barker"})),
    responses(
        (status = 201, description = "The new account, logged in", body = TokenAnswer),
        (status = 409, description = "`email_taken`: the address has an account; log in or reset the password", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn register(
    State(app): State<App>,
    transport: Transport,
    headers: HeaderMap,
    Json(registration): Json<Registration>,
) -> Result<Response, Problem> {
    let Registration {
        email,
        password,
        name,
    } = registration;
    if users::by_email(&app.pool, email.as_str()).await?.is_some() {
        return Err(email_taken());
    }
    let name = match name {
        Some(name) => name,
        None => email
            .local_part()
            .parse()
            .map_err(|error| Problem::invalid("/name", format!("{error}")))?,
    };
    let password_hash = app.hasher.hash(password.secret()).await?;
    let new = NewUser {
        email: &email,
        name: &name,
        password_hash: &password_hash,
        roles: &[Role::Buyer].into_iter().collect(),
    };
    let mut transaction = app.pool.begin().await?;
    let user = users::insert(&mut transaction, &new)
        .await?
        .ok_or_else(email_taken)?;
    outbox::add(&mut transaction, &user.registered()).await?;
    // First the session: one without an account is of no use to anybody, an account that was answered 503 would be in the way.
    let token = open_session(&app, &user, &headers).await?;
    transaction.commit().await?;
    app.outbox.wake();
    answer(&app, StatusCode::CREATED, &transport, user, &token)
}

#[derive(Deserialize, ToSchema)]
pub(super) struct Login {
    /// In any case
    #[schema(max_length = 254, example = "ben@example.com")]
    email: String,
    #[schema(value_type = String, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: SecretString,
}

/// Log in
///
/// Opens a session. An unknown address and a wrong password are answered alike. Who fails too often has to wait, as
/// `Retry-After` says; from addresses where the owner has logged in before, others' failures do not count.
#[utoipa::path(
    post, path = "/login", tag = "Sessions",
    params(("X-Refresh-Transport" = inline(Option<String>), Header, description = "`cookie` puts the refresh token into a cookie", example = "cookie")),
    request_body(content = Login, example = json!({"email": "ben@example.com", "password": "correct horse battery staple"})),
    responses(
        (status = 200, description = "Logged in", body = TokenAnswer),
        (status = 401, description = "`invalid_credentials`: address and password don't belong together", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`: wait for `Retry-After` seconds", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn login(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    transport: Transport,
    headers: HeaderMap,
    Json(login): Json<Login>,
) -> Result<Response, Problem> {
    let email = login.email.trim();
    let attempt = app.throttle.begin(email, address).await?;
    // The user, with its epoch, before the hash: a session that a password opened that is being changed is dead then.
    let user = users::by_email(&app.pool, email).await?;
    let hash = match &user {
        Some(user) => users::password_hash(&app.pool, user.id).await?,
        None => None,
    };
    let proven = app.hasher.verify(&login.password, hash.as_deref()).await?;
    let user = user.filter(|_| proven).ok_or_else(invalid_credentials)?;
    attempt.succeeded().await?;
    let token = open_session(&app, &user, &headers).await?;
    answer(&app, StatusCode::OK, &transport, user, &token)
}

#[derive(Default, Deserialize, ToSchema)]
pub(super) struct RefreshTokenBody {
    /// Absent when it is in the cookie
    #[schema(max_length = 200)]
    refresh_token: Option<String>,
}

/// Refresh the access token
///
/// Exchanges a refresh token, in the body or in the cookie, for new tokens with the account's present roles. Each can be used
/// once; the same one again within 10 s gets the same successor, and later it ends the session.
#[utoipa::path(
    post, path = "/refresh", tag = "Sessions",
    params(("X-Refresh-Transport" = inline(Option<String>), Header, description = "`cookie` takes and puts the refresh token in the cookie", example = "cookie")),
    request_body(content = Option<RefreshTokenBody>, example = json!({"refresh_token": "AZ2…"})),
    responses(
        (status = 200, description = "New tokens; the old refresh token is used up", body = TokenAnswer),
        (status = 401, description = "`refresh_token_invalid` or `session_revoked`: log in again", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn refresh(
    State(app): State<App>,
    transport: Transport,
    body: Option<Json<RefreshTokenBody>>,
) -> Result<Response, Problem> {
    let shown = shown(&transport, body).ok_or_else(refresh_token_invalid)?;
    match app.sessions.refresh(&shown).await? {
        Refreshed::Continued {
            user_id,
            epoch,
            token,
        } => {
            let user = users::by_id(&app.pool, user_id).await?;
            if let Some(user) = user.filter(|user| user.session_epoch == epoch) {
                return answer(&app, StatusCode::OK, &transport, user, &token);
            }
            app.sessions.revoke(user_id, token.session).await?;
            Err(session_revoked())
        }
        Refreshed::Reused { user_id } => {
            tracing::warn!(%user_id, session = %shown.session, "a used refresh token came again: its session has been ended");
            Err(refresh_token_invalid().detail(
                "This refresh token was used before, so its session was ended. Log in again.",
            ))
        }
        Refreshed::Unknown => Err(refresh_token_invalid()),
    }
}

/// Log out
///
/// Ends the session of the refresh token, in the body or in the cookie, or else that of the access token. The access token itself
/// stays good at the other services until it expires: forget it.
#[utoipa::path(
    post, path = "/logout", tag = "Sessions",
    params(("X-Refresh-Transport" = inline(Option<String>), Header, description = "`cookie` takes the refresh token from the cookie and deletes that", example = "cookie")),
    request_body(content = Option<RefreshTokenBody>, example = json!({"refresh_token": "AZ2…"})),
    security((), ("bearer" = [])),
    responses(
        (status = 204, description = "The session has ended, now or before"),
        (status = 401, description = "`unauthorized`: neither a refresh token nor a valid access token", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn logout(
    State(app): State<App>,
    transport: Transport,
    caller: Result<Principal, Problem>,
    body: Option<Json<RefreshTokenBody>>,
) -> Result<Response, Problem> {
    let text = transport.shown(body.and_then(|Json(body)| body.refresh_token));
    let session = if let Some(text) = text {
        let Some(shown) = RefreshToken::parse(&text) else {
            return Ok(logged_out(&app, &transport));
        };
        let owner = app.sessions.owner(&shown).await?;
        owner.map(|user| (user, shown.session))
    } else {
        let caller = caller?;
        Some((caller.user_id, caller.session_id))
    };
    if let Some((user, session)) = session {
        app.sessions.revoke(user, session).await?;
    }
    Ok(logged_out(&app, &transport))
}

fn logged_out(app: &App, transport: &Transport) -> Response {
    let mut headers = HeaderMap::new();
    transport.clear(app.secure_cookies, &mut headers);
    (StatusCode::NO_CONTENT, headers).into_response()
}

fn shown(transport: &Transport, body: Option<Json<RefreshTokenBody>>) -> Option<RefreshToken> {
    let text = transport.shown(body.and_then(|Json(body)| body.refresh_token))?;
    RefreshToken::parse(&text)
}

async fn open_session(
    app: &App,
    user: &User,
    headers: &HeaderMap,
) -> Result<RefreshToken, Problem> {
    let user_agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Ok(app.sessions.create(user, user_agent).await?)
}

fn email_taken() -> Problem {
    Problem::conflict("email_taken", "E-mail address taken")
        .detail("This address has an account already. Log in, or reset the password.")
}

/// 401: who one claims to be is not proven.
pub(super) fn invalid_credentials() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "invalid_credentials",
        "Wrong address or password",
    )
    .detail("The e-mail address and the password don't belong together.")
}

fn refresh_token_invalid() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "refresh_token_invalid",
        "Refresh token not valid",
    )
    .detail("The session has ended. Log in again.")
}
