//! What the database says that no request does, as metrics: looked at by one task, never when metrics are asked for.

use std::time::Duration;

use kit::{
    metrics::{describe_gauge, gauge},
    process::Shutdown,
};
use sqlx::PgPool;

use crate::store;

const EVERY: Duration = Duration::from_secs(10);

/// Looks again and again until `shutdown`.
pub async fn run(pool: PgPool, shutdown: Shutdown) {
    describe_gauge!(
        "booking_holds_overdue",
        "Holds that ran out at least 5 s ago and whose places are not on sale again, up to 10,000"
    );
    shutdown
        .until(async {
            loop {
                if let Err(error) = look(&pool).await {
                    tracing::debug!("the figures are not known: {error}");
                }
                tokio::time::sleep(EVERY).await;
            }
        })
        .await;
}

async fn look(pool: &PgPool) -> sqlx::Result<()> {
    let overdue = store::figures::overdue_holds(pool).await?;
    #[expect(clippy::cast_precision_loss, reason = "at most 10,000")]
    gauge!("booking_holds_overdue").set(overdue as f64);
    Ok(())
}
