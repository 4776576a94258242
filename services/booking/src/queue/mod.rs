//! The waiting room of events that have one: buyers stand in line, and are admitted as fast as the sale serves them.
//!
//! First come, first served by the second of arrival. Who came before the sale began counts as arrived in its last second
//! before; within a second a rank decides that nobody can choose and that is the same on every replica. Places and admissions
//! are signed: Redis holds the line, but when it loses it, everybody's signed place puts it back. An admission is checked
//! without asking anybody. While Redis is away nobody is admitted; who was admitted goes on buying.
//!
//! Each replica where somebody waits for an event has a [`room`] for it, which looks at Redis once a second for all of them.

mod line;
mod room;
mod sale;
mod standing;
mod tokens;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::http::StatusCode;
use chrono::Utc;
use contracts::{EventId, EventSnapshot, UserId};
use kit::{Problem, process::Shutdown, redis::Redis};
use redis::RedisError;
use sqlx::PgPool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use self::{
    line::{Comer, Found, Line},
    room::Room,
    sale::Phase,
};
pub use self::{
    standing::{QueueStatus, QueueView, Standing},
    tokens::QueueKeys,
};
use crate::{domain::TicketKeys, events::Events, inventory::Inventory};

/// Events whose queues one process serves at once.
const MAX_ROOMS: usize = 500;
/// Queues streams that one process serves at once; each costs some kilobytes.
const MAX_STREAMS: usize = 12_000;
/// Places in one event's queue.
const MAX_PLACES: usize = 100_000;

/// How a queue moves.
#[derive(Clone, Copy, Debug)]
pub struct QueueSettings {
    /// How long a place stays without a sign of life.
    pub patience: Duration,
    /// How long an admission lets its buyer book.
    pub admission: Duration,
    /// Buyers of one event who are admitted and have not booked yet.
    pub active: u32,
    /// Most admissions of one event per second, however fast the sale is.
    pub per_second: u32,
}

/// The queues of all events. Clones share them.
#[derive(Clone)]
pub struct Queues(Arc<Inner>);

struct Inner {
    line: Line,
    pool: PgPool,
    events: Events,
    inventory: Inventory,
    keys: QueueKeys,
    settings: QueueSettings,
    shutdown: Shutdown,
    rooms: Mutex<HashMap<EventId, Arc<Room>>>,
    streams: Arc<Semaphore>,
}

/// Somebody who follows the queue on a stream.
pub struct Follower {
    queue: Queues,
    event: EventId,
    user: UserId,
    standing: watch::Receiver<Standing>,
    ended: bool,
    _permit: OwnedSemaphorePermit,
}

impl Queues {
    pub fn new(
        redis: Redis,
        pool: PgPool,
        events: Events,
        inventory: Inventory,
        keys: &TicketKeys,
        settings: QueueSettings,
        shutdown: Shutdown,
    ) -> Self {
        Self(Arc::new(Inner {
            line: Line::new(redis, settings.patience, MAX_PLACES),
            pool,
            events,
            inventory,
            keys: QueueKeys::new(keys),
            settings,
            shutdown,
            rooms: Mutex::default(),
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
        }))
    }

    /// Whether the admission lets `user` book tickets of `event` now. Asks nobody.
    pub fn admits(&self, event: EventId, user: UserId, admission: Option<&str>) -> bool {
        let now = u64::try_from(Utc::now().timestamp_millis()).unwrap_or(u64::MAX);
        admission.is_some_and(|admission| self.0.keys.admits(event, user, admission, now))
    }

    /// An admitted buyer has booked: the next one may come, at the room's next look.
    pub fn served(&self, event: EventId, user: UserId) {
        // Without a room its admission ends by itself.
        if let Ok(room) = self.room(event) {
            room.served(user);
        }
    }

    /// Gives `user` a place, or finds the one that there is.
    pub async fn join(
        &self,
        event: EventId,
        user: UserId,
        place: Option<&str>,
    ) -> Result<QueueView, Problem> {
        self.ask(event, user, place, true).await
    }

    /// Finds the place of `user`; 404 without one.
    pub async fn look(
        &self,
        event: EventId,
        user: UserId,
        place: Option<&str>,
    ) -> Result<QueueView, Problem> {
        self.ask(event, user, place, false).await
    }

    /// `user` waits no longer, nor counts as admitted: the next one comes sooner. An admission that was given is good until it ends.
    pub async fn leave(&self, event: EventId, user: UserId) -> Result<(), Problem> {
        let event = self.event(event).await?;
        self.0
            .line
            .leave(event.id, user)
            .await
            .map_err(|error| away(event.id, &error))
    }

    async fn ask(
        &self,
        event: EventId,
        user: UserId,
        place: Option<&str>,
        make: bool,
    ) -> Result<QueueView, Problem> {
        let snapshot = self.event(event).await?;
        // A place that is somebody else's, or none at all, is as good as no place.
        let arrived = place
            .and_then(|place| self.0.keys.check_place(event, place))
            .and_then(|(whose, arrived)| (whose == user).then_some(arrived));
        let comer = self.comer(&snapshot, user, arrived);
        let (standing, arrived) = self.stand(&snapshot, &comer, make).await?;
        let view = QueueView::new(event, user, standing, &self.0.keys);
        Ok(match arrived {
            Some(arrived) => view.with_place(self.0.keys.place(event, user, arrived)),
            None => view,
        })
    }

    /// Follows the place that `place` signs. 404 when its user is not in the queue any more, 503 when too many follow.
    pub async fn follow(&self, event: EventId, place: &str) -> Result<Follower, Problem> {
        let permit = self
            .0
            .streams
            .clone()
            .try_acquire_owned()
            .map_err(|_| Problem::unavailable(10).shed())?;
        let snapshot = self.event(event).await?;
        let (user, arrived) = self
            .0
            .keys
            .check_place(event, place)
            .ok_or_else(|| Problem::invalid("?place", "is no place of this event's queue"))?;
        let comer = self.comer(&snapshot, user, Some(arrived));
        let (standing, _) = self.stand(&snapshot, &comer, false).await?;
        let standing = self.room(event)?.watch(user, arrived, standing);
        Ok(Follower {
            queue: self.clone(),
            event,
            user,
            standing,
            ended: false,
            _permit: permit,
        })
    }

    /// Where somebody stands, and the second of arrival of who waits.
    async fn stand(
        &self,
        event: &EventSnapshot,
        comer: &Comer,
        make: bool,
    ) -> Result<(Standing, Option<u64>), Problem> {
        let phase = sale::phase(event, Utc::now());
        if phase == Phase::Over {
            return Ok((Standing::Over, None));
        }
        let room = self.room(event.id)?;
        let left = room.left(self, event).await?;
        if left.is_sold_out() {
            return Ok((Standing::SoldOut, None));
        }
        let found = self
            .0
            .line
            .find(event.id, comer, make)
            .await
            .map_err(|error| away(event.id, &error))?;
        match found {
            Found::Waiting {
                position,
                waiting,
                arrived,
            } => Ok((room.standing(phase, left, position, waiting), Some(arrived))),
            Found::Admitted { until } => Ok((Standing::Admitted { until }, comer.arrived)),
            Found::Absent => Err(absent()),
            Found::Full => Err(full()),
        }
    }

    fn comer(&self, event: &EventSnapshot, user: UserId, arrived: Option<u64>) -> Comer {
        Comer {
            user,
            arrived,
            fraction: self.0.keys.fraction(event.id, user),
            early_second: sale::early_second(event),
        }
    }

    /// An event that has a waiting room.
    async fn event(&self, id: EventId) -> Result<Arc<EventSnapshot>, Problem> {
        let event = self.0.events.get(id).await?;
        if event.waiting_room {
            Ok(event)
        } else {
            Err(Problem::conflict("no_queue", "No queue")
                .detail("This event has no waiting room: book at once."))
        }
    }

    /// The room of an event; 503 when there are too many.
    fn room(&self, event: EventId) -> Result<Arc<Room>, Problem> {
        let mut rooms = self.rooms();
        if let Some(room) = rooms.get(&event) {
            room.touch();
            return Ok(room.clone());
        }
        if rooms.len() >= MAX_ROOMS {
            return Err(Problem::unavailable(10).shed());
        }
        let room = Arc::new(Room::new(event, f64::from(self.0.settings.per_second)));
        rooms.insert(event, room.clone());
        tokio::spawn(room::run(room.clone(), self.clone()));
        Ok(room)
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<EventId, Arc<Room>>> {
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Follower {
    /// Where the follower stands, at once and then whenever that changes; `None` when nothing follows.
    pub async fn next(&mut self) -> Option<QueueView> {
        if self.ended {
            return None;
        }
        self.standing.changed().await.ok()?;
        let standing = *self.standing.borrow_and_update();
        self.ended = standing.is_final();
        Some(QueueView::new(
            self.event,
            self.user,
            standing,
            &self.queue.0.keys,
        ))
    }
}

/// 403: who wants to book has no admission.
pub fn required() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "queue_required",
        "Waiting in line is required",
    )
    .detail(
        "Many want tickets of this event. Join the queue with POST /events/{id}/queue, and send the admission that it gives as \
         Queue-Admission.",
    )
}

fn away(event: EventId, error: &RedisError) -> Problem {
    tracing::warn!(event_id = %event, "the queue can't be asked: {error}");
    Problem::unavailable(5)
        .detail("The queue can't be asked right now. Nobody loses a place: come back with yours.")
}

fn absent() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_in_queue", "Not in the queue")
        .detail("You have no place in this queue, or your admission has ended. Join it.")
}

fn full() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "queue_full", "Queue full")
        .detail("The queue takes nobody right now. Try again in 30 s.")
        .retry_after(30)
        .shed()
}
