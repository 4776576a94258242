//! Availability as it is followed.

use std::time::Duration;

use axum::http::Method;
use contracts::EventId;
use futures::StreamExt as _;
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool};

use crate::world::World;

/// Reads a stream until it says `wanted`.
async fn hear(stream: &mut axum::body::BodyDataStream, wanted: &str) -> String {
    let mut heard = String::new();
    let listening = async {
        while let Some(part) = stream.next().await {
            heard.push_str(&String::from_utf8_lossy(&part.unwrap()));
            if heard.contains(wanted) {
                return;
            }
        }
        panic!("the stream ended after {heard:?}");
    };
    tokio::time::timeout(Duration::from_secs(10), listening)
        .await
        .unwrap_or_else(|_| panic!("not heard: {wanted}"));
    heard
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_stream_tells_what_changes(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.seated(1, 3);
    assert_eq!(world.available(event.id).await, 3);
    let path = format!("/events/{}/availability/stream", event.id);
    let response = world.api.request(Method::GET, &path).stream().await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    hear(&mut stream, "\"available\":3").await;
    let ada = world.person();
    let held = ada.hold_seats(&event, &["A-2"]).await;
    let heard = hear(&mut stream, "\"available\":2").await;
    let seats = if heard.contains("A-2") {
        heard
    } else {
        hear(&mut stream, "A-2").await
    };
    assert!(seats.contains("\"held\""), "{seats}");
    ada.act(&held, "cancel").await.expect(200);
    hear(&mut stream, "\"available\":3").await;
    world.shutdown.trigger();
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn an_answer_to_a_crowd_is_never_older_than_its_question(pool: PgPool) {
    const HOLDS: u64 = 20;
    let world = World::new(pool).await;
    let event = world.general(100);
    let done = std::cell::Cell::new(false);
    // There is always a read under way, which began before the hold.
    let crowd = async {
        while !done.get() {
            futures::future::join_all((0..8).map(|_| world.available(event.id))).await;
        }
    };
    let buyers = async {
        for held in 1..=HOLDS {
            world.person().hold(&event, 1).await;
            let left = futures::future::join_all((0..4).map(|_| world.available(event.id))).await;
            assert_eq!(left, [100 - held; 4]);
        }
        done.set(true);
    };
    tokio::join!(crowd, buyers);
    world.assert_consistent().await;
    let nobody = world
        .api
        .get(&format!("/events/{}/availability", EventId::new()))
        .await;
    nobody.expect(404);
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_crowd_that_asks_for_one_event_leaves_connections_to_others(pool: PgPool) {
    const ASKERS: usize = 50;
    let mut guard = PgConnection::connect_with(&pool.connect_options())
        .await
        .unwrap();
    let world = World::new(pool).await;
    let event = world.general(10);
    let ada = world.person();
    let held = ada.hold(&event, 1).await;
    guard
        .execute("BEGIN; LOCK TABLE stock IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let crowd = futures::future::join_all((0..ASKERS).map(|_| world.available(event.id)));
    let other = async {
        let reading = "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'stock'::regclass AND NOT granted)";
        testkit::eventually("the stock is read", Duration::from_secs(10), async || {
            Ok(sqlx::query_scalar(reading).fetch_one(&mut guard).await?)
        })
        .await
        .unwrap();
        // By the last of them everybody of the crowd has asked.
        let others = async {
            for _ in 0..ASKERS {
                assert_eq!(ada.status(&held).await, "held");
            }
        };
        let served = tokio::time::timeout(Duration::from_secs(10), others).await;
        guard.execute("COMMIT").await.unwrap();
        served.expect("no connection was left");
    };
    let (left, ()) = tokio::join!(crowd, other);
    assert_eq!(left, [9; ASKERS]);
}
