//! Changing a password, and getting back in without it.

use std::time::Duration;

use aws_lc_rs::{digest, rand};
use axum::{extract::State, http::StatusCode};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Utc;
use contracts::{Message, messages};
use kit::{
    Problem,
    http::{ClientAddress, Json},
    openapi, outbox,
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{caller::Caller, login::invalid_credentials};
use crate::{
    App,
    domain::{Password, email},
    store::{resets, users},
};

/// How long a mailed token can be used.
const RESET_TTL: Duration = Duration::from_secs(3_600);
/// Every request for a reset takes at least this long, so that its duration does not tell whether there was anything to do.
const RESET_FLOOR: Duration = Duration::from_millis(150);
/// Mails to one address in an hour; more are not sent, and nobody is told.
const RESETS_PER_HOUR: u32 = 5;
const TOKEN_BYTES: usize = 32;

#[derive(Deserialize, ToSchema)]
pub(super) struct PasswordChange {
    #[schema(value_type = String, format = Password, max_length = 128)]
    current_password: SecretString,
    new_password: Password,
}

/// Change the password
///
/// Needs the present one. All other sessions of the account end; this one goes on.
#[utoipa::path(
    put, path = "/me/password", tag = "Account",
    security(("bearer" = [])),
    request_body(content = PasswordChange, example = json!({"current_password": "correct horse battery staple", "new_password": "a staple with four horses"})),
    responses(
        (status = 204, description = "The new password holds"),
        (status = 401, description = "`invalid_credentials` when the present password is wrong; `unauthorized`, `session_revoked`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`: wait for `Retry-After` seconds", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    ClientAddress(address): ClientAddress,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let user = caller.user(&app).await?;
    let attempt = app.throttle.begin(&user.email, address).await?;
    let old = users::password_hash(&app.pool, user.id).await?;
    if !app
        .hasher
        .verify(&change.current_password, old.as_deref())
        .await?
    {
        return Err(invalid_credentials().detail("The current password is wrong."));
    }
    attempt.succeeded().await?;
    let new = app.hasher.hash(change.new_password.secret()).await?;
    let mut transaction = app.pool.begin().await?;
    // Only over the password that was proven: of two changes at once the second must know the first one's.
    let user = users::set_password(&mut transaction, user.id, &new, old.as_deref())
        .await?
        .ok_or_else(invalid_credentials)?;
    resets::close(&mut transaction, user.id).await?;
    transaction.commit().await?;
    // The epoch has ended them all; these only make it seen at once.
    app.sessions
        .keep(caller.session_id, user.session_epoch)
        .await?;
    app.sessions
        .revoke_all(user.id, Some(caller.session_id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
pub(super) struct ResetRequest {
    #[schema(max_length = 254, example = "ben@example.com")]
    email: String,
}

/// Ask for a password reset
///
/// Mails a link that works once, within an hour, if the address has an account. The answer is the same if it has none.
#[utoipa::path(
    post, path = "/password-reset", tag = "Account",
    request_body(content = ResetRequest, example = json!({"email": "ben@example.com"})),
    responses(
        (status = 202, description = "If there is such an account, a mail is on its way"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn request_password_reset(
    State(app): State<App>,
    Json(request): Json<ResetRequest>,
) -> Result<StatusCode, Problem> {
    let earliest = tokio::time::Instant::now() + RESET_FLOOR;
    let sent = send_reset(&app, request.email.trim()).await;
    tokio::time::sleep_until(earliest).await;
    sent.map(|()| StatusCode::ACCEPTED)
}

async fn send_reset(app: &App, address: &str) -> Result<(), Problem> {
    let subject = hex::encode(digest::digest(
        &digest::SHA256,
        email::fold(address).as_bytes(),
    ));
    let hour = Duration::from_secs(3_600);
    if app
        .limiter
        .check("password-reset", subject, RESETS_PER_HOUR, hour)
        .await
        .is_err()
    {
        return Ok(());
    }
    let Some(user) = users::by_email(&app.pool, address).await? else {
        return Ok(());
    };
    let mut secret = [0; TOKEN_BYTES];
    rand::fill(&mut secret).map_err(Problem::internal)?;
    let token = BASE64_URL_SAFE_NO_PAD.encode(secret);
    let expires_at = Utc::now() + RESET_TTL;
    let message = Message::PasswordResetRequested(messages::PasswordReset {
        user_id: user.id,
        email: user.email,
        name: user.name,
        expires_at,
        token: token.clone(),
    });
    let mut transaction = app.pool.begin().await?;
    resets::put(&mut transaction, user.id, &hash(&token), expires_at).await?;
    outbox::add(&mut transaction, &message).await?;
    transaction.commit().await?;
    app.outbox.wake();
    Ok(())
}

#[derive(Deserialize, ToSchema)]
pub(super) struct ResetConfirmation {
    /// From the mailed link
    #[schema(max_length = 200)]
    token: String,
    new_password: Password,
}

/// Set a new password by the mailed token
///
/// The token is used up, and all sessions of the account end: log in with the new password.
#[utoipa::path(
    post, path = "/password-reset/confirm", tag = "Account",
    request_body(content = ResetConfirmation, example = json!({"token": "q0G…", "new_password": "a staple with four horses"})),
    responses(
        (status = 204, description = "The new password holds"),
        (status = 410, description = "`reset_token_invalid`: used, expired or replaced by a later one; ask for another", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn confirm_password_reset(
    State(app): State<App>,
    Json(confirmation): Json<ResetConfirmation>,
) -> Result<StatusCode, Problem> {
    let token_hash = hash(&confirmation.token);
    // Before the work of hashing, which guesses must not cause.
    if !resets::is_open(&app.pool, &token_hash).await? {
        return Err(reset_token_invalid());
    }
    let password_hash = app.hasher.hash(confirmation.new_password.secret()).await?;
    let mut transaction = app.pool.begin().await?;
    let user = resets::take(&mut transaction, &token_hash)
        .await?
        .ok_or_else(reset_token_invalid)?;
    users::set_password(&mut transaction, user, &password_hash, None).await?;
    transaction.commit().await?;
    // The epoch has ended them all; this only makes it seen at once.
    app.sessions.revoke_all(user, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn hash(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes())
        .as_ref()
        .to_vec()
}

fn reset_token_invalid() -> Problem {
    Problem::gone("reset_token_invalid", "Link no longer valid")
        .detail("This link was used, has expired or was replaced by a later one. Ask for another.")
}
