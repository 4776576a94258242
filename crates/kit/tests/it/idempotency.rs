//! A key gives one effect and one answer, however often and at once it comes.

use axum::http::StatusCode;
use contracts::UserId;
use kit::idempotency::{self, Begin, Claim, Key, Scope};
use serde_json::{Value, json};
use sqlx::PgPool;

use axum::{extract::FromRequestParts as _, http::Request};

async fn key(text: &str) -> Key {
    let (mut parts, ()) = Request::builder()
        .header("idempotency-key", text)
        .body(())
        .unwrap()
        .into_parts();
    Key::from_request_parts(&mut parts, &()).await.unwrap()
}

async fn scope(user: UserId, text: &str, body: &Value) -> Scope {
    Scope::new(user, "POST", "/things", key(text).await, body).unwrap()
}

/// Makes a "thing": a row of a table that has no key of its own.
async fn make(pool: &PgPool, scope: &Scope) -> (StatusCode, Value) {
    let mut transaction = pool.begin().await.unwrap();
    match idempotency::begin(&mut transaction, scope).await {
        Err(problem) => (problem.status(), json!(problem.code())),
        Ok(Begin::Replay(kept)) => (kept.status, kept.body),
        Ok(Begin::Proceed) => {
            let id: i64 = sqlx::query_scalar(
                "INSERT INTO inbox (consumer, message_id) SELECT 'thing', count(*)::text FROM inbox RETURNING message_id::bigint",
            )
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
            let body = json!({"id": id});
            idempotency::finish(&mut transaction, scope, StatusCode::CREATED, &body)
                .await
                .unwrap();
            transaction.commit().await.unwrap();
            (StatusCode::CREATED, body)
        }
    }
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_hundred_at_once_make_one_thing(pool: PgPool) {
    let scope = scope(UserId::new(), "k", &json!({"a": 1})).await;
    let answers = futures::future::join_all((0..100).map(|_| make(&pool, &scope))).await;
    assert!(
        answers
            .iter()
            .all(|answer| *answer == (StatusCode::CREATED, json!({"id": 0}))),
        "{answers:?}"
    );
    let made: i64 = sqlx::query_scalar("SELECT count(*) FROM inbox")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(made, 1);
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_key_belongs_to_its_user_and_body(pool: PgPool) {
    let (ada, ben) = (UserId::new(), UserId::new());
    let first = make(&pool, &scope(ada, "k", &json!({"a": 1})).await).await;
    assert_eq!(
        make(&pool, &scope(ada, "k", &json!({"a": 2})).await).await,
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            json!("idempotency_key_reused")
        )
    );
    assert_eq!(
        make(&pool, &scope(ada, "k", &json!({"a": 1})).await).await,
        first
    );
    assert_ne!(
        make(&pool, &scope(ben, "k", &json!({"a": 1})).await).await,
        first
    );
    assert_ne!(
        make(&pool, &scope(ada, "other", &json!({"a": 1})).await).await,
        first
    );
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_claim_is_seen_at_once_and_can_be_given_back(pool: PgPool) {
    let scope = scope(UserId::new(), "k", &json!({})).await;
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(
        idempotency::claim(&mut connection, &scope).await.unwrap(),
        Claim::Fresh
    );
    assert_eq!(
        idempotency::claim(&mut connection, &scope).await.unwrap(),
        Claim::InFlight
    );
    idempotency::abandon(&mut connection, &scope).await.unwrap();
    assert_eq!(
        idempotency::claim(&mut connection, &scope).await.unwrap(),
        Claim::Fresh
    );
    let declined = json!({"code": "payment_declined"});
    idempotency::finish(
        &mut connection,
        &scope,
        StatusCode::PAYMENT_REQUIRED,
        &declined,
    )
    .await
    .unwrap();
    idempotency::abandon(&mut connection, &scope).await.unwrap();
    let Claim::Replay(kept) = idempotency::claim(&mut connection, &scope).await.unwrap() else {
        panic!("an answer is kept");
    };
    assert_eq!(
        (kept.status, kept.body),
        (StatusCode::PAYMENT_REQUIRED, declined)
    );
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn keys_are_forgotten_after_a_day(pool: PgPool) {
    let scope = scope(UserId::new(), "k", &json!({})).await;
    make(&pool, &scope).await;
    assert_eq!(idempotency::forget(&pool).await.unwrap(), 0);
    sqlx::query("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(idempotency::forget(&pool).await.unwrap(), 1);
}
