//! A catalog on a database of its own, and people who use it.

use axum::http::Method;
use catalog::{App, Parts, pages::Pages, tally::Tally};
use chrono::{Duration, Utc};
use contracts::UserId;
use kit::{client::Client, config::RedisConfig, outbox::OutboxSignal, process::Shutdown};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, Api, Issuer};

pub(crate) struct World {
    pub(crate) pool: PgPool,
    pub(crate) api: Api,
    pub(crate) pages: Pages,
}

/// Somebody with an organisation.
pub(crate) struct Organiser {
    pub(crate) user: UserId,
    pub(crate) api: Api,
    pub(crate) organisation: String,
}

impl World {
    pub(crate) async fn new(pool: &PgPool) -> Self {
        let redis = RedisConfig {
            url: testkit::redis_url().into(),
        };
        let pages = Pages::new(kit::redis::connect(&redis, &Shutdown::new()).await.unwrap());
        let app = App::new(Parts {
            pool: pool.clone(),
            verifier: Issuer::shared().verifier(),
            pages: pages.clone(),
            tally: Tally::default(),
            client: Client::new().unwrap(),
            // Nobody listens there.
            booking: "http://127.0.0.1:9".parse().unwrap(),
            outbox: OutboxSignal::default(),
        });
        Self {
            pool: pool.clone(),
            api: Api::new(catalog::router(app)),
            pages,
        }
    }

    pub(crate) fn person(&self, user: UserId) -> Api {
        self.api.with_token(testkit::token(user, &[]))
    }

    pub(crate) fn stranger(&self) -> Api {
        self.person(UserId::new())
    }

    pub(crate) async fn organiser(&self) -> Organiser {
        let user = UserId::new();
        let api = self.person(user);
        let made = api
            .post("/organisations", json!({"name": "City Theatre"}))
            .await
            .expect(201);
        Organiser {
            user,
            api,
            organisation: made["id"].as_str().unwrap().to_owned(),
        }
    }

    /// Somebody who checks tickets in for the organiser.
    pub(crate) async fn staff(&self, organiser: &Organiser) -> Api {
        let user = UserId::new();
        sqlx::query(
            "INSERT INTO members (organisation_id, user_id, role) VALUES ($1::uuid, $2, 'staff')",
        )
        .bind(&organiser.organisation)
        .bind(user.as_uuid())
        .execute(&self.pool)
        .await
        .unwrap();
        self.person(user)
    }

    /// The messages in the outbox, oldest first.
    pub(crate) async fn messages(&self) -> Vec<Value> {
        sqlx::query_scalar("SELECT payload FROM outbox ORDER BY id")
            .fetch_all(&self.pool)
            .await
            .unwrap()
    }
}

impl Organiser {
    pub(crate) fn event(&self) -> Value {
        let starts = Utc::now() + Duration::days(30);
        json!({
            "organisation_id": self.organisation, "title": "Rust by the Danube", "category": "conference", "tags": ["rust"],
            "starts_at": starts, "ends_at": starts + Duration::hours(8), "time_zone": "Europe/Vienna",
            "venue": {"name": "City Hall", "address": "Ring 2", "city": "Vienna", "country": "AT"},
            "ticket_types": [{"name": "Regular", "price": {"amount": 12000, "currency": "EUR"}, "capacity": 300}],
        })
    }

    /// A draft like [`Self::event`] with some fields replaced.
    pub(crate) async fn draft(&self, changes: Value) -> Value {
        let mut event = self.event();
        event
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().cloned().unwrap_or_default());
        self.api.post("/events", event).await.expect(201)
    }

    pub(crate) async fn published(&self, changes: Value) -> Value {
        let draft = self.draft(changes).await;
        self.api
            .post(&format!("/events/{}/publish", id(&draft)), json!({}))
            .await
            .expect(200)
    }

    pub(crate) async fn edit(&self, event: &Value, patch: Value) -> Answer {
        edit(&self.api, event, patch).await
    }
}

/// Edits `event` as the version that it is.
pub(crate) async fn edit(api: &Api, event: &Value, patch: Value) -> Answer {
    api.request(Method::PATCH, &format!("/events/{}", id(event)))
        .header("if-match", &format!("\"{}\"", event["version"]))
        .json(&patch)
        .send()
        .await
}

pub(crate) fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// The pointers of a 422.
pub(crate) fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect()
}

/// A hall of one zone: `rows` rows of `seats` seats in the stalls, and a box of two.
pub(crate) fn hall(rows: usize, seats: usize) -> Value {
    let seat = |guid: String, n: usize, category: &str| json!({"seat_guid": guid, "seat_number": (n + 1).to_string(), "position": {"x": n, "y": 0}, "category": category});
    let mut all: Vec<Value> = (0..rows)
        .map(|r| {
            let seats: Vec<_> = (0..seats)
                .map(|n| seat(format!("{r}-{n}"), n, "Stalls"))
                .collect();
            json!({"row_number": r.to_string(), "position": {"x": 0, "y": r}, "seats": seats})
        })
        .collect();
    let boxed: Vec<_> = (0..2).map(|n| seat(format!("box-{n}"), n, "Box")).collect();
    all.push(json!({"row_number": "Box", "position": {"x": 50, "y": 0}, "seats": boxed}));
    json!({
        "name": "Hall", "size": {"width": 100, "height": 100},
        "categories": [{"name": "Stalls", "color": "#2563eb"}, {"name": "Box", "color": "#be123c"}],
        "zones": [{"name": "Floor", "position": {"x": 10, "y": 10}, "rows": all}],
    })
}

/// An event on a plan of a venue, not published.
pub(crate) async fn seated(organiser: &Organiser, plan: Value) -> Value {
    let venue = json!({"organisation_id": organiser.organisation, "name": "Theatre", "city": "Graz", "country": "AT"});
    let venue = organiser.api.post("/venues", venue).await.expect(201);
    let plan = organiser
        .api
        .post(&format!("/venues/{}/seating-plans", id(&venue)), plan)
        .await
        .expect(201);
    organiser
        .draft(json!({
            "venue": null, "venue_id": id(&venue), "seating_plan_id": id(&plan),
            "ticket_types": [
                {"name": "Stalls", "price": {"amount": 4500, "currency": "EUR"}, "seating_categories": ["Stalls"]},
                {"name": "Box", "price": {"amount": 9000, "currency": "EUR"}, "seating_categories": ["Box"]},
            ],
        }))
        .await
}
