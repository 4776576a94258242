//! The provider's events: twice, late, in any order, and forged.

use axum::http::Method;
use chrono::{TimeDelta, Utc};
use contracts::PaymentId;
use payment::{
    domain::payment::{Failure, ProviderState},
    providers::{SIGNATURE_HEADER, signature},
};
use serde_json::json;
use sqlx::PgPool;

use crate::{
    bank::{Fault, SECRET, event, send},
    world::{World, id_of},
};

#[sqlx::test(migrations = "../../migrations/payment")]
async fn an_event_counts_once(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::Challenge);
    let id = id_of(&person.pay(held.id, "pm_x").await.expect(202));
    world.bank.set(id, ProviderState::Authorised);
    let sends = (0..5).map(|_| {
        let api = world.api.clone();
        tokio::spawn(async move { send(&api, &event("evt_1", id), Utc::now()).await.status })
    });
    for sent in sends.collect::<Vec<_>>() {
        assert_eq!(sent.await.unwrap(), 204);
    }
    send(&world.api, &event("evt_2", id), Utc::now())
        .await
        .expect(204);
    assert_eq!(world.messages("payment.authorised").await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn late_events_change_nothing(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, _, id) = world.captured(1).await;
    send(&world.api, &event("evt_authorised", id), Utc::now())
        .await
        .expect(204);
    // Whatever an event claims, the provider is asked; and old news is no news.
    for state in [
        ProviderState::Authorised,
        ProviderState::RequiresAction("http://x.example/".into()),
        ProviderState::Processing,
        ProviderState::Failed(Failure::new("x", "X.")),
    ] {
        world.bank.set(id, state);
        let name = format!("evt_{}", uuid::Uuid::now_v7());
        send(&world.api, &event(&name, id), Utc::now())
            .await
            .expect(204);
    }
    assert_eq!(person.payment(id).await["status"], "captured");
    assert_eq!(world.messages("payment.captured").await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn an_event_before_the_answer_is_the_answer(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::LostAnswer);
    let body = person
        .pay_with("k", held.id, "pm_card_visa")
        .await
        .expect(202);
    let id = id_of(&body);
    assert_eq!(body["status"], "created");
    send(&world.api, &event("evt_1", id), Utc::now())
        .await
        .expect(204);
    assert_eq!(person.payment(id).await["status"], "authorised");
    assert_eq!(world.messages("payment.authorised").await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn only_a_fresh_signature_of_the_provider_is_believed(pool: PgPool) {
    let world = World::new(&pool).await;
    let (_, _, id) = world.authorised(1).await;
    let now = Utc::now();
    let body = event("evt_1", id).to_string();
    let post = async |signature: Option<&str>, body: &str| {
        let mut call = world.api.request(Method::POST, "/webhooks/sandbox");
        if let Some(signature) = signature {
            call = call.header(SIGNATURE_HEADER, signature);
        }
        call.body(body.to_owned()).send().await
    };
    let sign = |secret: &str, body: &str, at| signature::sign(&secret.into(), body.as_bytes(), at);
    let good = sign(SECRET, &body, now);
    for (signature, body) in [
        (None, body.as_str()),
        (Some(""), &body),
        (Some("t=1,v1=zz"), &body),
        (Some(sign("another", &body, now).as_str()), &body),
        (Some(good.as_str()), &body.replace("evt_1", "evt_2")),
        (
            Some(sign(SECRET, &body, now - TimeDelta::seconds(301)).as_str()),
            &body,
        ),
        (
            Some(sign(SECRET, &body, now + TimeDelta::seconds(400)).as_str()),
            &body,
        ),
    ] {
        post(signature, body)
            .await
            .problem(400, "webhook_signature_invalid");
    }
    let count = async || -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM webhook_events")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    assert_eq!(count().await, 0);
    let nonsense = sign(SECRET, "[]", now);
    post(Some(&nonsense), "[]")
        .await
        .problem(400, "webhook_unreadable");
    post(Some(&good), &body).await.expect(204);
    assert_eq!(count().await, 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn what_is_not_ours_is_taken_and_forgotten(pool: PgPool) {
    let world = World::new(&pool).await;
    send(&world.api, &event("evt_1", PaymentId::new()), Utc::now())
        .await
        .expect(204);
    let other = json!({"id": "evt_2", "type": "ping", "data": {"object": {}}});
    send(&world.api, &other, Utc::now()).await.expect(204);
    let answer = world
        .api
        .request(Method::POST, "/webhooks/nobody")
        .body("{}")
        .send()
        .await;
    answer.problem(404, "not_found");
    let answer = world
        .api
        .request(Method::POST, "/webhooks/sandbox")
        .body("x".repeat(65_537))
        .send()
        .await;
    answer.problem(413, "body_too_large");
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn an_event_that_can_not_be_checked_is_to_come_again(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::Challenge);
    let id = id_of(&person.pay(held.id, "pm_x").await.expect(202));
    world.bank.set(id, ProviderState::Authorised);
    world.bank.next("fetch", Fault::Unreachable);
    send(&world.api, &event("evt_1", id), Utc::now())
        .await
        .problem(503, "unavailable");
    send(&world.api, &event("evt_1", id), Utc::now())
        .await
        .expect(204);
    assert_eq!(world.status(id).await, "authorised");
}
