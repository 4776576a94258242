//! Who is let in, and what an admission is good for.

use std::time::{Duration, Instant};

use axum::http::Method;
use booking::queue::QueueSettings;
use chrono::Utc;
use futures::future::join_all;
use serde_json::json;
use sqlx::PgPool;
use testkit::eventually;

use super::{
    PATIENCE, Stream, book, hot, join, keys, look, place_of, queue, reach, redis, replicas, text,
};
use crate::world::{QUICK, World};

#[sqlx::test(migrations = "../../migrations/booking")]
async fn who_leaves_when_it_is_their_turn_lets_the_next_one_in(pool: PgPool) {
    let one_at_a_time = QueueSettings { active: 1, ..QUICK };
    let worlds = replicas(pool, one_at_a_time).await;
    let event = hot(&worlds[0], 10, None);
    let [ada, ben] = [worlds[0].person(), worlds[1].person()];
    let adas = place_of(&ada, &event, 30);
    let bens = place_of(&ben, &event, 20);
    look(&ada, &event, &adas).await;
    look(&ben, &event, &bens).await;
    reach(&ada, &event, &adas, "admitted").await;
    assert_eq!(look(&ben, &event, &bens).await["status"], "waiting");
    queue(&ada, Method::DELETE, &event, "").await.expect(204);
    queue(&ada, Method::GET, &event, &adas)
        .await
        .problem(404, "not_in_queue");
    reach(&ben, &event, &bens, "admitted").await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn an_admission_is_for_its_buyer_and_event_until_it_ends(pool: PgPool) {
    let world = World::new(pool).await;
    let event = hot(&world, 10, None);
    let other = hot(&world, 10, None);
    let [ada, ben] = [world.person(), world.person()];
    let place = join(&ada, &event).await;
    let admitted = reach(&ada, &event, text(&place, "place"), "admitted").await;
    let admission = text(&admitted, "admission");
    ada.book(json!({"event_id": event.id, "seats": 1}))
        .await
        .problem(403, "queue_required");
    book(&ben, event.id, 1, admission)
        .await
        .problem(403, "queue_required");
    book(&ada, other.id, 1, admission)
        .await
        .problem(403, "queue_required");
    let past = u64::try_from(Utc::now().timestamp_millis()).unwrap();
    let ended = keys().admission(event.id, ada.id, past);
    book(&ada, event.id, 1, &ended)
        .await
        .problem(403, "queue_required");
    book(&ada, event.id, 1, text(&place, "place"))
        .await
        .problem(403, "queue_required");
    book(&ada, event.id, 1, admission).await.expect(201);
    // It may be used again until it ends; limits on tickets are the event's.
    book(&ada, event.id, 1, admission).await.expect(201);
    // The same on the stream.
    let mut stream = Stream::open(&world, &event, text(&place, "place")).await;
    assert_eq!(stream.next().await.unwrap()["admission"], admission);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_place_is_used_once(pool: PgPool) {
    let brief = QueueSettings {
        admission: Duration::from_secs(3),
        ..QUICK
    };
    let [world, _] = replicas(pool, brief).await;
    let event = hot(&world, 10, None);
    let ada = world.person();
    let place = place_of(&ada, &event, 30);
    queue(&ada, Method::POST, &event, &place).await.expect(200);
    let mut stream = Stream::open(&world, &event, &place).await;
    stream.hear(|view| view["status"] == "admitted").await;
    stream.hear(|view| view["status"] == "absent").await;
    assert_eq!(stream.next().await, None);
    queue(&ada, Method::GET, &event, &place)
        .await
        .problem(404, "not_in_queue");
    let again = queue(&ada, Method::POST, &event, &place).await.expect(200);
    assert_eq!(again["status"], "waiting");
    assert_ne!(again["place"], place);
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn the_next_comes_when_one_has_booked(pool: PgPool) {
    let one_by_one = QueueSettings { active: 1, ..QUICK };
    let worlds = replicas(pool, one_by_one).await;
    let event = hot(&worlds[0], 10, None);
    let [ada, ben] = [worlds[0].person(), worlds[1].person()];
    let adas = place_of(&ada, &event, 30);
    queue(&ada, Method::POST, &event, &adas).await.expect(200);
    let bens = join(&ben, &event).await;
    let admitted = reach(&ada, &event, &adas, "admitted").await;
    let mut stream = Stream::open(&worlds[1], &event, text(&bens, "place")).await;
    let first = stream.next().await.unwrap();
    assert_eq!(
        (&first["status"], &first["position"]),
        (&json!("waiting"), &json!(1))
    );
    book(&ada, event.id, 1, text(&admitted, "admission"))
        .await
        .expect(201);
    let admitted = stream.hear(|view| view["status"] == "admitted").await;
    book(&ben, event.id, 1, text(&admitted, "admission"))
        .await
        .expect(201);
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn two_replicas_admit_together_no_more_than_the_rate(pool: PgPool) {
    let slow = QueueSettings {
        per_second: 20,
        ..QUICK
    };
    let worlds = replicas(pool, slow).await;
    let event = hot(&worlds[0], 1_000, None);
    let people: Vec<_> = (0..80).map(|n| worlds[n % 2].person()).collect();
    join_all(people.iter().map(|person| join(person, &event))).await;
    let mut redis = redis().await;
    let key = format!("queue:{{{}}}:admitted", event.id);
    let mut admitted = async || -> usize {
        redis::cmd("ZCARD")
            .arg(&key)
            .query_async(&mut redis)
            .await
            .unwrap()
    };
    let mut first = None;
    let mut counted = 0;
    eventually("all are admitted", PATIENCE, async || {
        counted = admitted().await;
        if counted > 0 && first.is_none() {
            first = Some((Instant::now(), counted));
        }
        Ok(counted == people.len())
    })
    .await
    .unwrap();
    let (began, already) = first.unwrap();
    // What was admitted since took its time; a second's worth may come at once.
    let least = Duration::from_secs(u64::try_from(counted - already - 20).unwrap()) / 20;
    assert!(
        began.elapsed() >= least,
        "{:?} < {least:?}",
        began.elapsed()
    );
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_queue_pauses_while_all_is_held_and_ends_sold_out(pool: PgPool) {
    let one_by_one = QueueSettings { active: 1, ..QUICK };
    let worlds = replicas(pool, one_by_one).await;
    let event = hot(&worlds[0], 2, None);
    let [ada, ben] = [worlds[0].person(), worlds[1].person()];
    let adas = place_of(&ada, &event, 30);
    queue(&ada, Method::POST, &event, &adas).await.expect(200);
    let bens = join(&ben, &event).await;
    let mut stream = Stream::open(&worlds[1], &event, text(&bens, "place")).await;
    let admitted = reach(&ada, &event, &adas, "admitted").await;
    let held = book(&ada, event.id, 2, text(&admitted, "admission"))
        .await
        .expect(201);
    let paused = stream.hear(|view| view["status"] == "paused").await;
    assert_eq!(paused["position"], 1);
    worlds[0].pay(&held).await;
    stream.hear(|view| view["status"] == "sold_out").await;
    assert_eq!(stream.next().await, None);
    let eve = worlds[0].person();
    assert_eq!(join(&eve, &event).await["status"], "sold_out");
}
