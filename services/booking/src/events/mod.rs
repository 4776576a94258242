//! Booking's own copy of Catalog's events: asked for on a miss, kept current by messages, in memory for a moment.

pub mod catalog;
mod listener;
mod messages;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use contracts::{EventId, EventSnapshot, TicketTypeKind};
use kit::{Problem, metrics};
use sqlx::{PgConnection, PgPool};

use self::catalog::Catalog;
pub use self::{listener::listen, messages::apply};
use crate::store;

/// How long an event is trusted without looking it up again.
const TRUSTED: Duration = Duration::from_secs(30);
/// How long an event counts as sold out without asking the stock.
const SOLD_OUT: Duration = Duration::from_secs(1);
/// Events kept in memory.
const MAX_EVENTS: usize = 1_000;
/// The channel on which replicas tell each other that an event, or whether it is sold out, has changed.
const CHANNEL: &str = "booking_events";

/// The events that Booking knows. Clones share them.
#[derive(Clone, Debug)]
pub struct Events(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    catalog: Catalog,
    cache: Mutex<HashMap<EventId, Cached>>,
    /// How often something was forgotten: what was read before that is not remembered.
    forgotten: AtomicU64,
    /// Who is just looking an event up; others wait for the same answer.
    flights: Mutex<HashMap<EventId, Weak<tokio::sync::Mutex<()>>>>,
}

#[derive(Clone, Debug)]
struct Cached {
    event: Arc<EventSnapshot>,
    until: Instant,
    sold_out_until: Option<Instant>,
}

impl Events {
    pub fn new(pool: PgPool, catalog: Catalog) -> Self {
        Self(Arc::new(Inner {
            pool,
            catalog,
            cache: Mutex::default(),
            forgotten: AtomicU64::new(0),
            flights: Mutex::default(),
        }))
    }

    /// An event that has stock. 404 for one that the public can't see, 503 when it is unknown and Catalog is away.
    pub async fn get(&self, id: EventId) -> Result<Arc<EventSnapshot>, Problem> {
        if let Some(event) = self.cached(id) {
            return Ok(event);
        }
        let flight = self.flight(id);
        let _turn = flight.lock().await;
        if let Some(event) = self.cached(id) {
            return Ok(event);
        }
        let (began, forgotten) = (Instant::now(), self.0.forgotten.load(Ordering::SeqCst));
        let event = Arc::new(self.look_up(id).await?);
        if self.0.forgotten.load(Ordering::SeqCst) == forgotten {
            self.remember(id, event.clone(), began + TRUSTED);
        }
        Ok(event)
    }

    async fn look_up(&self, id: EventId) -> Result<EventSnapshot, Problem> {
        let known = store::events::get(&self.0.pool, id).await?;
        if let Some(known) = &known
            && known.stocked
        {
            return Ok(known.snapshot.clone());
        }
        metrics::counter!("booking_catalog_lookups_total").increment(1);
        let event = match known {
            Some(known) => known.snapshot,
            None => self
                .0
                .catalog
                .event(id)
                .await?
                .ok_or_else(|| Problem::not_found("event"))?,
        };
        let seated = event
            .ticket_types
            .iter()
            .any(|kind| kind.kind == TicketTypeKind::Seated);
        let seats = if seated {
            self.0.catalog.seating(id).await?
        } else {
            Vec::new()
        };
        // What is stored may be newer than what was answered.
        let mut transaction = self.0.pool.begin().await?;
        store::events::store(&mut transaction, &event).await?;
        let stored = store::events::lock(&mut transaction, id)
            .await?
            .ok_or_else(|| Problem::not_found("event"))?;
        store::events::add_stock(&mut transaction, &stored.snapshot, &seats).await?;
        store::events::set_stocked(&mut transaction, id, true).await?;
        transaction.commit().await?;
        Ok(stored.snapshot)
    }

    /// Whether the event was sold out a moment ago.
    pub fn is_sold_out(&self, id: EventId) -> bool {
        let now = Instant::now();
        self.cache()
            .get(&id)
            .and_then(|cached| cached.sold_out_until)
            .is_some_and(|until| now < until)
    }

    /// Remembers that nothing is left, for a second.
    pub fn sold_out(&self, id: EventId) {
        if let Some(cached) = self.cache().get_mut(&id) {
            cached.sold_out_until = Some(Instant::now() + SOLD_OUT);
        }
    }

    fn cached(&self, id: EventId) -> Option<Arc<EventSnapshot>> {
        let now = Instant::now();
        self.cache()
            .get(&id)
            .filter(|cached| now < cached.until)
            .map(|cached| cached.event.clone())
    }

    fn remember(&self, id: EventId, event: Arc<EventSnapshot>, until: Instant) {
        let now = Instant::now();
        let mut cache = self.cache();
        if cache.len() >= MAX_EVENTS {
            cache.retain(|_, cached| now < cached.until);
        }
        if cache.len() >= MAX_EVENTS {
            cache.clear();
        }
        cache.insert(
            id,
            Cached {
                event,
                until,
                sold_out_until: None,
            },
        );
    }

    fn forget(&self, id: EventId) {
        self.0.forgotten.fetch_add(1, Ordering::SeqCst);
        self.cache().remove(&id);
    }

    fn forget_all(&self) {
        self.0.forgotten.fetch_add(1, Ordering::SeqCst);
        self.cache().clear();
    }

    fn flight(&self, id: EventId) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = self
            .0
            .flights
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&id).and_then(Weak::upgrade) {
            return flight;
        }
        flights.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::default();
        flights.insert(id, Arc::downgrade(&flight));
        flight
    }

    fn cache(&self) -> MutexGuard<'_, HashMap<EventId, Cached>> {
        self.0.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells every replica, when the transaction commits, to forget what it knows of the event.
pub async fn notify(connection: &mut PgConnection, id: EventId) -> sqlx::Result<()> {
    sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
