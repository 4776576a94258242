//! What booking does when Payment and Catalog speak, also twice, late, and in the wrong order.

use contracts::{
    EventStatus, Message,
    messages::{EventCancelled, EventChanged, PaymentChanged, PaymentFailed, RefundRequested},
};
use std::time::Duration;

use serde_json::json;
use sqlx::PgPool;
use testkit::eventually;

use crate::world::{World, payment};

#[sqlx::test(migrations = "../../migrations/booking")]
async fn an_authorised_payment_makes_tickets_once(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(5);
    let ada = world.person();
    let held = ada.hold(&event, 2).await;
    let paid = Message::PaymentAuthorised(PaymentChanged {
        payment: payment(&held),
    });
    for id in ["m1", "m1", "m2"] {
        world.deliver_as(id, paid.clone()).await.unwrap();
    }
    assert_eq!(ada.status(&held).await, "confirmed");
    assert_eq!(ada.tickets(&held).await.len(), 2);
    let confirmed = world.messages("booking.confirmed").await;
    assert_eq!(confirmed.len(), 1);
    assert_eq!(confirmed[0]["tickets"].as_array().unwrap().len(), 2);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_late_payment_takes_the_same_again_or_is_refused(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.seated(1, 2);
    let (ada, ben) = (world.person(), world.person());
    let lucky = ada.hold_seats(&event, &["A-1"]).await;
    let unlucky = ada.hold_seats(&event, &["A-2"]).await;
    for booking in [&lucky, &unlucky] {
        world.run_out(booking).await;
    }
    world.sweep().await;
    ben.hold_seats(&event, &["A-2"]).await;
    world.pay(&lucky).await;
    let payment = world.pay(&unlucky).await;
    assert_eq!(
        (
            ada.status(&lucky).await.as_str(),
            ada.status(&unlucky).await.as_str()
        ),
        ("confirmed", "expired")
    );
    let refused = world.messages("booking.refused").await;
    assert_eq!(
        (&refused[0]["payment_id"], &refused[0]["reason"]),
        (&json!(payment), &json!("expired"))
    );
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_payment_for_what_was_given_back_is_refused(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(5);
    let ada = world.person();
    let held = ada.hold(&event, 1).await;
    ada.act(&held, "cancel").await.expect(200);
    world.pay(&held).await;
    assert_eq!(
        world.messages("booking.refused").await[0]["reason"],
        "released"
    );
    // Another payment than the one that confirmed it.
    let second = ada.hold(&event, 1).await;
    world.pay(&second).await;
    world.pay(&second).await;
    assert_eq!(
        world.messages("booking.refused").await[1]["reason"],
        "already_paid"
    );
    assert_eq!(world.available(event.id).await, 4);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_capture_that_is_refused_cancels(pool: PgPool) {
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
    reference.version += 1;
    let failed = PaymentFailed {
        payment: reference,
        after_authorisation: true,
        code: "capture_refused".into(),
    };
    for _ in 0..2 {
        world
            .deliver(Message::PaymentFailed(failed.clone()))
            .await
            .unwrap();
    }
    assert_eq!(ada.status(&held).await, "cancelled");
    assert_eq!(world.messages("booking.cancelled").await.len(), 1);
    assert_eq!(world.available(event.id).await, 5);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_failure_that_overtakes_its_authorisation_wins(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(5);
    let ada = world.person();
    let held = ada.hold(&event, 1).await;
    let reference = payment(&held);
    let mut later = reference.clone();
    later.version += 1;
    let failed = PaymentFailed {
        payment: later,
        after_authorisation: true,
        code: "capture_refused".into(),
    };
    world.deliver(Message::PaymentFailed(failed)).await.unwrap();
    world
        .deliver(Message::PaymentAuthorised(PaymentChanged {
            payment: reference,
        }))
        .await
        .unwrap();
    assert_ne!(ada.status(&held).await, "confirmed");
    assert!(world.messages("booking.confirmed").await.is_empty());
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_refund_cancels_each_ticket_once(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(5);
    let ada = world.person();
    let held = ada.hold(&event, 2).await;
    let payment_id = world.pay(&held).await;
    let reference = payment(&held);
    let request = |ticket_ids| {
        Message::RefundRequested(RefundRequested {
            payment_id,
            booking_id: reference.booking_id,
            user_id: reference.user_id,
            ticket_ids,
        })
    };
    let first = ada.tickets(&held).await[0]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    world.deliver(request(Some(vec![first]))).await.unwrap();
    world.deliver(request(Some(vec![first]))).await.unwrap();
    world.deliver(request(None)).await.unwrap();
    let cancelled = world.messages("booking.cancelled").await;
    let ids: Vec<_> = cancelled
        .iter()
        .flat_map(|message| message["ticket_ids"].as_array().unwrap())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ada.status(&held).await, "cancelled");
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_cancelled_event_ends_every_booking(pool: PgPool) {
    let world = World::new(pool).await;
    let mut event = world.general(100);
    let people: Vec<_> = (0..12).map(|_| world.person()).collect();
    let mut bookings = Vec::new();
    for (n, person) in people.iter().enumerate() {
        let held = person.hold(&event, 2).await;
        if n % 2 == 0 {
            world.pay(&held).await;
        }
        bookings.push(held);
    }
    event.status = EventStatus::Cancelled;
    event.version += 1;
    world.catalog.publish(&event, &[]);
    let message = EventCancelled {
        version: event.version,
        reason: None,
        event: event.clone(),
    };
    world
        .deliver(Message::EventCancelled(message))
        .await
        .unwrap();
    people[0]
        .book(json!({"event_id": event.id, "seats": 1}))
        .await
        .problem(409, "event_not_on_sale");
    world.close_all().await;
    for (person, booking) in people.iter().zip(&bookings) {
        let status = person.status(booking).await;
        assert!(
            ["cancelled", "released", "expired"].contains(&status.as_str()),
            "{status}"
        );
    }
    assert_eq!(world.messages("booking.cancelled").await.len(), 6);
    // Authorised after the event was cancelled.
    world.pay(&bookings[1]).await;
    assert_eq!(world.messages("booking.refused").await.len(), 1);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_copy_follows_the_catalog_and_never_goes_back(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(50_000);
    let listening = tokio::spawn(booking::events::listen(
        world.pool.clone(),
        world.app.events.clone(),
        world.shutdown.clone(),
    ));
    world.person().hold(&event, 1).await;
    let mut dearer = event.clone();
    dearer.version = 3;
    dearer.ticket_types[0].price.amount = 9_900;
    dearer.title = "Hamlet, again".into();
    let mut older = event.clone();
    older.version = 2;
    older.ticket_types[0].price.amount = 1;
    for changed in [dearer, older] {
        let message = EventChanged {
            version: changed.version,
            event: changed,
        };
        world.deliver(Message::EventUpdated(message)).await.unwrap();
    }
    eventually(
        "the new price is asked",
        Duration::from_secs(30),
        async || Ok(world.person().hold(&event, 1).await["total"]["amount"] == 9_900),
    )
    .await
    .unwrap();
    let booking = world.person().hold(&event, 1).await;
    assert_eq!(booking["event"]["title"], "Hamlet, again");
    world.shutdown.trigger();
    listening.await.unwrap();
    world.assert_consistent().await;
}
