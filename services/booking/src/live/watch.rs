//! One task for each event that somebody watches.

use std::{sync::Arc, time::Duration};

use contracts::EventId;
use serde_json::json;

use super::{Live, Watched};
use crate::{domain::availability::SeatChange, store};

/// Least time between two updates,
const PACE: Duration = Duration::from_millis(250);
/// where no more streams than this are open. With more it grows as they do: one update is then work for each of them, and a sale
/// is not slowed by telling of it.
const EASY: u32 = 2_500;
/// How often to look while announcements are heard, in case one was lost.
const CHECK: Duration = Duration::from_secs(5);
/// How often to look while they are not.
const POLL: Duration = Duration::from_millis(500);

/// What changed, as JSON that goes to every watcher as it is.
#[derive(Debug)]
pub struct Update {
    /// The revision that `seats` tells the difference from.
    pub since: Option<i64>,
    pub revision: i64,
    /// The availability.
    pub availability: String,
    /// `{"changes": […]}`; absent when no seat changed.
    pub seats: Option<String>,
}

pub(super) async fn run(live: Live, event: EventId, watched: Watched) {
    let shutdown = live.0.shutdown.clone();
    shutdown.until(watch(&live, event, &watched)).await;
    if shutdown.is_cancelled() {
        // Its senders go away, which ends the streams.
        live.watched().remove(&event);
    }
}

async fn watch(live: &Live, event: EventId, watched: &Watched) {
    let mut known: Option<i64> = None;
    loop {
        match update(live, event, known).await {
            Ok(Some(update)) => {
                known = Some(update.revision);
                // An error means that nobody listens any more, which is seen below.
                let _ = watched.updates.send(Arc::new(update));
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(event_id = %event, "availability can't be read: {error}"),
        }
        tokio::time::sleep(pace(live.open_streams())).await;
        let pause = if live.is_hearing() { CHECK } else { POLL };
        let _ = tokio::time::timeout(pause, watched.changed.notified()).await;
        if live.drop_unwatched(event) {
            return;
        }
    }
}

/// Least time between two updates of an event while so many streams are open.
fn pace(streams: usize) -> Duration {
    let streams = u32::try_from(streams).unwrap_or(u32::MAX);
    PACE * streams.max(EASY) / EASY
}

/// What changed since `known`; `None` when nothing did.
async fn update(live: &Live, event: EventId, known: Option<i64>) -> sqlx::Result<Option<Update>> {
    let pool = &live.0.pool;
    let revision = store::stock::revision(pool, event).await?;
    if revision.is_none() || revision == known {
        return Ok(None);
    }
    let Some(now) = store::stock::availability(pool, event).await? else {
        return Ok(None);
    };
    let changes = match known {
        Some(known) if now.seated => store::stock::changes_since(pool, event, known).await?,
        _ => Vec::new(),
    };
    Ok(Some(Update {
        since: known,
        revision: now.revision,
        availability: json!(now.availability).to_string(),
        seats: seats_json(&changes),
    }))
}

/// The data of a `seats` event; `None` without changes.
pub fn seats_json(changes: &[SeatChange]) -> Option<String> {
    (!changes.is_empty()).then(|| json!({"changes": changes}).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn updates_come_less_often_where_many_watch() {
        assert_eq!(pace(0), PACE);
        assert_eq!(pace(2_500), PACE);
        assert_eq!(pace(10_000), Duration::from_secs(1));
        assert_eq!(pace(12_000), Duration::from_millis(1_200));
    }
}
