//! Events that are over become completed.

use std::time::Duration;

use kit::process::Shutdown;
use sqlx::PgPool;

use crate::{pages, store::events};

const EVERY: Duration = Duration::from_secs(30);

/// Until `shutdown`. Replicas share the work.
pub(crate) async fn run(pool: PgPool, shutdown: Shutdown) {
    while shutdown.until(tokio::time::sleep(EVERY)).await.is_some() {
        if let Err(error) = complete_past(&pool).await {
            tracing::warn!("past events can't be completed: {error}");
        }
    }
}

/// Booking needs no message: what is over is no longer on sale by its own dates.
async fn complete_past(pool: &PgPool) -> sqlx::Result<()> {
    loop {
        let mut transaction = pool.begin().await?;
        let completed = events::complete_past(&mut transaction).await?;
        pages::changed(&mut transaction, &completed).await?;
        transaction.commit().await?;
        if completed.is_empty() {
            return Ok(());
        }
    }
}
