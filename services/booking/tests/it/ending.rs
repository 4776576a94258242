//! How holds and bookings end: expired, released, checked out, cancelled.

use std::time::Duration;

use booking::inventory::HoldTimes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::eventually;

use crate::world::{LONG, World, event, general, id_of};

fn at(booking: &Value) -> DateTime<Utc> {
    booking["expires_at"].as_str().unwrap().parse().unwrap()
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_hold_that_runs_out_is_on_sale_again(pool: PgPool) {
    let times = HoldTimes {
        hold: Duration::from_secs(2),
        ..LONG
    };
    let world = World::with_times(pool, times).await;
    let event = world.seated(1, 2);
    let ada = world.person();
    let held = ada.hold_seats(&event, &["A-1", "A-2"]).await;
    let sweeping = tokio::spawn(booking::inventory::sweeper::run(
        world.app.inventory.clone(),
        world.shutdown.clone(),
    ));
    assert_eq!(world.available(event.id).await, 0);
    eventually("it is on sale again", Duration::from_secs(30), async || {
        Ok(world.available(event.id).await == 2)
    })
    .await
    .unwrap();
    assert!(Utc::now() > at(&held));
    assert_eq!(ada.status(&held).await, "expired");
    assert_eq!(
        world.messages("booking.expired").await[0]["booking_id"],
        held["id"]
    );
    world.person().hold_seats(&event, &["A-1"]).await;
    world.shutdown.trigger();
    sweeping.await.unwrap();
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_released_hold_is_on_sale_at_once(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(2);
    let ada = world.person();
    let held = ada.hold(&event, 2).await;
    world
        .person()
        .act(&held, "cancel")
        .await
        .problem(404, "booking_not_found");
    assert_eq!(
        ada.act(&held, "cancel").await.expect(200)["status"],
        "released"
    );
    assert_eq!(world.available(event.id).await, 2);
    ada.act(&held, "cancel")
        .await
        .problem(409, "invalid_transition");
    ada.act(&held, "checkout")
        .await
        .problem(409, "invalid_transition");
    assert_eq!(world.messages("booking.released").await.len(), 1);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn checkout_prolongs_once(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(5);
    let ada = world.person();
    let held = ada.hold(&event, 1).await;
    world
        .person()
        .act(&held, "checkout")
        .await
        .problem(404, "booking_not_found");
    let once = ada.act(&held, "checkout").await.expect(200);
    assert!(
        at(&once) > at(&held) + chrono::TimeDelta::minutes(4),
        "{once}"
    );
    assert_eq!(at(&ada.act(&held, "checkout").await.expect(200)), at(&once));
    world.run_out(&held).await;
    ada.act(&held, "checkout")
        .await
        .problem(410, "hold_expired");
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn what_costs_nothing_needs_no_payment(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.publish(event(vec![general(5, 0)]), &[]);
    let ada = world.person();
    let held = ada.hold(&event, 2).await;
    assert_eq!(
        ada.act(&held, "checkout").await.expect(200)["status"],
        "confirmed"
    );
    assert_eq!(ada.tickets(&held).await.len(), 2);
    assert_eq!(
        world.messages("booking.confirmed").await[0]["payment_id"],
        Value::Null
    );
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn tickets_are_cancelled_one_by_one_or_all(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.seated(1, 4);
    let ada = world.person();
    let held = ada.hold_seats(&event, &["A-1", "A-2", "A-3"]).await;
    world.pay(&held).await;
    let tickets = ada.tickets(&held).await;
    let path = format!("/bookings/{}/cancel", id_of(&held));
    let one = json!({"ticket_ids": [tickets[0]["id"]]});
    world
        .person()
        .api
        .post(&path, one.clone())
        .await
        .problem(404, "booking_not_found");
    assert_eq!(
        ada.api.post(&path, one.clone()).await.expect(200)["status"],
        "confirmed"
    );
    let message = &world.messages("booking.cancelled").await[0];
    assert_eq!(
        (&message["amount"]["amount"], &message["ticket_ids"]),
        (&json!(2_000), &one["ticket_ids"])
    );
    assert_eq!(world.available(event.id).await, 2);
    assert_eq!(
        ada.act(&held, "cancel").await.expect(200)["status"],
        "cancelled"
    );
    let rest = &world.messages("booking.cancelled").await[1];
    assert_eq!(
        (&rest["amount"]["amount"], rest["whole"].as_bool()),
        (&json!(4_000), Some(true))
    );
    ada.act(&held, "cancel")
        .await
        .problem(409, "invalid_transition");
    let history = ada.get(&held, "/history").await.expect(200);
    let steps: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["to"].as_str().unwrap())
        .collect();
    assert_eq!(
        (steps.first(), steps.last()),
        (Some(&"held"), Some(&"cancelled"))
    );
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_hold_that_nobody_sweeps_is_overdue(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let event = world.general(5);
    let overdue = async || booking::store::figures::overdue_holds(&pool).await.unwrap();
    let held = world.person().hold(&event, 1).await;
    world.run_out(&held).await;
    assert_eq!(overdue().await, 0, "the sweeper may still come by");
    sqlx::query("UPDATE bookings SET expires_at = now() - interval '6 seconds'")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(overdue().await, 1);
    world.sweep().await;
    assert_eq!(overdue().await, 0);
}
