//! `draft → published → cancelled`, and who sees what.

use axum::http::Method;
use chrono::{Duration, Utc};
use serde_json::json;
use sqlx::PgPool;

use crate::world::{World, id, pointers};

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn a_draft_becomes_public_and_others_hear_of_it(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let draft = olga.draft(json!({})).await;
    assert_eq!(
        (
            &draft["status"],
            &draft["capacity"],
            &draft["max_per_buyer"]
        ),
        (&json!("draft"), &json!(300), &json!(10))
    );
    let path = format!("/events/{}", id(&draft));
    world.api.get(&path).await.problem(404, "event_not_found");
    world
        .stranger()
        .get(&path)
        .await
        .problem(404, "event_not_found");
    olga.api.get(&path).await.expect(200);
    world
        .stranger()
        .post(&format!("{path}/publish"), json!({}))
        .await
        .problem(404, "event_not_found");
    world
        .staff(&olga)
        .await
        .post(&format!("{path}/publish"), json!({}))
        .await
        .problem(403, "forbidden");

    let published = olga
        .api
        .post(&format!("{path}/publish"), json!({}))
        .await
        .expect(200);
    assert_eq!(published["status"], "published");
    assert_eq!(world.api.get(&path).await.expect(200), published);
    olga.api
        .post(&format!("{path}/publish"), json!({}))
        .await
        .problem(409, "invalid_transition");
    olga.api
        .delete(&path)
        .await
        .problem(409, "invalid_transition");

    let cancelled = olga
        .api
        .post(
            &format!("{path}/cancel"),
            json!({"reason": "The singer is ill."}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&cancelled["status"], &cancelled["cancel_reason"]),
        (&json!("cancelled"), &json!("The singer is ill."))
    );
    olga.api
        .post(&format!("{path}/cancel"), json!({}))
        .await
        .problem(409, "invalid_transition");
    olga.edit(&cancelled, json!({"title": "x"}))
        .await
        .problem(409, "invalid_transition");

    let messages = world.messages().await;
    let kinds: Vec<_> = messages
        .iter()
        .map(|message| message["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["catalog.event.published", "catalog.event.cancelled"]
    );
    assert_eq!(messages[1]["reason"], "The singer is ill.");
    assert!(messages[0]["version"].as_i64() < messages[1]["version"].as_i64());
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn what_nobody_can_buy_or_visit_is_not_published(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let publish = async |changes| {
        let draft = olga.draft(changes).await;
        let answer = olga
            .api
            .post(&format!("/events/{}/publish", id(&draft)), json!({}))
            .await;
        answer.problem(422, "invalid_request")["errors"][0]["pointer"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(publish(json!({"ticket_types": []})).await, "/ticket_types");
    let past = Utc::now() - Duration::days(3);
    assert_eq!(
        publish(json!({"starts_at": past, "ends_at": past + Duration::hours(1)})).await,
        "/ends_at"
    );
    olga.published(json!({"ticket_types": [], "external_url": "https://example.com"}))
        .await;
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn a_draft_is_deleted_and_an_event_duplicated(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let draft = olga.draft(json!({})).await;
    assert_eq!(
        olga.api
            .delete(&format!("/events/{}", id(&draft)))
            .await
            .status,
        204
    );
    olga.api
        .get(&format!("/events/{}", id(&draft)))
        .await
        .problem(404, "event_not_found");

    let original = olga.published(json!({})).await;
    let path = format!("/events/{}/duplicate", id(&original));
    let copy = olga.api.post(&path, json!({})).await.expect(201);
    assert_eq!(
        (&copy["status"], &copy["title"]),
        (&json!("draft"), &json!("Copy of Rust by the Danube"))
    );
    assert_ne!(
        copy["ticket_types"][0]["id"],
        original["ticket_types"][0]["id"]
    );
    world
        .stranger()
        .post(&path, json!({}))
        .await
        .problem(404, "event_not_found");
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn a_request_with_a_key_is_done_once(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let template = olga.event();
    let make = async |title: &str| {
        let mut event = template.clone();
        event["title"] = json!(title);
        olga.api
            .request(Method::POST, "/events")
            .header("idempotency-key", "one")
            .json(&event)
            .send()
            .await
    };
    let first = make("A").await.expect(201);
    assert_eq!(make("A").await.expect(201), first);
    make("B").await.problem(422, "idempotency_key_reused");
    let publish = async || {
        let path = format!("/events/{}/publish", id(&first));
        olga.api
            .request(Method::POST, &path)
            .header("idempotency-key", "two")
            .json(&json!({}))
            .send()
            .await
    };
    assert_eq!(publish().await.expect(200), publish().await.expect(200));
    assert_eq!(world.messages().await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn wrong_input_names_each_field(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let wrong = async |changes: serde_json::Value| {
        let mut event = olga.event();
        event
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().cloned().unwrap());
        let problem = olga
            .api
            .post("/events", event)
            .await
            .problem(422, "invalid_request");
        pointers(&problem)
            .into_iter()
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(wrong(json!({"title": ""})).await, ["/title"]);
    assert_eq!(wrong(json!({"title": 7})).await, ["/title"]);
    assert_eq!(wrong(json!({"time_zone": "Vienna"})).await, ["/time_zone"]);
    assert_eq!(
        wrong(json!({"image_url": "javascript:alert(1)"})).await,
        ["/image_url"]
    );
    assert_eq!(
        wrong(json!({"ends_at": "2026-01-01T00:00:00Z", "max_per_buyer": 0})).await,
        ["/ends_at", "/max_per_buyer"]
    );
    assert_eq!(wrong(json!({"colour": "red"})).await, ["/colour"]);
    let price = |amount: i64, currency: &str| json!({"amount": amount, "currency": currency});
    let kinds = json!({"ticket_types": [
        {"name": "A", "price": price(-1, "EUR"), "capacity": 1},
        {"name": "A", "price": price(1, "USD"), "capacity": 1_000_001, "max_per_order": 0},
    ]});
    assert_eq!(
        wrong(kinds).await,
        [
            "/ticket_types/0/price/amount",
            "/ticket_types/1/name",
            "/ticket_types/1/price/currency",
            "/ticket_types/1/capacity",
            "/ticket_types/1/max_per_order",
        ]
    );
    let foreign = world.organiser().await;
    let mut event = olga.event();
    event["organisation_id"] = json!(foreign.organisation);
    olga.api
        .post("/events", event)
        .await
        .problem(404, "organisation_not_found");
    assert_eq!(
        wrong(json!({"venue": null, "venue_id": uuid::Uuid::now_v7()})).await,
        ["/venue_id"]
    );
}
