//! Edits with ETag and If-Match.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use crate::world::{World, edit, id};

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn an_edit_needs_the_version_it_changes(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let draft = olga.draft(json!({})).await;
    let path = format!("/events/{}", id(&draft));
    olga.api
        .patch(&path, json!({"title": "A"}))
        .await
        .problem(428, "precondition_required");
    let edited = olga.edit(&draft, json!({"title": "A"})).await;
    assert_eq!(edited.header("etag"), Some("\"2\""));
    assert_eq!(edited.expect(200)["title"], "A");
    olga.edit(&draft, json!({"title": "B"}))
        .await
        .problem(412, "stale_version");
    for (tag, status) in [("W/\"2\"", 200), ("\"x\"", 412), ("*", 200)] {
        let answer = olga
            .api
            .request(Method::PATCH, &path)
            .header("if-match", tag)
            .json(&json!({}))
            .send()
            .await;
        assert_eq!(answer.status, status, "{tag}: {}", answer.text());
    }
    edit(&world.stranger(), &draft, json!({}))
        .await
        .problem(404, "event_not_found");
    edit(&world.staff(&olga).await, &draft, json!({}))
        .await
        .problem(403, "forbidden");
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn fields_are_replaced_and_null_empties(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let draft = olga
        .draft(json!({"image_url": "https://example.com/a.jpg"}))
        .await;
    let edited = olga
        .edit(
            &draft,
            json!({"image_url": null, "max_per_buyer": null, "venue": null, "waiting_room": true}),
        )
        .await
        .expect(200);
    assert_eq!(
        (
            &edited["image_url"],
            &edited["max_per_buyer"],
            &edited["venue"]
        ),
        (&json!(null), &json!(null), &json!(null))
    );
    assert_eq!(
        (&draft["waiting_room"], &edited["waiting_room"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(edited["title"], draft["title"]);
    assert_eq!(edited["ticket_types"], draft["ticket_types"]);
    let venue = json!({"organisation_id": olga.organisation, "name": "Theatre", "city": "Graz", "country": "AT"});
    let venue = olga.api.post("/venues", venue).await.expect(201);
    let moved = olga
        .edit(&edited, json!({"venue_id": id(&venue)}))
        .await
        .expect(200);
    assert_eq!(
        (&moved["venue"]["id"], &moved["venue"]["city"]),
        (&venue["id"], &json!("Graz"))
    );
    let home = olga
        .edit(&moved, json!({"venue": {"name": "Home", "country": "AT"}}))
        .await
        .expect(200);
    assert_eq!(
        (&home["venue_id"], &home["venue"]["name"]),
        (&json!(null), &json!("Home"))
    );
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn what_is_on_sale_keeps_its_ticket_types(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let event = olga.published(json!({})).await;
    let kind = event["ticket_types"][0].clone();
    let mut dearer = kind.clone();
    dearer["price"]["amount"] = json!(15000);
    let second =
        json!({"name": "Late", "price": {"amount": 20000, "currency": "EUR"}, "capacity": 5});
    let edited = olga
        .edit(&event, json!({"ticket_types": [dearer, second]}))
        .await
        .expect(200);
    assert_eq!(edited["ticket_types"][0]["id"], kind["id"]);
    assert_eq!(
        (&edited["capacity"], &edited["from_price"]["amount"]),
        (&json!(305), &json!(15000))
    );
    olga.edit(&edited, json!({"ticket_types": [second]}))
        .await
        .problem(422, "invalid_request");
    // Booking decides on capacities; it is away here, and nothing changes.
    let mut larger = edited["ticket_types"].clone();
    larger[0]["capacity"] = json!(400);
    olga.edit(&edited, json!({"ticket_types": larger, "title": "Larger"}))
        .await
        .problem(503, "unavailable");
    assert_eq!(
        olga.api
            .get(&format!("/events/{}", id(&event)))
            .await
            .expect(200)["title"],
        edited["title"]
    );
    let messages = world.messages().await;
    assert_eq!(messages.last().unwrap()["type"], "catalog.event.updated");
    assert_eq!(
        messages.last().unwrap()["event"]["ticket_types"][0]["price"]["amount"],
        15000
    );
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn of_two_editors_one_wins(pool: PgPool) {
    let world = World::new(&pool).await;
    let olga = world.organiser().await;
    let draft = olga.draft(json!({})).await;
    let edits = (0..8).map(|n| olga.edit(&draft, json!({"title": format!("T{n}")})));
    let won = futures::future::join_all(edits)
        .await
        .iter()
        .filter(|answer| answer.status == 200)
        .count();
    assert_eq!(won, 1);
}
