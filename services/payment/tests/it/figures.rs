//! The numbers that people watch over.

use std::time::Duration;

use payment::store::figures::{Mismatches, late_operations, mismatches, unsettled};
use sqlx::PgPool;
use testkit::eventually;

use crate::{
    bank::Fault,
    world::{PATIENCE, World},
};

const STUCK: Duration = Duration::from_secs(300);

async fn change(pool: &PgPool, sql: &'static str) {
    sqlx::query(sql).execute(pool).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn payments_are_counted_by_state_and_age(pool: PgPool) {
    let world = World::new(&pool).await;
    assert_eq!(unsettled(&pool, STUCK).await.unwrap(), []);
    world.authorised(1).await;
    world.authorised(2).await;
    change(
        &pool,
        "UPDATE payments SET authorised_at = now() - interval '6 minutes' WHERE seats = 1",
    )
    .await;
    let found = unsettled(&pool, STUCK).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].status, "authorised");
    assert_eq!((found[0].payments, found[0].old), (2, 1));
    assert!((360.0..400.0).contains(&found[0].age), "{found:?}");
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn what_was_decided_is_late_after_a_minute(pool: PgPool) {
    let world = World::new(&pool).await;
    let (_, held, id) = world.authorised(1).await;
    assert_eq!(unsettled(&pool, STUCK).await.unwrap().len(), 1);
    world.deliver(held.confirmed(id)).await.unwrap();
    assert_eq!(unsettled(&pool, STUCK).await.unwrap(), []);
    assert_eq!(late_operations(&pool).await.unwrap(), 0);
    change(
        &pool,
        "UPDATE operations SET created_at = now() - interval '2 minutes'",
    )
    .await;
    assert_eq!(late_operations(&pool).await.unwrap(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn books_balance_until_somebody_tampers_with_them(pool: PgPool) {
    let world = World::working(&pool).await;
    let (_, held, id) = world.captured(2).await;
    world.deliver(held.cancelled(id, 0, 1)).await.unwrap();
    let repaid = async || {
        let refunded: i64 = sqlx::query_scalar("SELECT refunded FROM payments")
            .fetch_one(&pool)
            .await?;
        Ok(refunded > 0)
    };
    eventually("a ticket is refunded", PATIENCE, repaid)
        .await
        .unwrap();
    assert_eq!(mismatches(&pool).await.unwrap(), Mismatches::default());

    change(&pool, "UPDATE payment_tickets SET amount = amount + 1").await;
    change(&pool, "UPDATE payments SET refunded = refunded - 1").await;
    let found = mismatches(&pool).await.unwrap();
    assert_eq!((found.tickets, found.refunds), (1, 1), "{found:?}");

    world.bank.next("refund", Fault::Refuse("account_closed"));
    world.deliver(held.cancelled(id, 1, 1)).await.unwrap();
    eventually("a refund is refused", PATIENCE, async || {
        Ok(mismatches(&pool).await?.refused == 1)
    })
    .await
    .unwrap();
    change(
        &pool,
        "ALTER TABLE documents DISABLE TRIGGER documents_are_immutable",
    )
    .await;
    change(&pool, "DELETE FROM documents WHERE kind = 'receipt'").await;
    assert_eq!(mismatches(&pool).await.unwrap().receipts, 1);
}
