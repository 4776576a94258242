//! The waiting room: who stands where, who is let in, and what a lost Redis changes; here what the tests of all three use.

mod admission;
mod line;
mod outage;

use std::time::Duration;

use axum::{body::BodyDataStream, http::Method};
use booking::{
    domain::TicketKeys,
    queue::{QueueKeys, QueueSettings},
};
use chrono::{DateTime, Utc};
use contracts::{EventId, EventSnapshot};
use futures::StreamExt as _;
use kit::{config::RedisConfig, outbox::OutboxSignal, redis::Redis};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, eventually};

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
