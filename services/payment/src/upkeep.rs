//! What is done every minute: forgetting what is old, ending requests that were not followed, and counting what is odd.

use std::time::Duration;

use chrono::TimeDelta;
use kit::{idempotency, inbox, process::Shutdown};
use metrics::{describe_gauge, gauge};
use sqlx::PgPool;

use crate::{
    domain::payment::Failure,
    store::{checks, operations, refunds, webhooks},
};

const EVERY: Duration = Duration::from_secs(60);
/// A request for a refund that Booking has not followed by then won't be: its tickets can't be cancelled.
const UNANSWERED: TimeDelta = TimeDelta::minutes(30);
/// A payment that is not settled by then is worth a look by a person.
const STUCK: TimeDelta = TimeDelta::minutes(5);

pub async fn run(pool: PgPool, shutdown: Shutdown) {
    describe_gauge!(
        "payments_stuck",
        "Payments neither settled nor waiting for their buyer after 5 minutes"
    );
    describe_gauge!(
        "operations_late",
        "Captures, voids and refunds not done a minute after they were decided"
    );
    while shutdown.until(tokio::time::sleep(EVERY)).await.is_some() {
        if let Err(error) = once(&pool).await {
            tracing::warn!("upkeep: {error}");
        }
    }
}

/// One round.
pub async fn once(pool: &PgPool) -> sqlx::Result<()> {
    let failure = Failure::new(
        "not_cancelled",
        "The tickets could not be cancelled, for instance because they were used.",
    );
    refunds::end_unanswered(pool, UNANSWERED, &failure).await?;
    idempotency::forget(pool).await?;
    inbox::forget(&mut *pool.acquire().await?).await?;
    webhooks::forget(pool).await?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count that large would be noticed anyway"
    )]
    {
        gauge!("payments_stuck").set(checks::count_stuck(pool, STUCK).await? as f64);
        gauge!("operations_late").set(operations::count_late(pool).await? as f64);
    }
    Ok(())
}
