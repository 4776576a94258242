//! Beginning a payment, and what may come of it.

use chrono::Utc;
use contracts::{BookingId, PaymentId};
use payment::domain::payment::{Failure, ProviderState};
use serde_json::json;
use sqlx::PgPool;

use crate::{
    bank::{Fault, event, send},
    world::{World, id_of},
};

#[sqlx::test(migrations = "../../migrations/payment")]
async fn money_is_reserved_at_once(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 2);
    let body = person.pay(held.id, "pm_card_visa").await.expect(201);
    assert_eq!(body["status"], "authorised");
    assert_eq!(body["amount"], json!({"amount": 2000, "currency": "EUR"}));
    assert_eq!(body["provider"], "sandbox");
    assert_eq!(body["test_mode"], true);
    assert!(
        body["failure"].is_null() && body["next_action"].is_null(),
        "{body}"
    );
    let id = id_of(&body);
    assert_eq!(person.payment(id).await["status"], "authorised");
    let messages = world.messages("payment.authorised").await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["payment_id"], json!(id));
    assert_eq!(messages[0]["seats"], 2);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_decline_says_why_and_another_attempt_may_follow(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    for code in ["generic_decline", "insufficient_funds"] {
        world.bank.next("authorise", Fault::Decline(code));
        let answer = person.pay(held.id, "pm_card_x").await;
        let problem = answer.problem(402, "payment_declined");
        assert_eq!(problem["decline_code"], code);
        let id: PaymentId = problem["payment_id"].as_str().unwrap().parse().unwrap();
        let payment = person.payment(id).await;
        assert_eq!(payment["status"], "failed");
        assert_eq!(payment["failure"]["code"], code);
        person
            .get(id, "/receipt")
            .await
            .problem(404, "receipt_not_found");
    }
    person.pay(held.id, "pm_card_visa").await.expect(201);
    let path = format!("/payments?booking_id={}&limit=2", held.id);
    let page = person.api.get(&path).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    assert_eq!(page["items"][0]["status"], "authorised");
    let next = format!("{path}&cursor={}", page["next_cursor"].as_str().unwrap());
    let page = person.api.get(&next).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert!(page["next_cursor"].is_null());
    assert_eq!(world.messages("payment.failed").await.len(), 2);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn the_buyer_confirms_elsewhere(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::Challenge);
    let body = person
        .pay(held.id, "pm_card_authenticationRequired")
        .await
        .expect(202);
    assert_eq!(body["status"], "requires_action");
    assert_eq!(body["next_action"]["type"], "redirect");
    assert_eq!(body["next_action"]["url"], "http://bank.example/confirm");
    let id = id_of(&body);
    assert!(world.messages("payment.authorised").await.is_empty());

    world.bank.set(id, ProviderState::Authorised);
    send(&world.api, &event("evt_1", id), Utc::now())
        .await
        .expect(204);
    let body = person.payment(id).await;
    assert_eq!(body["status"], "authorised");
    assert!(body["next_action"].is_null());
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn the_buyer_refuses_elsewhere(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::Challenge);
    let id = id_of(&person.pay(held.id, "pm_x").await.expect(202));
    let failure = Failure::new("authentication_failed", "Not confirmed.");
    world.bank.set(id, ProviderState::Failed(failure));
    send(&world.api, &event("evt_1", id), Utc::now())
        .await
        .expect(204);
    let body = person.payment(id).await;
    assert_eq!(body["failure"]["code"], "authentication_failed");
    person.pay(held.id, "pm_card_visa").await.expect(201);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_provider_that_is_away_costs_nothing(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    for _ in 0..3 {
        world.bank.next("authorise", Fault::Unreachable);
    }
    let answer = person.pay_with("k", held.id, "pm_card_visa").await;
    answer.problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    // The same key may try again.
    person
        .pay_with("k", held.id, "pm_card_visa")
        .await
        .expect(201);
    // A short absence is not noticed.
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::Unreachable);
    person.pay(held.id, "pm_card_visa").await.expect(201);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_method_that_nobody_knows_is_the_clients_fault(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::UnknownMethod);
    let answer = person.pay_with("k", held.id, "pm_nonsense").await;
    let problem = answer.problem(422, "invalid_request");
    assert_eq!(problem["errors"][0]["pointer"], "/payment_method");
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn what_can_not_be_right_is_refused_before_anything(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    let send = async |body| person.send("/payments", "k", &body).await;
    let answer = send(json!({"booking_id": held.id, "payment_method": "4242 4242",
        "return_url": "http://evil.example/"}))
    .await;
    let problem = answer.problem(422, "invalid_request");
    assert_eq!(problem["errors"][0]["pointer"], "/payment_method");
    assert_eq!(problem["errors"][1]["pointer"], "/return_url");
    send(json!({"booking_id": held.id}))
        .await
        .problem(422, "invalid_request");
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM payments")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(count, 0);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn what_booking_refuses_leaves_no_trace(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let refuse = |status, code| world.shop.refuse(person.id, status, code);
    for (booking, status, code) in [
        (world.shop.free(person.id), 409, "nothing_to_pay"),
        (refuse(410, "hold_expired"), 410, "hold_expired"),
        (refuse(409, "already_paid"), 409, "already_paid"),
        (refuse(409, "invalid_transition"), 409, "invalid_transition"),
        (refuse(503, "unavailable"), 503, "unavailable"),
        (BookingId::new(), 404, "booking_not_found"),
        (
            world.shop.hold(world.person().id, 1).id,
            404,
            "booking_not_found",
        ),
    ] {
        // The key is given back each time.
        let answer = person.pay_with("k", booking, "pm_card_visa").await;
        answer.problem(status, code);
    }
    assert_eq!(world.bank.count("authorise"), 0);
    let page = person.api.get("/payments").await.expect(200);
    assert_eq!(page["items"], json!([]));
    let held = world.shop.hold(person.id, 1);
    person
        .pay_with("k", held.id, "pm_card_visa")
        .await
        .expect(201);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn nobody_sees_the_payments_of_others_but_admins(pool: PgPool) {
    let world = World::working(&pool).await;
    let (owner, _, id) = world.captured(1).await;
    let stranger = world.person();
    for path in ["", "/receipt", "/refunds", "/credit-notes"] {
        owner.get(id, path).await.expect(200);
        stranger
            .get(id, path)
            .await
            .problem(404, "payment_not_found");
        world.admin().get(id, path).await.expect(200);
    }
    stranger
        .get(id, "/credit-notes/C-000001")
        .await
        .problem(404, "credit_note_not_found");
    stranger
        .refund(id, json!({}))
        .await
        .problem(404, "payment_not_found");
    assert_eq!(
        stranger.api.get("/payments").await.expect(200)["items"],
        json!([])
    );
    owner
        .get(PaymentId::new(), "")
        .await
        .problem(404, "payment_not_found");
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn trying_out_cards_is_slowed_down(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let booking = BookingId::new();
    for _ in 0..20 {
        person
            .pay(booking, "pm_card_visa")
            .await
            .problem(404, "booking_not_found");
    }
    let answer = person.pay(booking, "pm_card_visa").await;
    answer.problem(429, "too_many_requests");
    assert!(answer.header("retry-after").is_some());
}
