//! `Idempotency-Key`: a request that is sent again gets the first answer again.
//!
//! Scope is user, method, path and key. Answers of 2xx and 402 are kept for 24 hours. The same key with another body is 422.

mod batch;

use axum::{
    body::Body,
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use contracts::UserId;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::{PgConnection, PgPool};

pub use self::batch::{Found, find_many, keep_many};
use crate::problem::Problem;

const HEADER: &str = "idempotency-key";
/// The longest key, in characters.
const MAX_KEY: usize = 255;

/// The `Idempotency-Key` header. As `Option<Key>` it may be absent; otherwise its absence is 400. A key that is empty, too long
/// or not visible ASCII is 422.
#[derive(Clone, Debug)]
pub struct Key(String);

impl Key {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(parts: &Parts) -> Result<Option<Self>, Problem> {
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(None);
        };
        match value.to_str() {
            Ok(key) if (1..=MAX_KEY).contains(&key.len()) => Ok(Some(Self(key.to_owned()))),
            _ => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_invalid",
                "Invalid Idempotency-Key",
            )
            .detail("Idempotency-Key has 1 to 255 visible ASCII characters.")),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::read(parts)?.ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "idempotency_key_required",
                "Idempotency-Key required",
            )
            .detail("Send an Idempotency-Key header: a new one for each payment, the same one when you repeat it.")
        })
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Self::read(parts)
    }
}

/// What a key is valid for, and the body that it came with.
#[derive(Clone, Debug)]
pub struct Scope {
    user_id: UserId,
    method: &'static str,
    path: String,
    key: String,
    request_hash: Vec<u8>,
}

impl Scope {
    /// `request` is the parsed body, so that white space and the order of members make no difference.
    pub fn new(
        user_id: UserId,
        method: &'static str,
        path: impl Into<String>,
        key: Key,
        request: &impl Serialize,
    ) -> Result<Self, Problem> {
        let request = serde_json::to_vec(request).map_err(Problem::internal)?;
        let request_hash = Sha256::digest(request).to_vec();
        Ok(Self {
            user_id,
            method,
            path: path.into(),
            key: key.0,
            request_hash,
        })
    }
}

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub status: StatusCode,
    pub body: Value,
}

impl IntoResponse for Kept {
    fn into_response(self) -> Response {
        let kind = if self.status.is_success() {
            "application/json"
        } else {
            crate::problem::CONTENT_TYPE
        };
        let mut response = (self.status, Body::from(self.body.to_string())).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        response
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Do it, and [`finish`] in the same transaction.
    Proceed,
    /// It was done: send this.
    Replay(Kept),
}

/// Takes the key in the caller's transaction. A duplicate waits here until the first one's transaction ends.
pub async fn begin(connection: &mut PgConnection, scope: &Scope) -> Result<Begin, Problem> {
    if insert(&mut *connection, scope).await? {
        return Ok(Begin::Proceed);
    }
    match find(connection, scope).await? {
        Some(kept) => Ok(Begin::Replay(kept)),
        None => Err(in_progress()),
    }
}

/// Keeps the answer; it and the effect become visible together.
pub async fn finish(
    connection: &mut PgConnection,
    scope: &Scope,
    status: StatusCode,
    body: &impl Serialize,
) -> Result<(), Problem> {
    let body = serde_json::to_value(body).map_err(Problem::internal)?;
    let status = i16::try_from(status.as_u16()).map_err(Problem::internal)?;
    sqlx::query!(
        "UPDATE idempotency_keys SET status = $5, body = $6, completed_at = now()
         WHERE user_id = $1 AND method = $2 AND path = $3 AND key = $4",
        scope.user_id.as_uuid(),
        scope.method,
        scope.path,
        scope.key,
        status,
        body
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has this key: go on, and [`finish`] or [`abandon`] later.
    Fresh,
    Replay(Kept),
    /// Another request with this key is being worked on: 409 with Retry-After.
    InFlight,
}

/// Like [`begin`], for work that calls others outside any transaction: the caller commits at once.
pub async fn claim(connection: &mut PgConnection, scope: &Scope) -> Result<Claim, Problem> {
    if insert(&mut *connection, scope).await? {
        return Ok(Claim::Fresh);
    }
    Ok(find(connection, scope)
        .await?
        .map_or(Claim::InFlight, Claim::Replay))
}

/// Gives a key back whose work came to nothing that is kept.
pub async fn abandon(connection: &mut PgConnection, scope: &Scope) -> Result<(), Problem> {
    sqlx::query!(
        "DELETE FROM idempotency_keys
         WHERE user_id = $1 AND method = $2 AND path = $3 AND key = $4 AND status IS NULL",
        scope.user_id.as_uuid(),
        scope.method,
        scope.path,
        scope.key
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// 409: a request with this key is being worked on.
pub fn in_progress() -> Problem {
    Problem::conflict("request_in_progress", "Request in progress")
        .detail("The first request with this Idempotency-Key is still being worked on.")
        .retry_after(1)
}

/// 422: the key came with another request before.
pub fn reused() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "Idempotency-Key reused",
    )
    .detail("This Idempotency-Key came with another request before. Use a new key.")
}

/// Forgets keys older than 24 hours, at most 10,000 a call.
pub async fn forget(pool: &PgPool) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "DELETE FROM idempotency_keys WHERE (user_id, method, path, key) IN (
            SELECT user_id, method, path, key FROM idempotency_keys
            WHERE created_at < now() - interval '24 hours' LIMIT 10000)"
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

async fn insert(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO idempotency_keys (user_id, method, path, key, request_hash)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        scope.user_id.as_uuid(),
        scope.method,
        scope.path,
        scope.key,
        scope.request_hash
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The kept answer; `None` while there is none yet; 422 when the key came with another body.
async fn find(connection: &mut PgConnection, scope: &Scope) -> Result<Option<Kept>, Problem> {
    let row = sqlx::query!(
        "SELECT request_hash, status, body FROM idempotency_keys
         WHERE user_id = $1 AND method = $2 AND path = $3 AND key = $4",
        scope.user_id.as_uuid(),
        scope.method,
        scope.path,
        scope.key
    )
    .fetch_optional(connection)
    .await?;
    // Given back in this moment: the client may try again.
    let Some(row) = row else {
        return Ok(None);
    };
    if row.request_hash != scope.request_hash {
        return Err(reused());
    }
    let (Some(status), Some(body)) = (row.status, row.body) else {
        return Ok(None);
    };
    let status = u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok());
    Ok(Some(Kept {
        status: status.unwrap_or(StatusCode::OK),
        body,
    }))
}
