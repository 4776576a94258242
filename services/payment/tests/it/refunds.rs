//! Money that goes back: for each ticket once, and never more than was paid.

use serde_json::json;
use sqlx::PgPool;
use testkit::eventually;

use crate::{
    bank::Fault,
    world::{PATIENCE, Person, World},
};

/// Waits until so much has gone back.
async fn until_refunded(world: &World, person: &Person, id: contracts::PaymentId, amount: i64) {
    eventually("the money is back", PATIENCE, async || {
        Ok(person.payment(id).await["refunded"]["amount"] == amount)
    })
    .await
    .unwrap();
    assert_eq!(world.bank.repaid(), amount);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn one_ticket_and_then_the_rest(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(3).await;
    let asked = person
        .refund(id, json!({"ticket_ids": [held.tickets[0].id]}))
        .await
        .expect(202);
    assert_eq!(asked["status"], "requested");
    assert_eq!(asked["ticket_ids"], json!([held.tickets[0].id]));
    assert!(asked["amount"].is_null());
    let messages = world.messages("payment.refund_requested").await;
    assert_eq!(messages[0]["ticket_ids"], json!([held.tickets[0].id]));

    world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    until_refunded(&world, &person, id, 1_000).await;
    let list = person.get(id, "/refunds").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["id"], asked["id"]);
    assert_eq!(list["items"][0]["status"], "succeeded");

    let asked = person.refund(id, json!({})).await.expect(202);
    assert!(asked["ticket_ids"].is_null());
    world.deliver(held.cancelled(id, 1, 2)).await.unwrap();
    until_refunded(&world, &person, id, 3_000).await;
    let notes = person.get(id, "/credit-notes").await.expect(200);
    let totals: Vec<_> = notes["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| &note["total"]["amount"])
        .collect();
    assert_eq!(totals, [1_000, 2_000]);
    assert_eq!(notes["items"][1]["lines"][0]["quantity"], 2);
    let told = world.messages("payment.refunded").await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["credit_note"], "C-000001");
    person
        .refund(id, json!({}))
        .await
        .problem(409, "nothing_to_refund");
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_ticket_pays_back_once_whatever_is_told_how_often(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(2).await;
    for _ in 0..3 {
        world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    }
    // All of them, of which one had its money.
    world.deliver(held.cancelled(id, 0, 2)).await.unwrap();
    world.deliver(held.cancelled(id, 0, 2)).await.unwrap();
    until_refunded(&world, &person, id, 2_000).await;
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn cancellations_at_the_same_time_pay_back_once(pool: PgPool) {
    let world = World::working(&pool).await;
    world.work();
    let (person, held, id) = world.captured(4).await;
    let ranges = [
        (0, 4),
        (0, 2),
        (2, 2),
        (1, 2),
        (3, 1),
        (0, 4),
        (0, 1),
        (2, 1),
    ];
    let handled = ranges.map(|(skip, count)| {
        let (app, message) = (world.app.clone(), held.cancelled(id, skip, count));
        let delivery = kit::consumer::Delivery {
            message_id: contracts::MessageId::new().to_string(),
            message,
        };
        tokio::spawn(async move { payment::consume::handle(&app, delivery).await })
    });
    for handled in handled {
        handled.await.unwrap().unwrap();
    }
    until_refunded(&world, &person, id, 4_000).await;
    let notes = person.get(id, "/credit-notes").await.expect(200);
    let notes = notes["items"].as_array().unwrap();
    let sum: i64 = notes
        .iter()
        .map(|note| note["total"]["amount"].as_i64().unwrap())
        .sum();
    assert_eq!(sum, 4_000);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn an_answer_that_got_lost_is_not_paid_twice(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(1).await;
    world.bank.next("refund", Fault::LostAnswer);
    world.bank.next("refund", Fault::Unreachable);
    world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    until_refunded(&world, &person, id, 1_000).await;
    assert_eq!(world.messages("payment.refunded").await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_refund_that_takes_its_time_is_asked_for_until_it_is_paid(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(1).await;
    world.bank.next("refund", Fault::Pending);
    world.bank.next("fetch_refund", Fault::Pending);
    world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    until_refunded(&world, &person, id, 1_000).await;
    assert_eq!(world.messages("payment.refunded").await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_refund_before_the_capture_waits_for_it(pool: PgPool) {
    let world = World::new(&pool).await;
    let (person, held, id) = world.authorised(2).await;
    world.deliver(held.confirmed(id)).await.unwrap();
    person
        .refund(id, json!({"ticket_ids": [held.tickets[0].id]}))
        .await
        .expect(202);
    world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    world.work();
    until_refunded(&world, &person, id, 1_000).await;
    assert_eq!(world.status(id).await, "captured");
    let receipt = person.get(id, "/receipt").await.expect(200);
    assert_eq!(receipt["total"]["amount"], 2_000);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_request_names_tickets_of_its_payment(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(2).await;
    let (_, other, _) = world.captured(1).await;
    let (mine, foreign) = (held.tickets[0].id, other.tickets[0].id);
    let answer = person
        .refund(id, json!({"ticket_ids": [mine, foreign]}))
        .await;
    let problem = answer.problem(422, "invalid_request");
    assert_eq!(problem["errors"][0]["pointer"], "/ticket_ids/1");
    for body in [
        json!({"ticket_ids": []}),
        json!({"ticket_ids": [mine, mine]}),
        json!({"ticket_ids": ["x"]}),
    ] {
        person
            .refund(id, body)
            .await
            .problem(422, "invalid_request");
    }
    person
        .refund(id, json!({"ticket_ids": [mine]}))
        .await
        .expect(202);
    let answer = person.refund(id, json!({"ticket_ids": [mine]})).await;
    let problem = answer.problem(409, "already_refunded");
    assert_eq!(problem["ticket_ids"], json!([mine]));
    assert_eq!(world.messages("payment.refund_requested").await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_repeated_request_asks_once(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, _, id) = world.captured(1).await;
    let path = format!("/payments/{id}/refunds");
    let first = person.send(&path, "k", &json!({})).await.expect(202);
    let again = person.send(&path, "k", &json!({})).await.expect(202);
    assert_eq!(first, again);
    let other = json!({"ticket_ids": [contracts::TicketId::new()]});
    person
        .send(&path, "k", &other)
        .await
        .problem(422, "idempotency_key_reused");
    assert_eq!(world.messages("payment.refund_requested").await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_refund_that_the_provider_refused_is_tried_again_when_asked_for(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.captured(1).await;
    world.bank.next("refund", Fault::Refuse("account_closed"));
    world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    eventually("it failed", PATIENCE, async || {
        let list = person.get(id, "/refunds").await.json();
        Ok(list["items"][0]["failure"]["code"] == "account_closed")
    })
    .await
    .unwrap();
    assert_eq!(world.bank.repaid(), 0);
    let asked = person.refund(id, json!({})).await.expect(202);
    assert_eq!(asked["status"], "pending");
    until_refunded(&world, &person, id, 1_000).await;
    assert!(world.messages("payment.refund_requested").await.is_empty());
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_request_that_nobody_follows_ends(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, _, id) = world.captured(1).await;
    person.refund(id, json!({})).await.expect(202);
    sqlx::query("UPDATE refunds SET created_at = now() - interval '1 hour'")
        .execute(&pool)
        .await
        .unwrap();
    payment::upkeep::once(&pool).await.unwrap();
    let list = person.get(id, "/refunds").await.expect(200);
    assert_eq!(list["items"][0]["status"], "failed");
    assert_eq!(list["items"][0]["failure"]["code"], "not_cancelled");
    // It may be asked for again.
    person.refund(id, json!({})).await.expect(202);
}
