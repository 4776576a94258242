//! Who waits for a sold-out event gets what comes back.

use contracts::EventSnapshot;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::{LONG, Person, World, event, general, id_of};

fn list(event: &EventSnapshot) -> String {
    format!("/events/{}/waiting-list", event.id)
}

impl Person {
    async fn wait_for(&self, event: &EventSnapshot, quantity: u32) -> testkit::Answer {
        let wish = json!({"ticket_type_id": event.ticket_types[0].id, "quantity": quantity});
        self.api.post(&list(event), wish).await
    }

    /// The newest entry.
    async fn entry(&self, event: &EventSnapshot) -> Value {
        self.api.get(&list(event)).await.expect(200)["items"][0].clone()
    }

    async fn offer(&self, event: &EventSnapshot) -> Value {
        let entry = self.entry(event).await;
        assert_eq!(entry["status"], "offered", "{entry}");
        json!({"id": entry["booking_id"]})
    }
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn first_come_first_served(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(4);
    let holder = world.person();
    let held = holder.hold(&event, 4).await;
    let (ada, ben, eve) = (world.person(), world.person(), world.person());
    let first = ada.wait_for(&event, 2).await.expect(201);
    assert_eq!(
        (&first["status"], &first["position"]),
        (&json!("waiting"), &json!(1))
    );
    assert_eq!(ben.wait_for(&event, 1).await.expect(201)["position"], 2);
    assert_eq!(eve.wait_for(&event, 3).await.expect(201)["position"], 3);
    // Again changes nothing; another number needs leaving first.
    assert_eq!(ada.wait_for(&event, 2).await.expect(201), first);
    ada.wait_for(&event, 3)
        .await
        .problem(409, "already_waiting");

    holder.act(&held, "cancel").await.expect(200);
    let offer = ada.offer(&event).await;
    let offer = ada.get(&offer, "").await.expect(200);
    assert_eq!(
        (&offer["status"], &offer["seats"], &offer["offered"]),
        (&json!("held"), &json!(2), &json!(true))
    );
    let taken = holder.get(&held, "").await.expect(200);
    assert_eq!(taken["offered"], false);
    ben.offer(&event).await;
    // One place is left, which is too few for the third; it goes on sale.
    let third = eve.entry(&event).await;
    assert_eq!(
        (&third["status"], &third["position"]),
        (&json!("waiting"), &json!(1))
    );
    assert_eq!(world.available(event.id).await, 1);
    assert_eq!(world.messages("booking.offered").await.len(), 2);
    world.assert_consistent().await;

    // What is bought, declined and left.
    world.pay(&offer).await;
    assert_eq!(ada.entry(&event).await["status"], "purchased");
    let offer = ben.offer(&event).await;
    ben.act(&offer, "cancel").await.expect(200);
    assert_eq!(ben.entry(&event).await["status"], "declined");
    eve.api.delete(&list(&event)).await.expect(204);
    eve.api.delete(&list(&event)).await.expect(204);
    assert_eq!(eve.entry(&event).await["status"], "left");
    assert_eq!(world.available(event.id).await, 2);
    ben.wait_for(&event, 2).await.problem(409, "not_sold_out");
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_group_that_does_not_fit_is_passed_over_and_that_is_told(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(3);
    let holders = [world.person(), world.person()];
    let one = holders[0].hold(&event, 1).await;
    let two = holders[1].hold(&event, 2).await;
    let (group, single) = (world.person(), world.person());
    group.wait_for(&event, 2).await.expect(201);
    single.wait_for(&event, 1).await.expect(201);
    holders[0].act(&one, "cancel").await.expect(200);
    single.offer(&event).await;
    assert_eq!(group.entry(&event).await["skips"], 1);
    // Its turn comes when enough come back, before anybody new.
    holders[1].act(&two, "cancel").await.expect(200);
    group.offer(&event).await;
    world
        .person()
        .book(json!({"event_id": event.id, "seats": 1}))
        .await
        .problem(409, "sold_out");
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn an_offer_that_runs_out_goes_to_the_next(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.seated(1, 4);
    let holder = world.person();
    let held = holder.hold_seats(&event, &["A-1", "A-2", "A-4"]).await;
    let last = world.person().hold_seats(&event, &["A-3"]).await;
    let (ada, ben) = (world.person(), world.person());
    ada.wait_for(&event, 3).await.expect(201);
    ben.wait_for(&event, 2).await.expect(201);
    holder.act(&held, "cancel").await.expect(200);
    // Seats that come back are seldom next to each other.
    let offer = ada.offer(&event).await;
    let seats = ada.get(&offer, "").await.expect(200)["items"][0]["seats"].clone();
    assert_eq!(seats, json!(["A-1", "A-2", "A-4"]));
    world.run_out(&offer).await;
    assert_eq!(ada.entry(&event).await["status"], "expired");
    world.sweep().await;
    assert_eq!(ada.entry(&event).await["status"], "expired");
    ben.offer(&event).await;
    assert_eq!(world.available(event.id).await, 1);
    assert_ne!(id_of(&last), id_of(&offer));
    // Whoever waited in vain may wait again.
    ada.wait_for(&event, 2).await.expect(201);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn more_capacity_is_offered_first(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(1);
    world.person().hold(&event, 1).await;
    let ada = world.person();
    ada.wait_for(&event, 2).await.expect(201);
    let organiser = world.member(&event, "organiser");
    let capacity = json!({"ticket_type_id": event.ticket_types[0].id, "capacity": 5});
    organiser
        .api
        .put(&format!("/events/{}/capacity", event.id), capacity)
        .await
        .expect(200);
    ada.offer(&event).await;
    assert_eq!(world.available(event.id).await, 2);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn limits_and_wrong_wishes(pool: PgPool) {
    let world = World::new(pool).await;
    let limited = EventSnapshot {
        max_per_buyer: Some(3),
        ..event(vec![general(3, 1)])
    };
    let event = world.publish(limited, &[]);
    let (ada, ben) = (world.person(), world.person());
    ada.wait_for(&event, 1).await.problem(409, "not_sold_out");
    let held = ada.hold(&event, 2).await;
    let other = ben.hold(&event, 1).await;
    ada.wait_for(&event, 4)
        .await
        .problem(422, "invalid_request");
    ada.wait_for(&event, 0)
        .await
        .problem(422, "invalid_request");
    let stranger = json!({"ticket_type_id": contracts::TicketTypeId::new(), "quantity": 1});
    ada.api
        .post(&list(&event), stranger)
        .await
        .problem(404, "ticket_type_not_found");
    // Two are held already: two more would be over the limit, so the offer goes to the next.
    ada.wait_for(&event, 2).await.expect(201);
    let eve = world.person();
    eve.wait_for(&event, 1).await.expect(201);
    ben.act(&other, "cancel").await.expect(200);
    eve.offer(&event).await;
    assert_eq!(ada.entry(&event).await["status"], "waiting");
    ada.act(&held, "cancel").await.expect(200);
    ada.offer(&event).await;
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_cancelled_event_ends_the_waiting(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(1);
    let holder = world.person();
    holder.hold(&event, 1).await;
    let ada = world.person();
    ada.wait_for(&event, 1).await.expect(201);
    let cancelled = EventSnapshot {
        status: contracts::EventStatus::Cancelled,
        version: 2,
        ..event.clone()
    };
    world
        .deliver(contracts::Message::EventCancelled(
            contracts::messages::EventCancelled {
                event: cancelled,
                reason: None,
                version: 2,
            },
        ))
        .await
        .unwrap();
    world.close_all().await;
    assert_eq!(ada.entry(&event).await["status"], "expired");
    assert!(world.messages("booking.offered").await.is_empty());
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn two_replicas_offer_each_place_once(pool: PgPool) {
    let one = World::new(pool.clone()).await;
    let other = World::with(
        pool,
        LONG,
        one.catalog.clone(),
        kit::outbox::OutboxSignal::default(),
    )
    .await;
    let event = one.general(20);
    let mut holds = Vec::new();
    for n in 0..20 {
        let world = if n % 2 == 0 { &one } else { &other };
        let person = world.person();
        let held = person.hold(&event, 1).await;
        holds.push((person, held));
    }
    let people: Vec<_> = (0..40)
        .map(|n| {
            if n % 2 == 0 {
                one.person()
            } else {
                other.person()
            }
        })
        .collect();
    let joined =
        futures::future::join_all(people.iter().map(|person| person.wait_for(&event, 1))).await;
    for answer in joined {
        answer.expect(201);
    }
    futures::future::join_all(
        holds
            .iter()
            .map(|(person, held)| person.act(held, "cancel")),
    )
    .await;
    let mut offered = 0;
    for person in &people {
        offered += usize::from(person.entry(&event).await["status"] == "offered");
    }
    assert_eq!(offered, 20);
    assert_eq!(one.available(event.id).await, 0);
    one.assert_consistent().await;
}
