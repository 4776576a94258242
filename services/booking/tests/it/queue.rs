//! The waiting room: who stands where, who is let in, and what a lost Redis changes.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use axum::{body::BodyDataStream, http::Method};
use booking::{
    domain::TicketKeys,
    queue::{QueueKeys, QueueSettings},
};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::{EventId, EventSnapshot};
use futures::{StreamExt as _, future::join_all};
use kit::{config::RedisConfig, outbox::OutboxSignal, redis::Redis};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, eventually};
use tokio::{io::copy_bidirectional, net::TcpListener, net::TcpStream, sync::watch};

use crate::{
    catalog::Catalog,
    world::{LONG, Person, QUICK, SIGNING_KEY, World, event, general},
};

/// What happens does so within this.
const PATIENCE: Duration = Duration::from_secs(30);

/// Nobody is admitted.
const CLOSED: QueueSettings = QueueSettings { active: 0, ..QUICK };

/// Two replicas with the same settings.
async fn replicas(pool: PgPool, settings: QueueSettings) -> [World; 2] {
    let catalog = Catalog::default();
    [
        replica(&pool, &catalog, settings, &testkit::redis_url()).await,
        replica(&pool, &catalog, settings, &testkit::redis_url()).await,
    ]
}

async fn replica(pool: &PgPool, catalog: &Catalog, settings: QueueSettings, redis: &str) -> World {
    let outbox = OutboxSignal::default();
    World::with_queue(pool.clone(), LONG, catalog.clone(), outbox, settings, redis).await
}

fn hot(world: &World, capacity: u32, sales_start: Option<DateTime<Utc>>) -> EventSnapshot {
    let mut kind = general(capacity, 1_000);
    kind.sales_start = sales_start;
    let hot = EventSnapshot {
        waiting_room: true,
        ..event(vec![kind])
    };
    world.publish(hot, &[])
}

async fn queue(person: &Person, method: Method, event: &EventSnapshot, place: &str) -> Answer {
    let path = format!("/events/{}/queue", event.id);
    person
        .api
        .request(method, &path)
        .header("queue-place", place)
        .send()
        .await
}

async fn join(person: &Person, event: &EventSnapshot) -> Value {
    queue(person, Method::POST, event, "").await.expect(200)
}

async fn look(person: &Person, event: &EventSnapshot, place: &str) -> Value {
    queue(person, Method::GET, event, place).await.expect(200)
}

/// Waits until somebody's place has this status, and gives it.
async fn reach(person: &Person, event: &EventSnapshot, place: &str, status: &str) -> Value {
    let mut view = Value::Null;
    eventually(status, PATIENCE, async || {
        view = look(person, event, place).await;
        Ok(view["status"] == status)
    })
    .await
    .unwrap();
    view
}

async fn book(person: &Person, event: EventId, seats: u32, admission: &str) -> Answer {
    person
        .api
        .request(Method::POST, "/bookings")
        .header("queue-admission", admission)
        .json(&json!({"event_id": event, "seats": seats}))
        .send()
        .await
}

fn text<'a>(view: &'a Value, name: &str) -> &'a str {
    view[name].as_str().unwrap()
}

fn keys() -> QueueKeys {
    QueueKeys::new(&TicketKeys::new(&SIGNING_KEY, &[]))
}

/// A place of somebody who arrived so many seconds ago.
fn place_of(person: &Person, event: &EventSnapshot, seconds_ago: u64) -> String {
    let now = u64::try_from(Utc::now().timestamp()).unwrap();
    keys().place(event.id, person.id, now - seconds_ago)
}

async fn redis() -> Redis {
    let config = RedisConfig {
        url: testkit::redis_url().into(),
    };
    kit::redis::connect(&config, &kit::process::Shutdown::new())
        .await
        .unwrap()
}

/// What a Redis that lost its data knows of the event: nothing.
async fn lose(event: &EventSnapshot) {
    let mut redis = redis().await;
    for key in ["line", "alive", "active", "admitted", "pace"] {
        let key = format!("queue:{{{}}}:{key}", event.id);
        let () = redis::cmd("DEL")
            .arg(key)
            .query_async(&mut redis)
            .await
            .unwrap();
    }
}

/// Somebody's stream.
struct Stream(BodyDataStream, String);

impl Stream {
    async fn open(world: &World, event: &EventSnapshot, place: &str) -> Self {
        let path = format!("/events/{}/queue/stream?place={place}", event.id);
        let response = world.api.request(Method::GET, &path).stream().await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body().into_data_stream(), String::new())
    }

    /// The next view, or `None` at the end.
    async fn next(&mut self) -> Option<Value> {
        let read = async {
            loop {
                if let Some(end) = self.1.find("\n\n") {
                    let event: String = self.1.drain(..end + 2).collect();
                    let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                    if let Some(data) = data {
                        return Some(serde_json::from_str(data).unwrap());
                    }
                    continue;
                }
                let part = self.0.next().await?;
                self.1.push_str(&String::from_utf8_lossy(&part.unwrap()));
            }
        };
        tokio::time::timeout(PATIENCE, read).await.unwrap()
    }

    async fn hear(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let view = self.next().await.unwrap();
            if wanted(&view) {
                return view;
            }
        }
    }
}

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
async fn places_that_redis_lost_come_back(pool: PgPool) {
    let worlds = replicas(pool, CLOSED).await;
    let event = hot(&worlds[0], 10, None);
    let people: Vec<_> = (0..4).map(|n| worlds[n % 2].person()).collect();
    let mut places = Vec::new();
    for (ago, person) in (0..).zip(&people) {
        let place = place_of(person, &event, 40 - 10 * ago);
        look(person, &event, &place).await;
        places.push(place);
    }
    let mut stream = Stream::open(&worlds[1], &event, &places[1]).await;
    stream.hear(|view| view["position"] == 2).await;
    lose(&event).await;
    // A newcomer is first for a moment; then the others are back, each where they were.
    let newcomer = worlds[0].person();
    join(&newcomer, &event).await;
    for (person, place) in people.iter().zip(&places).rev() {
        look(person, &event, place).await;
    }
    for (position, (person, place)) in (1..).zip(people.iter().zip(&places)) {
        assert_eq!(look(person, &event, place).await["position"], position);
    }
    assert_eq!(look(&newcomer, &event, "").await["position"], 5);

    // Whoever follows on a stream need not even ask.
    lose(&event).await;
    eventually("the stream restores its place", PATIENCE, async || {
        Ok(queue(&people[1], Method::GET, &event, "").await.status == 200)
    })
    .await
    .unwrap();
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

/// A way to Redis that can be cut.
async fn cuttable() -> (String, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (real, here) = (testkit::redis_url(), listener.local_addr().unwrap());
    // Whatever stands before and behind the address (a password, a database) stays.
    let address = real.rsplit(['@', '/']).find(|part| part.contains(':'));
    let target = address.unwrap().to_owned();
    let url = real.replace(&target, &here.to_string());
    let (sender, cut) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((mut inbound, _)) = listener.accept().await {
            let (mut cut, target) = (cut.clone(), target.clone());
            tokio::spawn(async move {
                if *cut.borrow() {
                    return;
                }
                let mut outbound = TcpStream::connect(target).await.unwrap();
                let copying = pin!(copy_bidirectional(&mut inbound, &mut outbound));
                tokio::select! {
                    _ = copying => {}
                    _ = cut.wait_for(|cut| *cut) => {}
                }
            });
        }
    });
    (url, sender)
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn while_redis_is_away_the_admitted_buy_and_the_others_wait(pool: PgPool) {
    let (url, cut) = cuttable().await;
    let one_by_one = QueueSettings { active: 1, ..QUICK };
    let world = replica(&pool, &Catalog::default(), one_by_one, &url).await;
    let event = hot(&world, 10, None);
    let [ada, ben] = [world.person(), world.person()];
    let adas = place_of(&ada, &event, 30);
    queue(&ada, Method::POST, &event, &adas).await.expect(200);
    let admitted = reach(&ada, &event, &adas, "admitted").await;
    let bens = place_of(&ben, &event, 20);
    queue(&ben, Method::POST, &event, &bens).await.expect(200);
    let mut stream = Stream::open(&world, &event, &bens).await;
    stream.hear(|view| view["status"] == "waiting").await;

    cut.send_replace(true);
    stream.hear(|view| view["status"] == "unavailable").await;
    let problem = queue(&ben, Method::GET, &event, &bens).await;
    assert!(problem.headers.contains_key("retry-after"));
    problem.problem(503, "unavailable");
    ben.book(json!({"event_id": event.id, "seats": 1}))
        .await
        .problem(403, "queue_required");
    book(&ada, event.id, 1, text(&admitted, "admission"))
        .await
        .expect(201);

    lose(&event).await;
    cut.send_replace(false);
    stream
        .hear(|view| view["status"] == "waiting" || view["status"] == "admitted")
        .await;
    reach(&ben, &event, &bens, "admitted").await;
    world.assert_consistent().await;
}
