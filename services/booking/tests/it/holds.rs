//! The four ways to ask for places.

use serde_json::json;
use sqlx::PgPool;

use crate::world::{World, event, general, id_of, seated_type};

#[sqlx::test(migrations = "../../migrations/booking")]
async fn places_by_number(pool: PgPool) {
    let world = World::new(pool).await;
    let cheap = general(50, 1_000);
    let dear = general(20, 2_500);
    let event = world.publish(event(vec![cheap.clone(), dear.clone()]), &[]);
    let ada = world.person();
    let items = json!([{"ticket_type_id": cheap.id, "quantity": 2}, {"ticket_type_id": dear.id, "quantity": 1}]);
    let booking = ada
        .book(json!({"event_id": event.id, "items": items}))
        .await
        .expect(201);
    assert_eq!(
        (&booking["status"], &booking["seats"]),
        (&json!("held"), &json!(3))
    );
    assert_eq!(
        booking["total"],
        json!({"amount": 4_500, "currency": "EUR"})
    );
    assert_eq!(booking["user_id"], json!(ada.id));
    assert_eq!(world.available(event.id).await, 67);
    assert_eq!(ada.get(&booking, "").await.expect(200), booking);
    world
        .person()
        .get(&booking, "")
        .await
        .problem(404, "booking_not_found");
    let held = world.messages("booking.held").await;
    assert_eq!(
        (&held[0]["booking_id"], &held[0]["seats"]),
        (&booking["id"], &json!(3))
    );
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn the_short_form_is_for_one_ticket_type(pool: PgPool) {
    let world = World::new(pool).await;
    let one = world.general(10);
    assert_eq!(
        world.person().hold(&one, 2).await["items"][0]["quantity"],
        2
    );
    let two = world.publish(event(vec![general(5, 1), general(5, 2)]), &[]);
    let answer = world
        .person()
        .book(json!({"event_id": two.id, "seats": 2}))
        .await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn picked_seats_all_or_none(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.seated(2, 5);
    let (ada, ben) = (world.person(), world.person());
    let booking = ada.hold_seats(&event, &["A-1", "A-2"]).await;
    assert_eq!(booking["items"][0]["seats"], json!(["A-1", "A-2"]));
    let taken = ben
        .book(json!({"event_id": event.id, "seats": ["A-3", "A-2", "A-1"]}))
        .await;
    let taken = taken.problem(409, "seat_taken");
    let mut named: Vec<_> = taken["seats"].as_array().unwrap().clone();
    named.sort_by_key(ToString::to_string);
    assert_eq!(named, [json!("A-1"), json!("A-2")]);
    // Nothing of the refused wish was kept.
    ben.hold_seats(&event, &["A-3"]).await;
    let unknown = ben
        .book(json!({"event_id": event.id, "seats": ["Z-1"]}))
        .await;
    unknown.problem(422, "seat_unknown");
    let seats = world
        .api
        .get(&format!("/events/{}/seats", event.id))
        .await
        .expect(200);
    let held = seats["seats"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|seat| seat["status"] == "held")
        .count();
    assert_eq!(held, 3);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn best_seats_are_next_to_each_other(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.seated(2, 4);
    let kind = event.ticket_types[0].id;
    let best = async |quantity: u32| {
        let wish = json!({"event_id": event.id, "best_available": {"ticket_type_id": kind, "quantity": quantity}});
        world.person().book(wish).await
    };
    let first = best(3).await.expect(201);
    let rows: Vec<&str> = first["items"][0]["seats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|seat| &seat.as_str().unwrap()[..1])
        .collect();
    assert!(rows.iter().all(|row| *row == rows[0]), "{first}");
    best(4).await.expect(201);
    best(2).await.problem(409, "sold_out");
    best(1).await.expect(201);
    world.assert_consistent().await;

    let gaps = world.seated(1, 5);
    world.person().hold_seats(&gaps, &["A-2", "A-4"]).await;
    let wish = json!({"event_id": gaps.id, "best_available": {"ticket_type_id": gaps.ticket_types[0].id, "quantity": 2}});
    world.person().book(wish).await.problem(409, "no_adjacent");
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn seats_and_places_in_one_event(pool: PgPool) {
    let world = World::new(pool).await;
    let seated = seated_type(2, 5_000);
    let standing = general(10, 1_000);
    let kind = json!(seated.id);
    let seats = [("A-1", "A"), ("A-2", "A")]
        .map(|(guid, row)| (guid.to_owned(), row.to_owned(), kind.clone()));
    let event = world.publish(event(vec![seated, standing.clone()]), &seats);
    let ada = world.person();
    ada.hold_seats(&event, &["A-1"]).await;
    let items = json!([{"ticket_type_id": standing.id, "quantity": 2}]);
    ada.book(json!({"event_id": event.id, "items": items}))
        .await
        .expect(201);
    assert_eq!(world.available(event.id).await, 9);
    let own = ada.api.get("/bookings?limit=1").await.expect(200);
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    let next = own["next_cursor"].as_str().unwrap();
    let rest = ada
        .api
        .get(&format!("/bookings?cursor={next}"))
        .await
        .expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_ne!(id_of(&own["items"][0]), id_of(&rest["items"][0]));
    world.assert_consistent().await;
}
