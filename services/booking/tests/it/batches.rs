//! Much that is asked of one event at the same moment goes into one transaction.

use std::time::Duration;

use axum::http::StatusCode;
use booking::inventory::HoldTimes;
use futures::future::join_all;
use kit::outbox::OutboxSignal;
use serde_json::json;
use sqlx::PgPool;
use testkit::eventually;

use crate::{
    catalog::Catalog,
    world::{LONG, World, payment},
};

/// Keeps the event's stock locked, so that everything asked meanwhile waits for the same transaction.
async fn jam(
    world: &World,
    event: contracts::EventId,
) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut lock = world.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM stock WHERE event_id = $1 FOR UPDATE")
        .bind(event.as_uuid())
        .execute(&mut *lock)
        .await
        .unwrap();
    lock
}

/// Lets go as soon as somebody waits for the lock.
async fn clear(world: &World, lock: sqlx::Transaction<'static, sqlx::Postgres>) {
    eventually("somebody waits", Duration::from_secs(30), async || {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .fetch_one(&world.pool)
        .await?;
        Ok(waiting > 0)
    })
    .await
    .unwrap();
    lock.rollback().await.unwrap();
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn everything_that_waits_is_done_and_answered(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.seated(2, 20);
    let people: Vec<_> = (0..10).map(|_| world.person()).collect();
    let mut held = Vec::new();
    for (n, person) in people.iter().enumerate() {
        held.push(person.hold_seats(&event, &[&format!("A-{}", n + 1)]).await);
    }
    world.run_out(&held[8]).await;
    let lock = jam(&world, event.id).await;
    let best = json!({"event_id": event.id, "best_available": {"ticket_type_id": event.ticket_types[0].id, "quantity": 2}});
    let (paid, released, (), booked, picked, ()) = tokio::join!(
        join_all(held[..4].iter().map(|booking| world.pay(booking))),
        join_all((4..8).map(|n| people[n].act(&held[n], "cancel"))),
        world.sweep(),
        join_all(people.iter().map(|person| person.book(best.clone()))),
        join_all(
            people
                .iter()
                .map(|person| { person.book(json!({"event_id": event.id, "seats": ["B-1"]})) })
        ),
        clear(&world, lock)
    );
    assert_eq!((paid.len(), released.len()), (4, 4));
    for answer in released {
        assert_eq!(answer.expect(200)["status"], "released");
    }
    for answer in booked {
        assert_eq!(answer.expect(201)["seats"], 2);
    }
    let won = picked.iter().filter(|answer| answer.status == 201).count();
    assert!(won <= 1, "{won} have the same seat");
    for n in 0..4 {
        assert_eq!(people[n].status(&held[n]).await, "confirmed");
    }
    assert_eq!(people[8].status(&held[8]).await, "expired");
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn what_happens_to_one_booking_happens_one_after_the_other(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    let ada = world.person();
    let held = ada.hold(&event, 2).await;
    let lock = jam(&world, event.id).await;
    let paid = contracts::Message::PaymentAuthorised(contracts::messages::PaymentChanged {
        payment: payment(&held),
    });
    let (first, second, delivered, again, ()) = tokio::join!(
        ada.act(&held, "cancel"),
        ada.act(&held, "cancel"),
        world.deliver_as("m", paid.clone()),
        world.deliver_as("m", paid.clone()),
        clear(&world, lock)
    );
    delivered.unwrap();
    again.unwrap();
    let outcomes = [first.status, second.status];
    // Released and the payment refused, or confirmed and then cancelled; never both, and each message counts once.
    assert!(outcomes.contains(&StatusCode::OK), "{outcomes:?}");
    let refused = world.messages("booking.refused").await.len();
    let confirmed = world.messages("booking.confirmed").await.len();
    assert_eq!(refused + confirmed, 1);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn one_bad_request_spoils_nobodys(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(100);
    // One buyer's row can't be written.
    let people: Vec<_> = (0..20).map(|_| world.person()).collect();
    let unlucky = people[7].id.as_uuid();
    let statement =
        format!("ALTER TABLE bookings ADD CONSTRAINT unlucky CHECK (user_id <> '{unlucky}')");
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .execute(&world.pool)
        .await
        .unwrap();
    people[0].hold(&event, 1).await;
    let lock = jam(&world, event.id).await;
    let wish = json!({"event_id": event.id, "seats": 1});
    let (answers, ()) = tokio::join!(
        join_all(people.iter().map(|person| person.book(wish.clone()))),
        clear(&world, lock)
    );
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer.status, if n == 7 { 500 } else { 201 }, "{n}");
    }
    assert_eq!(world.available(event.id).await, 80);
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn who_would_wait_too_long_is_told_to_come_again(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    let ada = world.person();
    let held = ada.hold(&event, 2).await;
    let impatient = HoldTimes {
        patience: Duration::ZERO,
        ..LONG
    };
    let other = World::with(
        world.pool.clone(),
        impatient,
        world.catalog.clone(),
        OutboxSignal::default(),
    )
    .await;
    let wish = json!({"event_id": event.id, "seats": 1});
    let answer = other.person().book(wish).await;
    answer.problem(503, "unavailable");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(world.available(event.id).await, 8);
    // What was accepted before waits as long as it takes.
    other.pay(&held).await;
    assert_eq!(ada.status(&held).await, "confirmed");
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn behind_a_long_queue_one_is_refused_before_the_token_is_looked_at(pool: PgPool) {
    let world = World::new(pool).await;
    let (hot, quiet) = (world.general(10_000), world.general(10));
    world.person().hold(&hot, 1).await;
    let lock = jam(&world, hot.id).await;
    let nobody = world.api.with_token("no token");
    let wish = json!({"event_id": hot.id, "seats": 1});
    // One transaction takes 256 at most, and 256 more may always wait.
    let crowd: Vec<_> = (0..600).map(|_| world.person()).collect();
    let (answers, ()) = tokio::join!(
        join_all(crowd.iter().map(|person| person.book(wish.clone()))),
        async {
            eventually("the queue is long", Duration::from_secs(30), async || {
                Ok(nobody.post("/bookings", wish.clone()).await.status == 503)
            })
            .await
            .unwrap();
            // Other events have queues of their own.
            let elsewhere = json!({"event_id": quiet.id, "seats": 1});
            nobody
                .post("/bookings", elsewhere)
                .await
                .problem(401, "unauthorized");
            world.person().hold(&quiet, 1).await;
            lock.rollback().await.unwrap();
        }
    );
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.problem(503, "unavailable");
        assert!(answer.headers.contains_key("retry-after"));
    }
    nobody
        .post("/bookings", wish)
        .await
        .problem(401, "unauthorized");
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn while_buyers_queue_the_outbox_is_told_of_a_rush(pool: PgPool) {
    let outbox = OutboxSignal::default();
    let world = World::with(pool, LONG, Catalog::default(), outbox.clone()).await;
    let event = world.general(100);
    world.person().hold(&event, 1).await;
    assert!(!outbox.is_rush(), "one buyer is no rush");
    let people: Vec<_> = (0..40).map(|_| world.person()).collect();
    let lock = jam(&world, event.id).await;
    let (held, rush, ()) = tokio::join!(
        join_all(people.iter().map(|person| person.hold(&event, 1))),
        eventually("a rush", Duration::from_secs(10), async || Ok(
            outbox.is_rush()
        )),
        clear(&world, lock)
    );
    rush.unwrap();
    assert_eq!(held.len(), people.len());
    world.assert_consistent().await;
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn a_crowd_that_gets_nothing_is_no_rush(pool: PgPool) {
    let outbox = OutboxSignal::default();
    let world = World::with(pool, LONG, Catalog::default(), outbox.clone()).await;
    let event = world.general(10);
    let people: Vec<_> = (0..40).map(|_| world.person()).collect();
    world.person().hold(&event, 1).await;
    let wish = json!({"event_id": event.id, "seats": 1});
    let lock = jam(&world, event.id).await;
    let (answers, ()) = tokio::join!(
        join_all(people.iter().map(|person| person.book(wish.clone()))),
        clear(&world, lock)
    );
    let held = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(held, 9);
    assert!(!outbox.is_rush());
}

#[sqlx::test(migrations = "../../migrations/booking")]
async fn what_takes_too_long_may_have_been_done(pool: PgPool) {
    let world = World::new(pool).await;
    let event = world.general(10);
    world.person().hold(&event, 1).await;
    let hasty = HoldTimes {
        transaction: Duration::from_millis(200),
        ..LONG
    };
    let other = World::with(
        world.pool.clone(),
        hasty,
        world.catalog.clone(),
        OutboxSignal::default(),
    )
    .await;
    let lock = jam(&world, event.id).await;
    let wish = json!({"event_id": event.id, "seats": 1});
    let people = [other.person(), other.person()];
    for answer in join_all(people.iter().map(|person| person.book(wish.clone()))).await {
        let problem = answer.problem(503, "unavailable");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("not known whether it was done"), "{detail}");
    }
    lock.rollback().await.unwrap();
    world.assert_consistent().await;
}
