//! Finishing what was left behind: nothing stays open for ever, and nobody pays twice.

use contracts::PaymentId;
use payment::domain::payment::ProviderState;
use serde_json::json;
use sqlx::PgPool;

use crate::{
    bank::Fault,
    world::{World, id_of},
};

/// Rewrites history: the payment's process died before it got any further.
async fn rewind(world: &World, id: PaymentId, to: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "UPDATE payments SET status = 'created', provider_reference = NULL, next_check_at = now(), {to} WHERE id = '{id}';
         DELETE FROM outbox;
         UPDATE idempotency_keys SET status = NULL, body = NULL, completed_at = NULL;"
    )))
    .execute(&world.pool)
    .await
    .unwrap();
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn a_charge_whose_answer_timed_out_is_found(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::LostAnswer);
    let body = person
        .pay_with("k", held.id, "pm_card_visa")
        .await
        .expect(202);
    let id = id_of(&body);
    assert_eq!(body["status"], "created");
    world.reconcile().await;
    assert_eq!(person.payment(id).await["status"], "authorised");
    assert_eq!(world.bank.count("authorise"), 1);
    assert_eq!(world.messages("payment.authorised").await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn who_dies_before_checkout_leaves_nothing(pool: PgPool) {
    let world = World::new(&pool).await;
    let (person, held, id) = {
        let person = world.person();
        let held = world.shop.hold(person.id, 1);
        let payment = person
            .pay_with("k", held.id, "pm_card_visa")
            .await
            .expect(201);
        (person, held, id_of(&payment))
    };
    let unpriced = "event_id = NULL, seats = NULL, amount = NULL, currency = NULL, purchase = NULL, pay_until = NULL";
    rewind(&world, id, unpriced).await;
    person.get(id, "").await.problem(404, "payment_not_found");
    let answer = person.pay_with("k", held.id, "pm_card_visa").await;
    answer.problem(409, "request_in_progress");
    world.reconcile().await;
    person
        .pay_with("k", held.id, "pm_card_visa")
        .await
        .expect(201);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn who_dies_before_or_after_the_charge_is_succeeded(pool: PgPool) {
    let world = World::new(&pool).await;
    for charged in [true, false] {
        let person = world.person();
        let held = world.shop.hold(person.id, 1);
        let first = person
            .pay_with("k", held.id, "pm_card_visa")
            .await
            .expect(201);
        let id = id_of(&first);
        rewind(&world, id, "version = 1").await;
        let before = world.bank.count("authorise");
        if !charged {
            world.bank.forget(id);
        }
        world.reconcile().await;
        assert_eq!(
            world.bank.count("authorise") - before,
            usize::from(!charged)
        );
        let told = world.messages("payment.authorised").await;
        assert_eq!(
            told.iter()
                .filter(|told| told["payment_id"] == json!(id))
                .count(),
            1
        );
        // The client that asks again hears what became of it.
        let again = person
            .pay_with("k", held.id, "pm_card_visa")
            .await
            .expect(201);
        assert_eq!(id_of(&again), id);
    }
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn nobody_pays_for_a_hold_that_has_run_out(pool: PgPool) {
    let world = World::new(&pool).await;
    let late = "pay_until = now() - interval '1 minute'";
    // Never charged.
    let (person, held, id) = world.authorised(1).await;
    rewind(&world, id, late).await;
    world.bank.forget(id);
    world.reconcile().await;
    assert_eq!(person.payment(id).await["failure"]["code"], "timed_out");
    // Nobody confirmed.
    world.bank.next("authorise", Fault::Challenge);
    let id = id_of(&person.pay(held.id, "pm_x").await.expect(202));
    sqlx::query("UPDATE payments SET pay_until = now() - interval '1 minute' WHERE id = $1")
        .bind(id.as_uuid())
        .execute(&pool)
        .await
        .unwrap();
    world.reconcile().await;
    assert_eq!(person.payment(id).await["failure"]["code"], "timed_out");
    assert_eq!(world.bank.state(id), Some(ProviderState::Cancelled));
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn booking_is_reminded(pool: PgPool) {
    let world = World::new(&pool).await;
    let (_, held, id) = world.authorised(1).await;
    world.reconcile().await;
    let told = world.messages("payment.authorised").await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], told[1]);
    world.deliver(held.confirmed(id)).await.unwrap();
    world.reconcile().await;
    assert_eq!(world.messages("payment.authorised").await.len(), 2);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn money_that_the_provider_let_go_by_itself_is_noticed(pool: PgPool) {
    let world = World::new(&pool).await;
    let (person, _, id) = world.authorised(1).await;
    world.bank.set(id, ProviderState::Cancelled);
    world.reconcile().await;
    assert_eq!(
        person.payment(id).await["failure"]["code"],
        "authorisation_lost"
    );
    let failed = world.messages("payment.failed").await;
    assert_eq!(failed[0]["after_authorisation"], true);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn an_operation_whose_worker_died_is_done_by_another(pool: PgPool) {
    let world = World::new(&pool).await;
    let (_, held, id) = world.authorised(1).await;
    world.deliver(held.confirmed(id)).await.unwrap();
    // Taken by a process that died after the capture went through.
    let key: uuid::Uuid = sqlx::query_scalar(
        "UPDATE operations SET attempts = 1, leased_until = now() - interval '1 second' RETURNING id",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    world.bank.capture_as(id, &key.to_string()).await;
    world.work();
    world.until(id, "captured").await;
    assert_eq!(world.bank.count("capture"), 1);
    assert_eq!(world.messages("payment.captured").await.len(), 1);
}

#[sqlx::test(migrations = "../../migrations/payment")]
async fn what_can_not_be_asked_now_is_asked_later(pool: PgPool) {
    let world = World::new(&pool).await;
    let person = world.person();
    let held = world.shop.hold(person.id, 1);
    world.bank.next("authorise", Fault::LostAnswer);
    let id = id_of(&person.pay(held.id, "pm_card_visa").await.expect(202));
    world.bank.next("fetch", Fault::Unreachable);
    world.reconcile().await;
    assert_eq!(person.payment(id).await["status"], json!("created"));
    world.reconcile().await;
    assert_eq!(person.payment(id).await["status"], json!("authorised"));
}
