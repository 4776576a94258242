//! Finding events.

use std::collections::BTreeSet;

use chrono::{Duration, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::Api;

use crate::world::{World, id};

async fn titles(api: &Api, query: &str) -> Vec<String> {
    let page = api.get(&format!("/events?{query}")).await.expect(200);
    let items = page["items"].as_array().unwrap().clone();
    items
        .iter()
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

fn at(days: i64) -> Value {
    let starts = Utc::now() + Duration::days(days);
    json!({"starts_at": starts, "ends_at": starts + Duration::hours(2)})
}

fn with(mut event: Value, changes: &Value) -> Value {
    event
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().cloned().unwrap());
    event
}

fn price(amount: i64) -> Value {
    json!([{"name": "Regular", "price": {"amount": amount, "currency": "EUR"}, "capacity": 10}])
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn words_filters_and_order(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let zurich = json!({"name": "Kongresshaus", "city": "Zürich", "country": "CH"});
    olga.published(with(
        at(1),
        &json!({"title": "Jazz im Café", "category": "music", "ticket_types": price(3000)}),
    ))
    .await;
    olga.published(with(
        at(2),
        &json!({"title": "Rust Conference", "venue": zurich, "ticket_types": price(500)}),
    ))
    .await;
    olga.published(with(at(3), &json!({"title": "Evening", "description": "Some jazz too.", "category": "music", "ticket_types": price(0)}))).await;
    olga.draft(json!({"title": "Secret jazz"})).await;

    let api = &world.api;
    assert_eq!(
        titles(api, "").await,
        ["Jazz im Café", "Rust Conference", "Evening"]
    );
    assert_eq!(
        titles(api, "sort=-starts_at").await,
        ["Evening", "Rust Conference", "Jazz im Café"]
    );
    assert_eq!(
        titles(api, "sort=price").await,
        ["Evening", "Rust Conference", "Jazz im Café"]
    );
    // A title counts for more than a description.
    assert_eq!(titles(api, "q=jazz").await, ["Jazz im Café", "Evening"]);
    assert_eq!(titles(api, "q=CAFE").await, ["Jazz im Café"]);
    assert_eq!(titles(api, "q=conference%20zur").await, ["Rust Conference"]);
    assert_eq!(titles(api, "q=%27%29%20%26%20%7C%20%3A%2A").await.len(), 3);
    assert_eq!(titles(api, "city=zurich").await, ["Rust Conference"]);
    assert_eq!(titles(api, "country=CH").await, ["Rust Conference"]);
    assert_eq!(
        titles(api, "category=music").await,
        ["Jazz im Café", "Evening"]
    );
    assert_eq!(
        titles(api, "price_min=1&price_max=1000").await,
        ["Rust Conference"]
    );
    let day = |days| {
        (Utc::now() + Duration::days(days))
            .format("%Y-%m-%dT%H:%M:%S.%fZ")
            .to_string()
    };
    // Made at "in 2 days", which is a moment before "in 2 days" now.
    assert_eq!(titles(api, &format!("from={}", day(2))).await, ["Evening"]);
    assert_eq!(
        titles(api, &format!("to={}", day(2))).await,
        ["Jazz im Café", "Rust Conference"]
    );
    let counts = api.get("/categories").await.expect(200);
    assert_eq!(counts["items"][0], json!({"category": "music", "count": 2}));
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn pages_are_whole_in_every_order(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let mut all = BTreeSet::new();
    for n in 0..13 {
        // Ties in time, price and rank.
        let event = with(
            at(1 + n / 5),
            &json!({"title": "Jazz", "ticket_types": price(n / 4)}),
        );
        all.insert(id(&olga.published(event).await).to_owned());
    }
    for order in [
        "sort=starts_at",
        "sort=-starts_at",
        "sort=price",
        "q=jazz",
        "q=ja&category=conference&sort=price",
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world
                .api
                .get(&format!("/events?limit=4&{order}{cursor}"))
                .await
                .expect(200);
            seen.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| id(item).to_owned()),
            );
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len(), 13, "{order}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), all, "{order}");
    }
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn members_find_their_drafts_and_nobody_else(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    olga.draft(json!({"title": "Draft"})).await;
    olga.published(json!({"title": "Published"})).await;
    let own = format!("organisation_id={}", olga.organisation);
    assert_eq!(titles(&olga.api, &own).await.len(), 2);
    assert_eq!(
        titles(&olga.api, &format!("{own}&status=draft")).await,
        ["Draft"]
    );
    assert_eq!(
        titles(&olga.api, &format!("{own}&status=published")).await,
        ["Published"]
    );
    assert_eq!(titles(&world.stranger(), &own).await, ["Published"]);
    assert!(
        titles(&world.stranger(), &format!("{own}&status=draft"))
            .await
            .is_empty()
    );
    world
        .api
        .get("/events?status=draft")
        .await
        .problem(401, "unauthorized");
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn wrong_filters_name_the_parameter(pool: PgPool) {
    let world = World::new(&pool).await;
    for (query, pointer) in [
        ("limit=0", "?limit"),
        ("limit=x", "?limit"),
        ("cursor=abc", "?cursor"),
        ("price_min=-1", "?price_min"),
        ("price_max=x", "?price_max"),
        ("from=yesterday", "?from"),
        ("available=maybe", "?available"),
        ("sort=random", "?sort"),
        ("country=Austria", "?country"),
        ("q=%00", "?q"),
    ] {
        let problem = world
            .api
            .get(&format!("/events?{query}"))
            .await
            .problem(422, "invalid_request");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{query}");
    }
}
