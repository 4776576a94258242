//! Who does the work, and when: one task for each event that anything is asked of.
//!
//! A task takes everything that waits for its event into one transaction. Nothing is timed: batches grow by themselves while
//! the database is busy. Holds wait in a queue of their own, behind what gives places back or confirms them, and are turned
//! away when there are too many or they waited too long; the rest was accepted before and waits as long as it takes.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use contracts::EventId;
use kit::{idempotency::Scope, metrics, telemetry};
use tokio::sync::{
    Semaphore,
    mpsc::{self, error::TrySendError},
    oneshot,
};
use tracing::Span;

use super::{
    Core, batch,
    error::Error,
    rate::DrainRate,
    seats::Seating,
    strain::Strain,
    work::{Answer, Job, Received, Work},
};

/// Holds that may wait for one event.
const QUEUE: usize = 1_024;
/// Other work that may wait for one event; more waits outside.
const ACCEPTED: usize = 256;
/// Work in one transaction.
const BATCH: usize = 256;
/// No more holds are taken in while those that wait will take longer than this,
const SOON: Duration = Duration::from_millis(100);
/// or than this while refusals, too, take long: it is enough to keep the transactions going, and leaves most for them.
const SOONER: Duration = Duration::from_millis(25);
/// So many may always wait, and so many while refusals take long.
const ALWAYS: usize = BATCH;
const ALWAYS_STRAINED: usize = BATCH / 4;
/// A task of an event that nothing is asked of ends, and forgets its seats.
const IDLE: Duration = Duration::from_secs(10);

/// The tasks of all events. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Engine {
    core: Arc<Core>,
    queues: Arc<Mutex<HashMap<EventId, Queue>>>,
    /// Transactions at once: while there is no connection for a batch, it grows.
    turns: Arc<Semaphore>,
    rate: Arc<DrainRate>,
    strain: Strain,
}

/// Boxed: a channel has room for 32 of what it carries from its beginning on, and there may be thousands of events.
type Queued = Box<Job>;

#[derive(Clone, Debug)]
struct Queue {
    holds: mpsc::Sender<Queued>,
    accepted: mpsc::Sender<Queued>,
}

/// What one event's task takes from.
struct Waiting {
    holds: mpsc::Receiver<Queued>,
    accepted: mpsc::Receiver<Queued>,
    /// Taken from the queues, but not yet in a transaction.
    taken: VecDeque<Queued>,
}

impl Engine {
    pub(super) fn new(core: Arc<Core>) -> Self {
        let connections = core.workshop.pool.options().get_max_connections() as usize;
        Self {
            core,
            queues: Arc::default(),
            turns: Arc::new(Semaphore::new(connections)),
            rate: Arc::default(),
            strain: Strain::default(),
        }
    }

    /// Holds committed per second of busy time; `None` before the first.
    pub(super) fn drain_rate(&self) -> Option<f64> {
        self.rate.per_second()
    }

    /// Whether a hold of `event` would come to its turn soon, at the pace of late.
    pub(super) fn has_room(&self, event: EventId) -> bool {
        let waiting = match self.queues().get(&event) {
            Some(queue) => QUEUE - queue.holds.capacity(),
            None => return true,
        };
        let (soon, always) = if self.strain.is_late() {
            (SOONER, ALWAYS_STRAINED)
        } else {
            (SOON, ALWAYS)
        };
        let room = waiting < self.rate.within(soon).clamp(always, QUEUE);
        if !room {
            shed("too_many_wait");
        }
        room
    }

    /// Has `work` done and waits for it; then it is committed.
    pub(super) async fn submit(
        &self,
        event: EventId,
        work: Work,
        idempotency: Option<Scope>,
        received: Option<Received>,
    ) -> Answer {
        let (reply, answer) = oneshot::channel();
        let mut job = Box::new(Job {
            work,
            idempotency,
            received,
            traceparent: telemetry::traceparent(),
            span: Span::current(),
            arrived: Instant::now(),
            reply,
        });
        loop {
            let queue = self.queue(event);
            let back = if job.work.is_new_demand() {
                match queue.holds.try_send(job) {
                    Ok(()) => break,
                    Err(TrySendError::Full(_)) => {
                        shed("queue_full");
                        return Err(Error::Overloaded);
                    }
                    Err(TrySendError::Closed(job)) => job,
                }
            } else {
                match queue.accepted.send(job).await {
                    Ok(()) => break,
                    Err(back) => back.0,
                }
            };
            // That task has just ended.
            self.forget(event, &queue);
            job = back;
        }
        answer.await.unwrap_or(Err(Error::Abandoned))
    }

    fn queue(&self, event: EventId) -> Queue {
        let mut queues = self.queues();
        if let Some(queue) = queues.get(&event) {
            return queue.clone();
        }
        let (holds, waiting_holds) = mpsc::channel(QUEUE);
        let (accepted, waiting_accepted) = mpsc::channel(ACCEPTED);
        let queue = Queue { holds, accepted };
        queues.insert(event, queue.clone());
        let waiting = Waiting {
            holds: waiting_holds,
            accepted: waiting_accepted,
            taken: VecDeque::new(),
        };
        self.core.workshop.spawn(self.clone().work(event, waiting));
        queue
    }

    /// Forgets a queue whose task has ended, unless there is a new one.
    fn forget(&self, event: EventId, ended: &Queue) {
        let mut queues = self.queues();
        if queues
            .get(&event)
            .is_some_and(|queue| queue.holds.same_channel(&ended.holds))
        {
            queues.remove(&event);
        }
    }

    async fn work(self, event: EventId, mut waiting: Waiting) {
        let mut seating: Option<Seating> = None;
        loop {
            match tokio::time::timeout(IDLE, waiting.something()).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => {
                    // What came until now is still done; who comes later finds a queue that is closed, and makes a new one.
                    self.queues().remove(&event);
                    waiting.close();
                    continue;
                }
            }
            let Ok(_turn) = self.turns.acquire().await else {
                return;
            };
            let jobs = waiting.next(self.core.times.patience);
            if !jobs.is_empty() {
                let began = Instant::now();
                // Boxed: a task that waits does not keep the room that a transaction needs.
                let batch = Box::pin(batch::run(&self.core, event, jobs, &mut seating));
                let held = batch.await;
                self.rate.record(held, began.elapsed());
            }
        }
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<EventId, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Waits until there is work; false when nobody can send any.
    async fn something(&mut self) -> bool {
        if !self.taken.is_empty() {
            return true;
        }
        let first = tokio::select! {
            biased;
            Some(job) = self.accepted.recv() => Some(job),
            Some(job) = self.holds.recv() => Some(job),
            else => None,
        };
        self.taken.extend(first);
        !self.taken.is_empty()
    }

    fn close(&mut self) {
        self.holds.close();
        self.accepted.close();
    }

    /// Everything that goes into the next transaction. One that changes a booking which another one of it changes has to
    /// wait for the next but one.
    fn next(&mut self, patience: Duration) -> Vec<Job> {
        for queue in [&mut self.accepted, &mut self.holds] {
            while self.taken.len() < BATCH
                && let Ok(job) = queue.try_recv()
            {
                self.taken.push_back(job);
            }
        }
        let mut touched = HashSet::new();
        let mut batch = Vec::with_capacity(self.taken.len());
        for job in std::mem::take(&mut self.taken) {
            if job.work.is_new_demand() {
                if job.reply.is_closed() {
                    shed("client_gone");
                    continue;
                }
                if job.arrived.elapsed() > patience {
                    shed("waited_too_long");
                    job.answer(Err(Error::Overloaded));
                    continue;
                }
            }
            let bookings = job.work.bookings();
            if bookings.iter().any(|id| touched.contains(id)) {
                self.taken.push_back(job);
                continue;
            }
            touched.extend(bookings.iter().copied());
            batch.push(*job);
        }
        batch
    }
}

fn shed(reason: &'static str) {
    metrics::counter!("booking_holds_shed_total", "reason" => reason).increment(1);
}
