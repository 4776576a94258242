//! Reading what is left. Whoever asks while it is being read is answered by the next read, everybody by the same one: the
//! answer is never older than the question, and a crowd costs the database no more than a few.

use std::{
    collections::{HashMap, hash_map::Entry},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use contracts::EventId;
use futures::FutureExt as _;
use kit::Problem;
use sqlx::PgPool;
use tokio::sync::oneshot;

use crate::store::stock::{Snapshot, availability};

/// What is left of an event, and the same as JSON.
#[derive(Debug)]
pub struct Read {
    pub snapshot: Snapshot,
    pub json: String,
}

/// `None` when the event has no stock.
type Answer = Result<Option<Arc<Read>>, Problem>;

/// Clones share the reads.
#[derive(Clone, Debug)]
pub(super) struct Reads {
    pool: PgPool,
    /// Who asks of which event; there is an entry as long as a task reads for it.
    asking: Arc<Mutex<HashMap<EventId, Vec<oneshot::Sender<Answer>>>>>,
}

impl Reads {
    pub(super) fn new(pool: PgPool) -> Self {
        Self {
            pool,
            asking: Arc::default(),
        }
    }

    pub(super) async fn read(&self, event: EventId) -> Answer {
        let (sender, answer) = oneshot::channel();
        match self.asking().entry(event) {
            Entry::Occupied(mut asking) => asking.get_mut().push(sender),
            Entry::Vacant(nobody) => {
                nobody.insert(vec![sender]);
                // Not by who asks first: that one may go away.
                tokio::spawn(self.clone().serve(event));
            }
        }
        answer
            .await
            .unwrap_or_else(|_| Err(Problem::unavailable(1)))
    }

    /// Reads for everybody who asks, until nobody does.
    async fn serve(self, event: EventId) {
        while let Some(askers) = self.askers(event) {
            // A panic must not leave those who ask later without a task that reads for them.
            let answer = AssertUnwindSafe(self.query(event))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(Problem::internal(anyhow::anyhow!("a read panicked"))));
            for asker in askers {
                // Who has gone away needs no answer.
                let _ = asker.send(answer.clone());
            }
        }
    }

    fn askers(&self, event: EventId) -> Option<Vec<oneshot::Sender<Answer>>> {
        let mut all = self.asking();
        let askers = all.get_mut(&event).map(std::mem::take);
        if askers.as_ref().is_none_or(Vec::is_empty) {
            all.remove(&event);
            return None;
        }
        askers
    }

    async fn query(&self, event: EventId) -> Answer {
        let Some(snapshot) = availability(&self.pool, event).await? else {
            return Ok(None);
        };
        let json = serde_json::to_string(&snapshot.availability).map_err(Problem::internal)?;
        Ok(Some(Arc::new(Read { snapshot, json })))
    }

    fn asking(&self) -> MutexGuard<'_, HashMap<EventId, Vec<oneshot::Sender<Answer>>>> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
