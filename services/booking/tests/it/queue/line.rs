//! Who stands where in the line.

use std::time::Duration;

use axum::http::Method;
use booking::queue::QueueSettings;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{CLOSED, Stream, hot, join, look, place_of, queue, reach, replicas, text};
use crate::world::{Person, World};

#[sqlx::test(migrations = "../../migrations/booking")]
async fn an_event_without_a_waiting_room_has_no_queue(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    let ada = world.person();
    queue(&ada, Method::POST, &event, "")
        .await
        .problem(409, "no_queue");
    ada.hold(&event, 1).await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn first_come_first_served_by_the_second_of_arrival(pool: PgPool) {
    let worlds = replicas(pool, CLOSED).await;
    let event = hot(&worlds[0], 10, None);
    let [ada, ben, eve] = [worlds[0].person(), worlds[1].person(), worlds[0].person()];
    assert_eq!(join(&eve, &event).await["position"], 1);
    let bens = place_of(&ben, &event, 20);
    let adas = place_of(&ada, &event, 30);
    assert_eq!(look(&ben, &event, &bens).await["position"], 1);
    assert_eq!(look(&ada, &event, &adas).await["position"], 1);
    assert_eq!(look(&ben, &event, &bens).await["position"], 2);
    let last = look(&eve, &event, "").await;
    assert_eq!(
        (&last["position"], &last["waiting"], &last["status"]),
        (&json!(3), &json!(3), &json!("waiting"))
    );
    assert!(last["estimated_wait_seconds"].is_u64());
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_place_stays_the_same_however_often_it_is_asked_for(pool: PgPool) {
    let worlds = replicas(pool, CLOSED).await;
    let event = hot(&worlds[0], 10, None);
    let ada = worlds[0].person();
    let first = join(&ada, &event).await;
    let place = text(&first, "place");
    let elsewhere = Person {
        id: ada.id,
        api: worlds[1].api.with_token(testkit::token(ada.id, &[])),
    };
    for again in [
        join(&ada, &event).await,
        join(&elsewhere, &event).await,
        queue(&elsewhere, Method::POST, &event, place)
            .await
            .expect(200),
        look(&ada, &event, place).await,
    ] {
        assert_eq!(again, first);
    }
    // Somebody else's place is none, nor is one of another event.
    let ben = worlds[0].person();
    queue(&ben, Method::GET, &event, place)
        .await
        .problem(404, "not_in_queue");
    let other = hot(&worlds[0], 10, None);
    queue(&ada, Method::GET, &other, place)
        .await
        .problem(404, "not_in_queue");
    let path = format!("/events/{}/queue/stream?place={place}", other.id);
    ada.api.get(&path).await.problem(422, "invalid_request");
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn who_was_early_gets_a_random_order_when_the_sale_starts(pool: PgPool) {
    let worlds = replicas(pool, CLOSED).await;
    let start = Utc::now() + TimeDelta::seconds(8);
    let event = hot(&worlds[0], 100, Some(start));
    let early: Vec<_> = (0..30).map(|n| worlds[n % 2].person()).collect();
    for (n, person) in (1..).zip(&early) {
        let view = join(person, &event).await;
        assert_eq!(
            (&view["status"], &view["position"], &view["waiting"]),
            (&json!("early"), &Value::Null, &json!(n))
        );
    }
    assert!(Utc::now() < start, "the sale began too soon for this test");
    reach(&early[0], &event, "", "waiting").await;
    let late = worlds[0].person();
    assert_eq!(join(&late, &event).await["position"], 31);
    let mut order = Vec::new();
    for person in &early {
        order.push(look(person, &event, "").await["position"].as_u64().unwrap());
    }
    assert!(!order.is_sorted(), "{order:?}");
    order.sort_unstable();
    assert_eq!(order, (1..=30).collect::<Vec<_>>());
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn who_leaves_lets_the_next_one_move_up_and_starts_again_at_the_end(pool: PgPool) {
    let worlds = replicas(pool, CLOSED).await;
    let event = hot(&worlds[0], 10, None);
    let [ada, ben, eve] = [worlds[0].person(), worlds[1].person(), worlds[0].person()];
    let adas = place_of(&ada, &event, 30);
    let bens = place_of(&ben, &event, 20);
    assert_eq!(look(&ada, &event, &adas).await["position"], 1);
    assert_eq!(look(&ben, &event, &bens).await["position"], 2);
    // Who is not in line is told the same as who was.
    for person in [&eve, &ada, &ada] {
        queue(person, Method::DELETE, &event, "").await.expect(204);
    }
    assert_eq!(look(&ben, &event, &bens).await["position"], 1);
    for place in ["", &adas] {
        queue(&ada, Method::GET, &event, place)
            .await
            .problem(404, "not_in_queue");
    }
    let again = queue(&ada, Method::POST, &event, &adas).await.expect(200);
    assert_eq!(again["position"], 2);
    assert_ne!(text(&again, "place"), adas);
    // The old place stays spent, and the new one is good.
    assert_eq!(look(&ada, &event, &adas).await, again);
    assert_eq!(look(&ada, &event, text(&again, "place")).await, again);

    // Before the sale, too.
    let early = hot(&worlds[0], 10, Some(Utc::now() + TimeDelta::hours(1)));
    join(&ada, &early).await;
    let seen = look(&ada, &early, "").await;
    queue(&ada, Method::DELETE, &early, "").await.expect(204);
    queue(&ada, Method::GET, &early, text(&seen, "place"))
        .await
        .problem(404, "not_in_queue");

    let no_line = worlds[0].general(10);
    queue(&ada, Method::DELETE, &no_line, "")
        .await
        .problem(409, "no_queue");
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn who_left_slows_nobody_and_may_come_back(pool: PgPool) {
    let impatient = QueueSettings {
        patience: Duration::from_secs(2),
        ..CLOSED
    };
    let worlds = replicas(pool, impatient).await;
    let event = hot(&worlds[0], 10, None);
    let [ada, ben] = [worlds[0].person(), worlds[1].person()];
    let adas = place_of(&ada, &event, 30);
    look(&ada, &event, &adas).await;
    let bens = join(&ben, &event).await;
    assert_eq!(bens["position"], 2);
    let mut stream = Stream::open(&worlds[1], &event, text(&bens, "place")).await;
    stream.hear(|view| view["position"] == 1).await;
    queue(&ada, Method::GET, &event, "")
        .await
        .problem(404, "not_in_queue");
    assert_eq!(look(&ada, &event, &adas).await["position"], 1);
    stream.hear(|view| view["position"] == 2).await;
}
