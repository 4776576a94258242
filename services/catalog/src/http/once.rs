//! Requests that are repeated under the same `Idempotency-Key` get the first answer again.

use axum::http::StatusCode;
use kit::{
    Problem,
    auth::Principal,
    idempotency::{self, Begin, Kept, Key, Scope},
};
use serde::Serialize;
use sqlx::PgConnection;

/// A request that is being answered for the first time.
#[must_use]
pub(super) struct Once(Option<Scope>);

impl Once {
    /// Takes the key, if there is one, in the caller's transaction; `Err(Ok(…))` is the answer of the first time.
    pub(super) async fn begin(
        connection: &mut PgConnection,
        caller: &Principal,
        key: Option<Key>,
        path: String,
        request: &impl Serialize,
    ) -> Result<Self, Result<Kept, Problem>> {
        let Some(key) = key else {
            return Ok(Self(None));
        };
        let scope = Scope::new(caller.user_id, "POST", path, key, request).map_err(Err)?;
        match idempotency::begin(connection, &scope).await.map_err(Err)? {
            Begin::Proceed => Ok(Self(Some(scope))),
            Begin::Replay(kept) => Err(Ok(kept)),
        }
    }

    /// The answer, kept in the same transaction as its effect.
    pub(super) async fn answer(
        self,
        connection: &mut PgConnection,
        status: StatusCode,
        body: &impl Serialize,
    ) -> Result<Kept, Problem> {
        if let Some(scope) = &self.0 {
            idempotency::finish(connection, scope, status, body).await?;
        }
        let body = serde_json::to_value(body).map_err(Problem::internal)?;
        Ok(Kept { status, body })
    }
}
