//! From the reserved money to tickets or back: Booking's messages in any order and number.

use contracts::{Message, messages::User};
use serde_json::json;
use sqlx::PgPool;
use testkit::eventually;

use crate::{
    bank::Fault,
    world::{PATIENCE, World},
};

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_confirmed_booking_is_captured_once(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.authorised(2).await;
    let message = held.confirmed(id);
    world.deliver_as("m1", message.clone()).await.unwrap();
    world.deliver_as("m1", message.clone()).await.unwrap();
    world.until(id, "captured").await;
    world.deliver_as("m2", message).await.unwrap();
    assert_eq!(world.bank.count("capture"), 1);
    assert_eq!(world.messages("payment.captured").await.len(), 1);
    let receipt = person.get(id, "/receipt").await.expect(200);
    assert_eq!(receipt["total"], json!({"amount": 2000, "currency": "EUR"}));
    assert_eq!(receipt["lines"][0]["quantity"], 2);
    assert_eq!(receipt["seller"]["name"], "Bühne & Söhne");
    assert_eq!(receipt["buyer"]["name"], "Ben Čapek-Müller");
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_refused_booking_is_voided(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.authorised(1).await;
    world.deliver(held.refused(id)).await.unwrap();
    world.deliver(held.refused(id)).await.unwrap();
    world.until(id, "voided").await;
    assert_eq!(world.bank.count("void"), 1);
    let voided = world.messages("payment.voided").await;
    assert_eq!((voided.len(), &voided[0]["reason"]), (1, &json!("expired")));
    person
        .get(id, "/receipt")
        .await
        .problem(404, "receipt_not_found");
    person
        .refund(id, json!({}))
        .await
        .problem(409, "nothing_to_refund");
    // The buyer may try again.
    person.pay(held.id, "pm_card_visa").await.expect(201);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_capture_is_tried_until_it_is_clear(pool: PgPool) {
    let world = World::working(&pool).await;
    world.bank.next("capture", Fault::Unreachable);
    world.bank.next("capture", Fault::LostAnswer);
    let (_, held, id) = world.authorised(1).await;
    world.deliver(held.confirmed(id)).await.unwrap();
    world.until(id, "captured").await;
    assert_eq!(world.bank.count("capture"), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_capture_that_is_refused_for_good_ends_the_booking(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.authorised(1).await;
    world
        .bank
        .next("capture", Fault::Refuse("expired_authorisation"));
    world.deliver(held.confirmed(id)).await.unwrap();
    world.until(id, "failed").await;
    let failed = world.messages("payment.failed").await;
    assert_eq!(failed[0]["after_authorisation"], true);
    // Booking cancels for that reason: nothing goes back.
    world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    assert_eq!(person.payment(id).await["refunded"]["amount"], 0);
    // What is still reserved is let go.
    world.reconcile().await;
    eventually("the money is let go", PATIENCE, async || {
        Ok(world.bank.count("void") == 1)
    })
    .await
    .unwrap();
    assert_eq!(world.status(id).await, "failed");
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_booking_cancelled_before_the_capture_is_never_charged(pool: PgPool) {
    let world = World::new(&pool).await;
    let (_, held, id) = world.authorised(2).await;
    world.deliver(held.confirmed(id)).await.unwrap();
    world.deliver(held.cancelled(id, 0, 2)).await.unwrap();
    world.work();
    world.until(id, "voided").await;
    assert_eq!(
        (world.bank.count("capture"), world.bank.count("void")),
        (0, 1)
    );

    // In the other order too.
    let (_, held, id) = world.authorised(2).await;
    world.deliver(held.cancelled(id, 0, 2)).await.unwrap();
    world.deliver(held.confirmed(id)).await.unwrap();
    world.until(id, "voided").await;
    assert_eq!(
        (world.bank.count("capture"), world.bank.count("void")),
        (0, 2)
    );
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_reserved_amount_that_is_wrong_is_let_go(pool: PgPool) {
    let world = World::working(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::LostAnswer);
    let body = person.pay(held.id, "pm_card_visa").await.expect(202);
    let id = crate::world::id_of(&body);
    world.bank.set_amount(id, 1);
    world.reconcile().await;
    assert_eq!(world.status(id).await, "failed");
    eventually("it is let go", PATIENCE, async || {
        Ok(world.bank.count("void") == 1)
    })
    .await
    .unwrap();
    assert!(world.messages("payment.authorised").await.is_empty());
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn messages_about_what_does_not_exist_are_put_aside(pool: PgPool) {
    let world = World::new(&pool).await;
    let held = world.shop.hold(world.person().id, 1);
    let unknown = contracts::PaymentId::new();
    for message in [
        held.confirmed(unknown),
        held.refused(unknown),
        held.cancelled(unknown, 0, 1),
    ] {
        let failure = world.deliver(message).await.unwrap_err();
        assert!(
            matches!(failure, kit::consumer::Failure::Reject(_)),
            "{failure:?}"
        );
    }
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn the_buyer_is_named_as_auth_says_last(pool: PgPool) {
    let world = World::working(&pool).await;
    let (person, held, id) = world.authorised(1).await;
    let user = |name: &str, version| {
        Message::UserUpdated(User {
            user_id: person.id,
            email: "b@example.com".into(),
            name: name.into(),
            version,
        })
    };
    world.deliver(user("New", 3)).await.unwrap();
    world.deliver(user("Old", 2)).await.unwrap();
    world.deliver(held.confirmed(id)).await.unwrap();
    world.until(id, "captured").await;
    let receipt = person.get(id, "/receipt").await.expect(200);
    assert_eq!(receipt["buyer"]["name"], "New");
}
