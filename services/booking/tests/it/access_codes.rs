//! Ticket types that only who knows their code can hold.

use std::{sync::Arc, time::Duration};

use axum::http::Method;
use contracts::{
    AccessCode, EventSnapshot, Message, TicketTypeSnapshot,
    messages::{EventChanged, PaymentChanged},
};
use kit::outbox::OutboxSignal;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, eventually};

use crate::world::{LONG, Person, World, event, general, payment, seated_type};

const CODE: &str = "Moonlight";

fn closed(kind: TicketTypeSnapshot) -> TicketTypeSnapshot {
    TicketTypeSnapshot {
        access_code_required: true,
        access_code: Some(AccessCode::new(CODE)),
        ..kind
    }
}

/// Tells booking of the event as Catalog's message does.
async fn tell(world: &World, event: &EventSnapshot) {
    let version = event.version;
    let event = event.clone();
    world
        .deliver(Message::EventUpdated(EventChanged { event, version }))
        .await
        .unwrap();
}

/// The event's next version, with this code of its first ticket type.
fn next(event: &EventSnapshot, code: Option<&str>) -> EventSnapshot {
    let mut next = event.clone();
    next.version += 1;
    next.ticket_types[0].access_code_required = code.is_some();
    next.ticket_types[0].access_code = code.map(AccessCode::new);
    next
}

impl Person {
    async fn book_with(&self, body: &Value, code: Option<&str>) -> Answer {
        let mut body = body.clone();
        if let Some(code) = code {
            body["access_code"] = json!(code);
        }
        self.book(body).await
    }
}

/// A ticket type with a code and one without, and as much of seats: `A-1` to `A-4` want the code, `B-1` to `B-4` none.
fn mixed(world: &World) -> EventSnapshot {
    let event = event(vec![
        closed(general(10, 1_000)),
        general(10, 2_000),
        closed(seated_type(4, 3_000)),
        seated_type(4, 4_000),
    ]);
    let seats: Vec<_> = [("A", 2), ("B", 3)]
        .iter()
        .flat_map(|(row, kind)| (1..=4).map(move |n| (row, n, kind)))
        .map(|(row, n, kind)| {
            let id = json!(event.ticket_types[*kind].id);
            (format!("{row}-{n}"), (*row).to_owned(), id)
        })
        .collect();
    world.publish(event, &seats)
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn every_way_to_ask_wants_the_code(pool: PgPool) {
    let world = World::new(pool).await;
    let event = mixed(&world);
    tell(&world, &event).await;
    let kind = |n: usize| event.ticket_types[n].id;
    let id = event.id;
    let ada = world.person();
    for wish in [
        json!({"event_id": id, "items": [{"ticket_type_id": kind(0), "quantity": 1}]}),
        json!({"event_id": id, "items": [
            {"ticket_type_id": kind(1), "quantity": 1}, {"ticket_type_id": kind(0), "quantity": 1}]}),
        json!({"event_id": id, "seats": ["A-1"]}),
        json!({"event_id": id, "seats": ["B-2", "A-2"]}),
        json!({"event_id": id, "best_available": {"ticket_type_id": kind(2), "quantity": 1}}),
    ] {
        for missing in [None, Some(""), Some("  ")] {
            let problem = ada
                .book_with(&wish, missing)
                .await
                .problem(403, "access_code_required");
            assert!([json!(kind(0)), json!(kind(2))].contains(&problem["ticket_type_id"]));
        }
        for wrong in ["Moonligh", "Sunlight", &"x".repeat(1_000)] {
            ada.book_with(&wish, Some(wrong))
                .await
                .problem(403, "access_code_wrong");
        }
        ada.book_with(&wish, Some(" mOONLIGHT ")).await.expect(201);
    }
    // What has none is for everybody, whatever is given.
    for (wish, code) in [
        (
            json!({"event_id": id, "items": [{"ticket_type_id": kind(1), "quantity": 1}]}),
            None,
        ),
        (json!({"event_id": id, "seats": ["B-1"]}), None),
        (
            json!({"event_id": id, "best_available": {"ticket_type_id": kind(3), "quantity": 1}}),
            Some("x"),
        ),
    ] {
        ada.book_with(&wish, code).await.expect(201);
    }
    let answer = ada
        .book(json!({"event_id": id, "seats": ["B-4"], "access_code": 7}))
        .await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn the_short_form_and_a_house_that_is_all_closed_want_it_too(pool: PgPool) {
    let world = World::new(pool).await;
    let places = world.publish(event(vec![closed(general(10, 1_000))]), &[]);
    let kind = closed(seated_type(1, 1_000));
    let seat = ("A-1".to_owned(), "A".to_owned(), json!(kind.id));
    let house = world.publish(event(vec![kind]), &[seat]);
    let ada = world.person();
    for wish in [
        json!({"event_id": places.id, "seats": 2}),
        json!({"event_id": house.id, "seats": ["A-1"]}),
    ] {
        tell(&world, &places).await;
        tell(&world, &house).await;
        ada.book_with(&wish, None)
            .await
            .problem(403, "access_code_required");
        ada.book_with(&wish, Some("Sunlight"))
            .await
            .problem(403, "access_code_wrong");
        ada.book_with(&wish, Some(CODE)).await.expect(201);
    }
    // Refused before the inventory is asked: of a seat that does not exist nothing more is said.
    let nowhere = json!({"event_id": house.id, "seats": ["Z-9"]});
    ada.book_with(&nowhere, None)
        .await
        .problem(403, "access_code_required");
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_code_that_was_not_heard_opens_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.publish(event(vec![closed(general(1, 1_000))]), &[]);
    let ada = world.person();
    let wish = json!({"event_id": event.id, "seats": 1});
    let line = format!("/events/{}/waiting-list", event.id);
    let wait =
        json!({"ticket_type_id": event.ticket_types[0].id, "quantity": 1, "access_code": CODE});
    // Read from Catalog, which does not tell the code.
    ada.book_with(&wish, None)
        .await
        .problem(403, "access_code_required");
    for answer in [
        ada.book_with(&wish, Some(CODE)).await,
        ada.api.post(&line, wait).await,
    ] {
        answer.problem(503, "unavailable");
        assert!(answer.header("retry-after").is_some());
    }
    // A message about an earlier version says nothing of this one.
    let late = EventSnapshot {
        version: event.version - 1,
        ..event.clone()
    };
    tell(&world, &late).await;
    ada.book_with(&wish, Some(CODE))
        .await
        .problem(503, "unavailable");
    // The one about the version that was read brings it, to this replica with the next look at the event.
    tell(&world, &event).await;
    let other = replica(&world).await;
    let ben = other.person();
    ben.book_with(&wish, Some("Sunlight"))
        .await
        .problem(403, "access_code_wrong");
    ben.book_with(&wish, Some(CODE)).await.expect(201);
}

/// Another process on the same database.
async fn replica(world: &World) -> World {
    let catalog = world.catalog.clone();
    World::with(world.pool.clone(), LONG, catalog, OutboxSignal::default()).await
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_change_is_heard_by_every_replica(pool: PgPool) {
    let world = Arc::new(World::new(pool.clone()).await);
    let other = replica(&world).await;
    let listening = tokio::spawn(booking::events::listen(
        pool,
        other.app.events.clone(),
        other.shutdown.clone(),
    ));
    let first = world.publish(event(vec![closed(general(100, 1_000))]), &[]);
    tell(&world, &first).await;
    let ada = other.person();
    let wish = json!({"event_id": first.id, "seats": 1});
    let answers = async |code: Option<&str>, status: u16| {
        let heard = async || Ok(ada.book_with(&wish, code).await.status == status);
        eventually("it answers so", Duration::from_secs(10), heard)
            .await
            .unwrap();
    };
    answers(Some(CODE), 201).await;
    let second = next(&first, Some("Starlight"));
    tell(&world, &second).await;
    answers(Some(CODE), 403).await;
    answers(Some("starlight"), 201).await;
    // Late: what was before comes back no more.
    tell(&world, &first).await;
    ada.book_with(&wish, Some(CODE))
        .await
        .problem(403, "access_code_wrong");
    let third = next(&second, None);
    tell(&world, &third).await;
    answers(None, 201).await;
    tell(&world, &next(&third, Some(CODE))).await;
    answers(None, 403).await;
    other.shutdown.trigger();
    listening.await.unwrap();
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_place_in_the_line_wants_the_code_and_its_offer_none(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.publish(event(vec![closed(general(1, 1_000))]), &[]);
    tell(&world, &event).await;
    let wish = json!({"event_id": event.id, "seats": 1});
    let holder = world.person();
    let held = holder.book_with(&wish, Some(CODE)).await.expect(201);
    let ada = world.person();
    let line = format!("/events/{}/waiting-list", event.id);
    let join = async |code: Option<&str>| {
        let mut body = json!({"ticket_type_id": event.ticket_types[0].id, "quantity": 1});
        if let Some(code) = code {
            body["access_code"] = json!(code);
        }
        ada.api.post(&line, body).await
    };
    join(None).await.problem(403, "access_code_required");
    join(Some("Sunlight"))
        .await
        .problem(403, "access_code_wrong");
    join(Some("moonlight")).await.expect(201);
    holder.act(&held, "cancel").await.expect(200);
    let entries = ada.api.get(&line).await.expect(200);
    assert_eq!(entries["items"][0]["status"], "offered");
    let offer = json!({"id": entries["items"][0]["booking_id"]});
    ada.act(&offer, "checkout").await.expect(200);
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn the_code_is_told_to_nobody(pool: PgPool) {
    let world = World::new(pool).await;
    let event = mixed(&world);
    tell(&world, &event).await;
    let ada = world.person();
    let wish = json!({"event_id": event.id, "seats": ["A-1"]});
    let held = ada.book_with(&wish, Some(CODE)).await.expect(201);
    let paid = payment(&held);
    world
        .deliver(Message::PaymentAuthorised(PaymentChanged { payment: paid }))
        .await
        .unwrap();
    assert_eq!(ada.status(&held).await, "confirmed");
    let mut told = vec![
        ada.get(&held, "").await.text(),
        json!(ada.tickets(&held).await).to_string(),
    ];
    for path in ["availability", "seats"] {
        let path = format!("/events/{}/{path}", event.id);
        told.push(world.api.get(&path).await.text());
    }
    let messages: Vec<String> = sqlx::query_scalar("SELECT payload::text FROM outbox")
        .fetch_all(&world.pool)
        .await
        .unwrap();
    assert!(messages.iter().any(|message| message.contains("Hamlet")));
    told.extend(messages);
    let kept: Vec<String> = sqlx::query_scalar("SELECT snapshot::text FROM events")
        .fetch_all(&world.pool)
        .await
        .unwrap();
    told.extend(kept);
    for text in &told {
        assert!(!text.contains(CODE), "{text}");
    }
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_key_is_for_one_code(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.publish(event(vec![closed(general(10, 1_000))]), &[]);
    tell(&world, &event).await;
    let ada = world.person();
    let book = async |code: &str| {
        ada.api
            .request(Method::POST, "/bookings")
            .header("idempotency-key", "k")
            .json(&json!({"event_id": event.id, "seats": 1, "access_code": code}))
            .send()
            .await
    };
    let held = book(CODE).await.expect(201);
    assert_eq!(book(CODE).await.expect(201), held);
    book("moonlight")
        .await
        .problem(422, "idempotency_key_reused");
    // What was answered is answered again, though the code is another one by now.
    tell(&world, &next(&event, Some("Starlight"))).await;
    let other = replica(&world).await;
    let again = other
        .api
        .with_token(testkit::token(ada.id, &[]))
        .request(Method::POST, "/bookings")
        .header("idempotency-key", "k")
        .json(&json!({"event_id": event.id, "seats": 1, "access_code": CODE}))
        .send()
        .await;
    assert_eq!(again.expect(201), held);
}
