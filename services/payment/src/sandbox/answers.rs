//! Calls that are repeated under the same `Idempotency-Key` get the first answer again.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use super::wire::Refusal;

/// An answer as it is kept and sent.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body,
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: refusal.status,
            body: refusal.body(),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

pub(super) fn hash(path: &str, body: &Value) -> Vec<u8> {
    Sha256::digest(format!("{path}\n{body}")).to_vec()
}

/// Takes a key in the caller's transaction, where a duplicate waits; the answer if there is one.
pub(super) async fn begin(
    connection: &mut PgConnection,
    key: &str,
    hash: &[u8],
) -> Result<Option<Answer>, Refusal> {
    sqlx::query("INSERT INTO answers (key, request_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(key)
        .bind(hash)
        .execute(&mut *connection)
        .await?;
    let (known, status, body): (Vec<u8>, Option<i16>, Option<Value>) =
        sqlx::query_as("SELECT request_hash, status, body FROM answers WHERE key = $1 FOR UPDATE")
            .bind(key)
            .fetch_one(connection)
            .await?;
    if known != hash {
        return Err(Refusal::invalid(
            "idempotency_error",
            "This Idempotency-Key came with another request before.",
        ));
    }
    let status = status.and_then(|status| StatusCode::from_u16(status.unsigned_abs()).ok());
    Ok(status
        .zip(body)
        .map(|(status, body)| Answer { status, body }))
}

/// Whether a key is new; it is remembered at once, and its request goes unanswered.
pub(super) async fn is_first(
    connection: &mut PgConnection,
    key: &str,
    hash: &[u8],
) -> sqlx::Result<bool> {
    let inserted = sqlx::query(
        "INSERT INTO answers (key, request_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind(key)
    .bind(hash)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

pub(super) async fn keep(
    connection: &mut PgConnection,
    key: &str,
    answer: &Answer,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE answers SET status = $2, body = $3 WHERE key = $1")
        .bind(key)
        .bind(i16::try_from(answer.status.as_u16()).unwrap_or(500))
        .bind(&answer.body)
        .execute(connection)
        .await?;
    Ok(())
}
