//! Many want the same at the same moment, through two replicas.

use futures::future::join_all;
use kit::outbox::OutboxSignal;
use serde_json::json;
use sqlx::PgPool;

use crate::world::{LONG, World};

async fn replicas(pool: PgPool) -> [World; 2] {
    let one = World::new(pool.clone()).await;
    let other = World::with(pool, LONG, one.catalog.clone(), OutboxSignal::default()).await;
    [one, other]
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn one_seat_is_sold_once(pool: PgPool) {
    let worlds = replicas(pool).await;
    let event = worlds[0].seated(2, 50);
    for seat in 1..=50 {
        let wish = json!({"event_id": event.id, "seats": [format!("A-{seat}")]});
        let people = [worlds[0].person(), worlds[1].person()];
        let answers = join_all(people.iter().map(|person| person.book(wish.clone()))).await;
        let won = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(won, 1, "seat {seat}");
        answers
            .iter()
            .find(|answer| answer.status != 201)
            .unwrap()
            .problem(409, "seat_taken");
    }
    worlds[0].assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn fifty_tickets_go_to_fifty_of_two_hundred(pool: PgPool) {
    let worlds = replicas(pool).await;
    let event = worlds[0].general(50);
    let people: Vec<_> = (0..200).map(|n| worlds[n % 2].person()).collect();
    let wish = json!({"event_id": event.id, "seats": 1});
    let answers = join_all(people.iter().map(|person| person.book(wish.clone()))).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        50
    );
    assert_eq!(worlds[0].available(event.id).await, 0);
    assert_eq!(worlds[0].messages("booking.stock.sold_out").await.len(), 1);
    worlds[0].assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_buyer_limit_holds_in_parallel(pool: PgPool) {
    let worlds = replicas(pool).await;
    let limited = contracts::EventSnapshot {
        max_per_buyer: Some(3),
        ..crate::world::event(vec![crate::world::general(100, 1)])
    };
    let event = worlds[0].publish(limited, &[]);
    let ada = worlds[0].person();
    let wish = json!({"event_id": event.id, "seats": 1});
    let answers = join_all((0..20).map(|_| ada.book(wish.clone()))).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        3
    );
    worlds[0].assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn release_expiry_and_payment_of_one_hold_agree(pool: PgPool) {
    let worlds = replicas(pool).await;
    let event = worlds[0].seated(1, 30);
    for seat in 1..=30 {
        let ada = worlds[0].person();
        let held = ada.hold_seats(&event, &[&format!("A-{seat}")]).await;
        if seat % 2 == 0 {
            worlds[0].run_out(&held).await;
        }
        tokio::join!(
            ada.act(&held, "cancel"),
            worlds[1].sweep(),
            worlds[1].pay(&held)
        );
        worlds[0].assert_consistent().await;
    }
}
