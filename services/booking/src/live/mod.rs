//! Live availability: who watches an event hears of its changes, whichever replica made them.
//!
//! A change is announced over Redis as nothing but the event's id. Each replica that has watchers of it then reads what is
//! left and which seats changed, at most four times a second, less often where thousands watch, once for all of them. Redis is
//! only a hint: without it, or when it loses one, the database is asked every now and then anyway.

mod reads;
mod redis;
mod watch;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use contracts::EventId;
use kit::{Problem, process::Shutdown};
use sqlx::PgPool;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, broadcast};

pub use self::{
    reads::Read,
    redis::run,
    watch::{Update, seats_json},
};

/// Streams that one process serves at once; each costs some kilobytes.
const MAX_STREAMS: usize = 12_000;
/// Updates that a slow watcher may be behind before it is cut off.
const BACKLOG: usize = 16;

/// Tells watchers what changed. Clones are the same.
#[derive(Clone, Debug)]
pub struct Live(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    reads: reads::Reads,
    shutdown: Shutdown,
    watched: Mutex<HashMap<EventId, Watched>>,
    /// Changes of this process that other replicas have not been told yet.
    unannounced: Mutex<HashSet<EventId>>,
    announce: Notify,
    /// Whether announcements of other replicas are heard.
    hearing: AtomicBool,
    streams: Arc<Semaphore>,
}

/// An event that somebody watches.
#[derive(Clone, Debug)]
struct Watched {
    updates: broadcast::Sender<Arc<Update>>,
    changed: Arc<Notify>,
}

/// A subscription to the updates of one event.
#[derive(Debug)]
pub struct Subscription {
    pub updates: broadcast::Receiver<Arc<Update>>,
    _permit: OwnedSemaphorePermit,
}

impl Live {
    pub fn new(pool: PgPool, shutdown: Shutdown) -> Self {
        Self(Arc::new(Inner {
            reads: reads::Reads::new(pool.clone()),
            pool,
            shutdown,
            watched: Mutex::default(),
            unannounced: Mutex::default(),
            announce: Notify::new(),
            hearing: AtomicBool::new(false),
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
        }))
    }

    /// What is left of an event now; 404 when it has no stock.
    pub async fn read(&self, event: EventId) -> Result<Arc<Read>, Problem> {
        let read = self.0.reads.read(event).await?;
        read.ok_or_else(|| Problem::not_found("event"))
    }

    /// This process has changed the event's stock.
    pub fn changed(&self, event: EventId) {
        self.heard(event);
        self.0
            .unannounced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(event);
        self.0.announce.notify_one();
    }

    /// Somebody has changed the event's stock.
    fn heard(&self, event: EventId) {
        if let Some(watched) = self.watched().get(&event) {
            watched.changed.notify_one();
        }
    }

    /// Anything may have changed.
    fn missed_some(&self) {
        for watched in self.watched().values() {
            watched.changed.notify_one();
        }
    }

    fn set_hearing(&self, hearing: bool) {
        self.0.hearing.store(hearing, Ordering::Relaxed);
    }

    fn is_hearing(&self) -> bool {
        self.0.hearing.load(Ordering::Relaxed)
    }

    /// Updates of an event from now on; `None` when too many streams are open. A subscriber that falls behind is cut off.
    pub fn subscribe(&self, event: EventId) -> Option<Subscription> {
        let permit = self.0.streams.clone().try_acquire_owned().ok()?;
        let mut all = self.watched();
        let updates = if let Some(watched) = all.get(&event) {
            watched.updates.subscribe()
        } else {
            let (sender, receiver) = broadcast::channel(BACKLOG);
            let watched = Watched {
                updates: sender,
                changed: Arc::default(),
            };
            all.insert(event, watched.clone());
            tokio::spawn(watch::run(self.clone(), event, watched));
            receiver
        };
        Some(Subscription {
            updates,
            _permit: permit,
        })
    }

    /// Streams that are open, of all events.
    fn open_streams(&self) -> usize {
        MAX_STREAMS - self.0.streams.available_permits().min(MAX_STREAMS)
    }

    /// Stops watching an event that nobody subscribes to any more. True when it did.
    fn drop_unwatched(&self, event: EventId) -> bool {
        let mut all = self.watched();
        let idle = all
            .get(&event)
            .is_none_or(|watched| watched.updates.receiver_count() == 0);
        if idle {
            all.remove(&event);
        }
        idle
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, HashMap<EventId, Watched>> {
        self.0
            .watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
