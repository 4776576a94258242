//! What is done every minute: forgetting what is old, and ending requests that were not followed.

use std::time::Duration;

use chrono::TimeDelta;
use kit::{idempotency, inbox, process::Shutdown};
use sqlx::PgPool;

use crate::{
    domain::payment::Failure,
    store::{refunds, webhooks},
};

const EVERY: Duration = Duration::from_secs(60);
/// A request for a refund that Booking has not followed by then won't be: its tickets can't be cancelled.
const UNANSWERED: TimeDelta = TimeDelta::minutes(30);

pub async fn run(pool: PgPool, shutdown: Shutdown) {
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
    Ok(())
}
