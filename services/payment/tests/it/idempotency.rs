//! The same request twice, other requests with its key, and two at once.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;
use testkit::eventually;

use crate::{
    bank::Fault,
    world::{PATIENCE, World, id_of},
};

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_repeat_gets_the_first_answer(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    let first = person.pay_with("k", held.id, "pm_card_visa").await;
    let again = person.pay_with("k", held.id, "pm_card_visa").await;
    assert_eq!((first.status, first.json()), (again.status, again.json()));
    assert_eq!(world.bank.count("authorise"), 1);

    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::Decline("stolen_card"));
    let first = person.pay_with("l", held.id, "pm_card_x").await;
    let again = person.pay_with("l", held.id, "pm_card_x").await;
    again.problem(402, "payment_declined");
    assert_eq!(first.json(), again.json());
    assert_eq!(world.bank.count("authorise"), 2);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_key_belongs_to_one_body_and_one_person(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    person
        .pay_with("k", held.id, "pm_card_visa")
        .await
        .expect(201);
    let answer = person.pay_with("k", held.id, "pm_card_other").await;
    answer.problem(422, "idempotency_key_reused");
    let other = world.person();
    let held = world.shop.hold(other.id, 1);
    other
        .pay_with("k", held.id, "pm_card_visa")
        .await
        .expect(201);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_key_is_demanded(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(1).await;
    let body = json!({"booking_id": held.id, "payment_method": "pm_card_visa"});
    for path in ["/payments".to_owned(), format!("/payments/{id}/refunds")] {
        let answer = person.api.post(&path, body.clone()).await;
        answer.problem(400, "idempotency_key_required");
        let answer = person.send(&path, "", &body).await;
        answer.problem(422, "idempotency_key_invalid");
    }
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn two_at_once_charge_once(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world
        .bank
        .next("authorise", Fault::Slow(Duration::from_millis(500)));
    let slow = tokio::spawn({
        let api = person.api.clone();
        let body = json!({"booking_id": held.id, "payment_method": "pm_card_visa"});
        async move {
            api.request(Method::POST, "/payments")
                .header("idempotency-key", "k")
                .json(&body)
                .send()
                .await
        }
    });
    eventually("the first has begun", PATIENCE, async || {
        let open: i64 =
            sqlx::query_scalar("SELECT count(*) FROM payments WHERE amount IS NOT NULL")
                .fetch_one(&pool)
                .await?;
        Ok(open == 1)
    })
    .await
    .unwrap();
    let same = person.pay_with("k", held.id, "pm_card_visa").await;
    same.problem(409, "request_in_progress");
    let other = person.pay(held.id, "pm_card_visa").await;
    let problem = other.problem(409, "payment_in_progress");
    let first = slow.await.unwrap().expect(201);
    assert_eq!(problem["payment_id"], first["id"]);
    let again = person
        .pay_with("k", held.id, "pm_card_visa")
        .await
        .expect(201);
    assert_eq!(id_of(&again), id_of(&first));
    assert_eq!(world.bank.count("authorise"), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_paid_booking_is_paid(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(1).await;
    let problem = person
        .pay(held.id, "pm_card_visa")
        .await
        .problem(409, "already_paid");
    assert_eq!(problem["payment_id"], json!(id));
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn many_at_once_with_many_keys_charge_once(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    let attempts = (0..10).map(|_| {
        let (api, booking) = (person.api.clone(), held.id);
        tokio::spawn(async move {
            api.request(Method::POST, "/payments")
                .header("idempotency-key", &uuid::Uuid::now_v7().to_string())
                .json(&json!({"booking_id": booking, "payment_method": "pm_card_visa"}))
                .send()
                .await
                .status
                .as_u16()
        })
    });
    let mut answers = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        answers.push(attempt.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!((answers[0], answers[1]), (201, 409), "{answers:?}");
    assert_eq!(world.bank.count("authorise"), 1);
}
