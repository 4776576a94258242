//! Hearing from other replicas what to forget.

use std::time::Duration;

use kit::process::Shutdown;
use sqlx::{PgPool, postgres::PgListener};

use super::{CHANNEL, Events};

const RECONNECT: Duration = Duration::from_secs(1);

/// Drops events from memory as they change, on one connection of the pool, until `shutdown`. When that connection was lost,
/// something may have been missed: then everything is dropped.
pub async fn listen(pool: PgPool, events: Events, shutdown: Shutdown) {
    shutdown
        .until(async {
            loop {
                if let Err(error) = listen_once(&pool, &events).await {
                    tracing::warn!("changes of events are not heard: {error}");
                }
                events.forget_all();
                tokio::time::sleep(RECONNECT).await;
            }
        })
        .await;
}

async fn listen_once(pool: &PgPool, events: &Events) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // What changed before the listening began was not heard.
    events.forget_all();
    while let Some(notification) = listener.try_recv().await? {
        match notification.payload().parse() {
            Ok(id) => events.forget(id),
            Err(_) => events.forget_all(),
        }
    }
    Ok(())
}
