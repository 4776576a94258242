//! Work that time brings: holds that ran out, and bookings of cancelled events.

use std::{collections::BTreeMap, time::Duration};

use contracts::{BookingId, EventId};
use kit::process::Shutdown;

use super::{Inventory, error::Error};
use crate::store;

/// How often to look. What ran out is on sale again within 2 s.
const PERIOD: Duration = Duration::from_millis(500);
/// Holds looked for at once.
const BATCH: i64 = 1_000;

/// Expires holds and ends the bookings of cancelled events until `shutdown`. Any number of replicas may do it.
pub async fn run(inventory: Inventory, shutdown: Shutdown) {
    let sweep = async {
        loop {
            match sweep(&inventory).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!("holds that ran out can't be swept: {error}"),
            }
            tokio::time::sleep(PERIOD).await;
        }
    };
    let close = async {
        loop {
            if let Err(error) = close(&inventory).await {
                tracing::warn!("bookings of cancelled events can't be ended: {error}");
            }
            tokio::time::sleep(PERIOD).await;
        }
    };
    Box::pin(shutdown.until(async { tokio::join!(sweep, close) })).await;
}

/// Expires what is due; true when there may be more. An event that fails holds no other up.
pub async fn sweep(inventory: &Inventory) -> Result<bool, Error> {
    let due = sqlx::query!(
        r#"SELECT id AS "id: BookingId", event_id AS "event_id: EventId" FROM bookings
           WHERE status = 'held' AND expires_at <= now() ORDER BY expires_at LIMIT $1"#,
        BATCH
    )
    .fetch_all(&inventory.core.pool)
    .await?;
    let full = i64::try_from(due.len()).is_ok_and(|count| count == BATCH);
    let mut by_event: BTreeMap<EventId, Vec<BookingId>> = BTreeMap::new();
    for hold in due {
        by_event.entry(hold.event_id).or_default().push(hold.id);
    }
    let mut any = false;
    for (event_id, ids) in by_event {
        match inventory.expire(event_id, ids).await {
            Ok(()) => any = true,
            Err(error) => tracing::warn!(%event_id, "holds can't be expired: {error}"),
        }
    }
    Ok(full && any)
}

/// Ends the bookings of every event that is cancelled but not done with.
pub async fn close(inventory: &Inventory) -> Result<(), Error> {
    for event_id in store::events::closing(&inventory.core.pool).await? {
        if let Err(error) = inventory.end_all(event_id).await {
            tracing::warn!(%event_id, "bookings of a cancelled event can't be ended: {error}");
            continue;
        }
        store::events::closed(&inventory.core.pool, event_id).await?;
        tracing::info!(%event_id, "all bookings of the cancelled event are ended");
    }
    Ok(())
}
