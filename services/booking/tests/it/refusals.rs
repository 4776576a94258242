//! What can't be had, and why; nothing changes.

use chrono::{TimeDelta, Utc};
use contracts::EventStatus;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::{World, event, general};

#[sqlx::test(migrations = "../../migrations/booking")]
async fn stock_limits_and_windows(pool: PgPool) {
    let world = World::new(pool).await;
    let small = world.general(3);
    world.person().hold(&small, 2).await;
    let problem = world
        .person()
        .book(json!({"event_id": small.id, "seats": 2}))
        .await
        .problem(409, "sold_out");
    assert_eq!(problem["remaining"], 1);

    let mut kind = general(100, 1_000);
    kind.max_per_order = 4;
    let limited = world.publish(
        contracts::EventSnapshot {
            max_per_buyer: Some(6),
            ..event(vec![kind])
        },
        &[],
    );
    let ada = world.person();
    ada.book(json!({"event_id": limited.id, "seats": 5}))
        .await
        .problem(422, "too_many_per_order");
    ada.hold(&limited, 4).await;
    ada.book(json!({"event_id": limited.id, "seats": 3}))
        .await
        .problem(409, "buyer_limit");
    ada.hold(&limited, 2).await;

    let now = Utc::now();
    let window = |start: i64, end: i64| {
        let mut kind = general(10, 1_000);
        kind.sales_start = Some(now + TimeDelta::hours(start));
        kind.sales_end = Some(now + TimeDelta::hours(end));
        world.publish(event(vec![kind]), &[])
    };
    let early = window(1, 2);
    ada.book(json!({"event_id": early.id, "seats": 1}))
        .await
        .problem(409, "sales_not_started");
    let late = window(-2, -1);
    ada.book(json!({"event_id": late.id, "seats": 1}))
        .await
        .problem(409, "sales_closed");

    for status in [EventStatus::Cancelled, EventStatus::Completed] {
        let over = world.publish(
            contracts::EventSnapshot {
                status,
                ..event(vec![general(5, 1)])
            },
            &[],
        );
        ada.book(json!({"event_id": over.id, "seats": 1}))
            .await
            .problem(409, "event_not_on_sale");
    }
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn wrong_wishes_name_the_fault(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    let kind = event.ticket_types[0].id;
    let unknown = uuid::Uuid::now_v7();
    let items = |quantity: Value| json!({"event_id": event.id, "items": [{"ticket_type_id": kind, "quantity": quantity}]});
    let ada = world.person();
    for body in [
        json!({}),
        json!({"event_id": event.id}),
        json!({"event_id": event.id, "seats": 0}),
        json!({"event_id": event.id, "seats": -1}),
        json!({"event_id": event.id, "seats": 4_294_967_296_u64}),
        json!({"event_id": event.id, "seats": []}),
        json!({"event_id": event.id, "seats": ["A-1", "A-1"]}),
        json!({"event_id": event.id, "seats": 1, "items": []}),
        json!({"event_id": "x", "seats": 1}),
        items(json!(0)),
        items(json!(1.5)),
        items(json!("2")),
    ] {
        let answer = ada.book(body.clone()).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
        assert!(
            !answer.json()["errors"].as_array().unwrap().is_empty(),
            "{body}"
        );
    }
    ada.book(json!({"event_id": unknown, "seats": 1}))
        .await
        .problem(404, "event_not_found");
    let foreign =
        json!({"event_id": event.id, "items": [{"ticket_type_id": unknown, "quantity": 1}]});
    let answer = ada.book(foreign).await;
    assert!(
        [404, 422].contains(&answer.status.as_u16()),
        "{}",
        answer.text()
    );
    assert_eq!(world.available(event.id).await, 10);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_catalog_that_is_away_is_needed_only_once(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    world.catalog.set_down(true);
    let answer = world
        .person()
        .book(json!({"event_id": event.id, "seats": 1}))
        .await;
    answer.problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    world.catalog.set_down(false);
    world.person().hold(&event, 1).await;
    world.catalog.set_down(true);
    world.person().hold(&event, 1).await;
}
