//! The same key makes the same booking, however often it is sent.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;
use testkit::{Answer, eventually};

use crate::world::{Person, World, id_of};

async fn book(person: &Person, key: &str, body: &serde_json::Value) -> Answer {
    person
        .api
        .request(Method::POST, "/bookings")
        .header("idempotency-key", key)
        .json(body)
        .send()
        .await
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_hundred_at_once_make_one_booking(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(500);
    let ada = world.person();
    let wish = json!({"event_id": event.id, "seats": 2});
    let answers = futures::future::join_all((0..100).map(|_| book(&ada, "k", &wish))).await;
    let first = answers[0].expect(201);
    for answer in &answers {
        assert_eq!(answer.expect(201), first);
    }
    assert_eq!(world.available(event.id).await, 498);
    book(&ada, "k", &json!({"event_id": event.id, "seats": 3}))
        .await
        .problem(422, "idempotency_key_reused");
    // The key is its owner's.
    let other = book(&world.person(), "k", &wish).await.expect(201);
    assert_ne!(id_of(&other), id_of(&first));
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_refusal_is_not_kept(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(2);
    let first = world.person();
    let held = first.hold(&event, 2).await;
    let ada = world.person();
    let wish = json!({"event_id": event.id, "seats": 2});
    book(&ada, "k", &wish).await.problem(409, "sold_out");
    first.act(&held, "cancel").await.expect(200);
    // What is sold out is believed for a second.
    eventually("it is on sale again", Duration::from_secs(30), async || {
        Ok(book(&ada, "k", &wish).await.status == 201)
    })
    .await
    .unwrap();
    book(&ada, "", &wish)
        .await
        .problem(422, "idempotency_key_invalid");
    book(&ada, &"x".repeat(256), &wish)
        .await
        .problem(422, "idempotency_key_invalid");
    world.assert_consistent().await;
}
