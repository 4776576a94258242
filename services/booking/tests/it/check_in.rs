//! Tickets and the gate.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::{
    EventSnapshot, Message,
    messages::{PaymentChanged, PaymentFailed},
};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::{Person, World, id_of, payment};

async fn scan(gate: &Person, event: &EventSnapshot, code: &Value) -> Value {
    gate.api
        .post("/check-ins", json!({"event_id": event.id, "code": code}))
        .await
        .expect(200)
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn every_answer_at_the_gate(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    let ada = world.person();
    let booking = ada.hold(&event, 2).await;
    world.pay(&booking).await;
    let tickets = ada.tickets(&booking).await;
    let gate = world.member(&event, "staff");

    let first = scan(&gate, &event, &tickets[0]["code"]).await;
    assert_eq!(
        (&first["result"], &first["ticket"]["id"]),
        (&json!("ok"), &tickets[0]["id"])
    );
    assert_eq!(
        scan(&gate, &event, &tickets[0]["code"]).await["result"],
        "already_redeemed"
    );
    let undone = gate
        .api
        .delete(&format!(
            "/check-ins/{}",
            first["check_in_id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(undone.status, 200, "{}", undone.text());
    assert_eq!(
        scan(&gate, &event, &tickets[0]["code"]).await["result"],
        "ok"
    );

    let path = format!("/bookings/{}/cancel", id_of(&booking));
    ada.api
        .post(&path, json!({"ticket_ids": [tickets[1]["id"]]}))
        .await
        .expect(200);
    assert_eq!(
        scan(&gate, &event, &tickets[1]["code"]).await["result"],
        "cancelled"
    );

    let elsewhere = world.general(10);
    let other_gate = world.member(&elsewhere, "staff");
    assert_eq!(
        scan(&other_gate, &elsewhere, &tickets[0]["code"]).await["result"],
        "wrong_event"
    );

    let code = tickets[0]["code"].as_str().unwrap();
    // Another first character of the signature; the last one has bits that mean nothing.
    let (signed, signature) = code.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{other}{}", &signature[1..]);
    for nonsense in [
        forged.as_str(),
        "T1.x.y",
        "",
        "https://example.com",
        &"x".repeat(500),
    ] {
        let answer = gate
            .api
            .post(
                "/check-ins",
                json!({"event_id": event.id, "code": nonsense}),
            )
            .await;
        match answer.status.as_u16() {
            200 => assert_eq!(answer.json()["result"], "invalid", "{nonsense}"),
            status => assert_eq!(status, 422, "{nonsense}: {}", answer.text()),
        }
    }
    let stranger = ada
        .api
        .post("/check-ins", json!({"event_id": event.id, "code": code}))
        .await;
    stranger.problem(404, "event_not_found");
    let seen = gate
        .api
        .get(&format!("/events/{}/check-ins", event.id))
        .await
        .expect(200);
    assert_eq!(seen["checked_in"], 1);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn one_ticket_opens_one_gate(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    let ada = world.person();
    let booking = ada.hold(&event, 1).await;
    world.pay(&booking).await;
    let code = ada.tickets(&booking).await[0]["code"].clone();
    let gates: Vec<_> = (0..10).map(|_| world.member(&event, "staff")).collect();
    let answers =
        futures::future::join_all(gates.iter().map(|gate| scan(gate, &event, &code))).await;
    assert_eq!(
        answers
            .iter()
            .filter(|answer| answer["result"] == "ok")
            .count(),
        1
    );
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_code_can_be_checked_offline_and_seen(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    let ada = world.person();
    let booking = ada.hold(&event, 1).await;
    world.pay(&booking).await;
    let ticket = ada.tickets(&booking).await.remove(0);
    let keys = world
        .api
        .get("/.well-known/ticket-keys.json")
        .await
        .expect(200);
    let public = keys["keys"][0]["x"].as_str().unwrap();
    let parts: Vec<&str> = ticket["code"].as_str().unwrap().split('.').collect();
    let signed = format!("{}.{}", parts[0], parts[1]);
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
    let key = aws_lc_rs::signature::UnparsedPublicKey::new(
        &aws_lc_rs::signature::ED25519,
        decode(public),
    );
    key.verify(signed.as_bytes(), &decode(parts[2])).unwrap();
    let svg = ada
        .get(
            &booking,
            &format!("/tickets/{}/qr.svg", ticket["id"].as_str().unwrap()),
        )
        .await;
    assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
    assert!(svg.text().contains("<svg"));
    let foreign = world
        .person()
        .get(
            &booking,
            &format!("/tickets/{}/qr.svg", ticket["id"].as_str().unwrap()),
        )
        .await;
    assert_eq!(foreign.status, 404);
}

/// The buyer was quicker at the gate than the refusal came.
#[sqlx::test(migrations = "../../migrations/booking")]
async fn what_is_not_paid_after_all_is_no_ticket_though_it_went_in(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(5);
    let ada = world.person();
    let held = ada.hold(&event, 2).await;
    let mut reference = payment(&held);
    world
        .deliver(Message::PaymentAuthorised(PaymentChanged {
            payment: reference.clone(),
        }))
        .await
        .unwrap();
    let code = ada.tickets(&held).await[0]["code"].clone();
    let gate = world.member(&event, "staff");
    let entered = scan(&gate, &event, &code).await;
    assert_eq!(entered["result"], "ok");
    reference.version += 1;
    let failed = PaymentFailed {
        payment: reference,
        after_authorisation: true,
        code: "capture_refused".into(),
    };
    world.deliver(Message::PaymentFailed(failed)).await.unwrap();
    assert_eq!(ada.status(&held).await, "cancelled");
    assert_eq!(world.available(event.id).await, 5);
    assert_eq!(scan(&gate, &event, &code).await["result"], "cancelled");
    // Who went in is in; taking the entry back makes no ticket of it.
    let entry = entered["check_in_id"].as_str().unwrap();
    let undone = gate
        .api
        .delete(&format!("/check-ins/{entry}"))
        .await
        .expect(200);
    assert_eq!(undone["status"], "cancelled");
    assert_eq!(scan(&gate, &event, &code).await["result"], "cancelled");
    world.assert_consistent().await;
}
