//! Keys of many requests that are worked on in one transaction.
//!
//! The caller holds a lock that keeps requests with the same key apart where it can; where it can't, [`keep_many`] finds out.

use axum::http::StatusCode;
use serde_json::Value;
use sqlx::PgConnection;

use super::{Kept, Scope, reused};
use crate::problem::Problem;

/// What is known of a key.
#[derive(Clone, Debug)]
pub enum Found {
    /// Nobody had it before.
    Nothing,
    /// It was done: send this.
    Replay(Kept),
    /// It came with another request: 422.
    Reused(Problem),
}

impl Scope {
    /// Whether `other` has the same key; if so, whether it is the same request too.
    pub fn compare(&self, other: &Self) -> Option<bool> {
        let same_key = self.user_id == other.user_id
            && self.method == other.method
            && self.path == other.path
            && self.key == other.key;
        same_key.then(|| self.request_hash == other.request_hash)
    }

    fn columns<'a>(scopes: impl IntoIterator<Item = &'a Self>) -> Columns {
        let mut columns = Columns::default();
        for scope in scopes {
            columns.users.push(scope.user_id.as_uuid());
            columns.methods.push(scope.method.to_owned());
            columns.paths.push(scope.path.clone());
            columns.keys.push(scope.key.clone());
            columns.hashes.push(scope.request_hash.clone());
        }
        columns
    }
}

#[derive(Default)]
struct Columns {
    users: Vec<uuid::Uuid>,
    methods: Vec<String>,
    paths: Vec<String>,
    keys: Vec<String>,
    hashes: Vec<Vec<u8>>,
}

/// Looks all `scopes` up in one query; the answer has one entry for each, in order.
pub async fn find_many(
    connection: &mut PgConnection,
    scopes: &[&Scope],
) -> sqlx::Result<Vec<Found>> {
    let mut found = vec![Found::Nothing; scopes.len()];
    if scopes.is_empty() {
        return Ok(found);
    }
    let columns = Scope::columns(scopes.iter().copied());
    let rows = sqlx::query!(
        r#"SELECT wanted.at AS "at!", kept.request_hash, kept.status, kept.body
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
                AS wanted (user_id, method, path, key, at)
           JOIN idempotency_keys kept USING (user_id, method, path, key)"#,
        &columns.users,
        &columns.methods,
        &columns.paths,
        &columns.keys
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        let at = usize::try_from(row.at - 1).unwrap_or(usize::MAX);
        let (Some(scope), Some(place)) = (scopes.get(at), found.get_mut(at)) else {
            continue;
        };
        *place = if row.request_hash != scope.request_hash {
            Found::Reused(reused())
        } else if let (Some(status), Some(body)) = (row.status, row.body) {
            let status = u16::try_from(status).ok();
            let status = status.and_then(|status| StatusCode::from_u16(status).ok());
            Found::Replay(Kept {
                status: status.unwrap_or(StatusCode::OK),
                body,
            })
        } else {
            Found::Nothing
        };
    }
    Ok(found)
}

/// Keeps answers together with their effect, in one statement. False when another transaction took one of the keys meanwhile:
/// the caller must roll back and begin again, and will then find it.
pub async fn keep_many(
    connection: &mut PgConnection,
    answers: &[(&Scope, StatusCode, Value)],
) -> sqlx::Result<bool> {
    if answers.is_empty() {
        return Ok(true);
    }
    // Two transactions that take the same keys take them in the same order.
    let mut answers: Vec<_> = answers.iter().collect();
    answers.sort_by_key(|(scope, ..)| (scope.user_id, &scope.path, &scope.key));
    let columns = Scope::columns(answers.iter().map(|(scope, ..)| *scope));
    let statuses: Vec<i16> = answers
        .iter()
        .map(|(_, status, _)| i16::try_from(status.as_u16()).unwrap_or(200))
        .collect();
    let bodies: Vec<Value> = answers.iter().map(|(.., body)| body.clone()).collect();
    let inserted = sqlx::query!(
        "INSERT INTO idempotency_keys (user_id, method, path, key, request_hash, status, body, completed_at)
         SELECT user_id, method, path, key, request_hash, status, body, now()
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::smallint[], $7::jsonb[])
                AS kept (user_id, method, path, key, request_hash, status, body)
         ON CONFLICT DO NOTHING",
        &columns.users,
        &columns.methods,
        &columns.paths,
        &columns.keys,
        &columns.hashes,
        &statuses,
        &bodies
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == answers.len() as u64)
}
