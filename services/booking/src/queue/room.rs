//! What one replica does for the queue of one event: once a second it admits whom it may, and looks where its followers stand.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::Utc;
use contracts::{EventId, EventSnapshot, UserId};
use kit::{Problem, metrics};
use redis::RedisResult;
use tokio::{sync::watch, time::MissedTickBehavior};

use super::{
    Queues, Standing,
    line::{Allowance, Comer, Found, Turn},
    sale::{self, Phase},
};
use crate::store::queue::{self as store, Left};

/// How often to look.
const PACE: Duration = Duration::from_secs(1);
/// How long what is left counts as known.
const FRESH: Duration = Duration::from_millis(500);
/// A room where nobody has been for so long is closed.
const IDLE: Duration = Duration::from_mins(1);
/// Whoever is behind this position hears of a new one less often.
const NEAR: u64 = 200;
const FAR_PACE: Duration = Duration::from_secs(5);
/// Buyers who may choose at the same time, however little is left: some of them will not buy.
const LEAST_ACTIVE: u32 = 50;
/// Buyers who booked and are not reported yet; of more the admission ends by itself.
const MAX_SERVED: usize = 100_000;
/// The slowest pace that a wait is estimated by, in admissions per second.
const SLOWEST: f64 = 1.0 / 60.0;

pub(super) struct Room {
    event: EventId,
    state: Mutex<State>,
    left: tokio::sync::Mutex<Option<(Instant, Left)>>,
}

struct State {
    watchers: Vec<Watcher>,
    /// Have booked since the last look.
    served: Vec<UserId>,
    touched: Instant,
    /// Admissions per second lately.
    pace: f64,
    /// What early ones counted as at the last look.
    early_second: Option<u64>,
}

struct Watcher {
    user: UserId,
    arrived: u64,
    standing: watch::Sender<Standing>,
    told: Instant,
}

/// What became of a look.
enum Looked {
    /// On with it.
    Goes,
    /// Everybody is told this, and the line is dissolved.
    Ends(Option<Standing>),
}

impl Room {
    pub(super) fn new(event: EventId, pace: f64) -> Self {
        Self {
            event,
            state: Mutex::new(State {
                watchers: Vec::new(),
                served: Vec::new(),
                touched: Instant::now(),
                pace,
                early_second: None,
            }),
            left: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn touch(&self) {
        self.state().touched = Instant::now();
    }

    /// `user` has booked.
    pub(super) fn served(&self, user: UserId) {
        let mut state = self.state();
        if state.served.len() < MAX_SERVED {
            state.served.push(user);
        }
    }

    /// Tells somebody who stands like this of every change, and of this at once.
    pub(super) fn watch(
        &self,
        user: UserId,
        arrived: u64,
        standing: Standing,
    ) -> watch::Receiver<Standing> {
        let (sender, mut receiver) = watch::channel(standing);
        receiver.mark_changed();
        self.state().watchers.push(Watcher {
            user,
            arrived,
            standing: sender,
            told: Instant::now(),
        });
        receiver
    }

    /// What is left of the event, a moment ago at most. One query for all who ask meanwhile.
    pub(super) async fn left(&self, queue: &Queues, event: &EventSnapshot) -> sqlx::Result<Left> {
        let mut known = self.left.lock().await;
        if let Some((at, left)) = *known
            && at.elapsed() < FRESH
        {
            return Ok(left);
        }
        let types = sale::open_types(event, Utc::now());
        let left = store::left(&queue.0.pool, self.event, &types).await?;
        *known = Some((Instant::now(), left));
        Ok(left)
    }

    /// Where somebody stands who is in line.
    pub(super) fn standing(
        &self,
        phase: Phase,
        left: Left,
        position: u64,
        waiting: u64,
    ) -> Standing {
        standing(phase, left, position, waiting, self.state().pace)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn standing(phase: Phase, left: Left, position: u64, waiting: u64, pace: f64) -> Standing {
    match phase {
        Phase::Early(start) => Standing::Early { waiting, start },
        _ if left.free == 0 => Standing::Paused { position, waiting },
        _ => Standing::Waiting {
            position,
            waiting,
            seconds: estimate(position, pace),
        },
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate, of positive numbers"
)]
fn estimate(position: u64, pace: f64) -> u64 {
    (position as f64 / pace.max(SLOWEST)).ceil() as u64
}

/// Looks once a second until nobody has come for a while, or the process ends.
pub(super) async fn run(room: Arc<Room>, queue: Queues) {
    let shutdown = queue.0.shutdown.clone();
    let looking = Box::pin(keep_looking(&room, &queue));
    if shutdown.until(looking).await.is_none() {
        // Their senders go away, which ends the streams.
        room.state().watchers.clear();
    }
}

async fn keep_looking(room: &Room, queue: &Queues) {
    let mut ticks = tokio::time::interval(PACE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match look(room, queue).await {
            Ok(Looked::Goes) => {}
            Ok(Looked::Ends(last)) => {
                for watcher in std::mem::take(&mut room.state().watchers) {
                    if let Some(last) = last {
                        watcher.standing.send_replace(last);
                    }
                }
                if let Err(error) = queue.0.line.clear(room.event).await {
                    tracing::debug!(event_id = %room.event, "the queue is left to expire: {error}");
                }
            }
            Err(fault) => {
                tracing::warn!(event_id = %room.event, "the queue stands still: {fault}");
                for watcher in &mut room.state().watchers {
                    watcher.tell(Standing::Unavailable);
                }
            }
        }
        let mut rooms = queue.rooms();
        let state = room.state();
        if state.watchers.is_empty() && state.touched.elapsed() > IDLE {
            rooms.remove(&room.event);
            return;
        }
    }
}

/// Why a look failed.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("Redis: {0}")]
    Redis(#[from] redis::RedisError),
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the event is not known: {}", .0.code())]
    Event(Problem),
}

async fn look(room: &Room, queue: &Queues) -> Result<Looked, Fault> {
    let event = queue.0.events.get(room.event).await.map_err(Fault::Event)?;
    if !event.waiting_room {
        return Ok(Looked::Ends(None));
    }
    let phase = sale::phase(&event, Utc::now());
    if phase == Phase::Over {
        return Ok(Looked::Ends(Some(Standing::Over)));
    }
    let left = room.left(queue, &event).await?;
    if left.is_sold_out() {
        return Ok(Looked::Ends(Some(Standing::SoldOut)));
    }
    let turn = queue
        .0
        .line
        .admit(room.event, allowance(queue, phase, left))
        .await?;
    metrics::counter!("booking_queue_admitted_total").increment(turn.admitted);
    report(room, queue, turn.now).await?;
    follow(room, queue, &event, phase, left, turn).await?;
    Ok(Looked::Goes)
}

fn allowance(queue: &Queues, phase: Phase, left: Left) -> Allowance {
    let settings = &queue.0.settings;
    let most = f64::from(settings.per_second);
    let active = match phase {
        Phase::Open if left.free > 0 => left.free.max(LEAST_ACTIVE).min(settings.active),
        _ => 0,
    };
    Allowance {
        per_second: queue
            .0
            .inventory
            .drain_rate()
            .map_or(most, |rate| rate.clamp(1.0, most)),
        active: active.into(),
        lifetime: settings.admission,
    }
}

/// Tells Redis who is still choosing and who has booked.
async fn report(room: &Room, queue: &Queues, now: u64) -> RedisResult<()> {
    let (there, served) = {
        let mut state = room.state();
        let served = std::mem::take(&mut state.served);
        let gone: HashSet<_> = served.iter().collect();
        let there: Vec<_> = state
            .watchers
            .iter()
            .filter(|watcher| !gone.contains(&watcher.user))
            .filter_map(|watcher| match *watcher.standing.borrow() {
                Standing::Admitted { until } if until > now => Some((watcher.user, until)),
                _ => None,
            })
            .collect();
        (there, served)
    };
    queue
        .0
        .line
        .admitted(room.event, &there, &served, now)
        .await
}

/// Finds where all followers stand, and tells those for whom something changed.
async fn follow(
    room: &Room,
    queue: &Queues,
    event: &EventSnapshot,
    phase: Phase,
    left: Left,
    turn: Turn,
) -> RedisResult<()> {
    let early_second = sale::early_second(event);
    let (comers, mut found, in_line) = {
        let mut state = room.state();
        state.pace = turn.pace;
        // With another start of the sale early ones get another score.
        let moved = state
            .early_second
            .replace(early_second)
            .is_some_and(|before| before != early_second);
        state
            .watchers
            .retain(|watcher| !watcher.standing.is_closed());
        let mut comers = Vec::with_capacity(state.watchers.len());
        let mut found = Vec::with_capacity(state.watchers.len());
        let mut in_line = Vec::new();
        for (index, watcher) in state.watchers.iter().enumerate() {
            comers.push(Comer {
                user: watcher.user,
                arrived: Some(watcher.arrived),
                fraction: 0,
                early_second,
            });
            found.push(match *watcher.standing.borrow() {
                Standing::Admitted { until } if turn.now < until => Some(Found::Admitted { until }),
                Standing::Admitted { .. } | Standing::Absent => Some(Found::Absent),
                _ => {
                    if !moved {
                        in_line.push(index);
                    }
                    None
                }
            });
        }
        (comers, found, in_line)
    };
    let users: Vec<_> = in_line.iter().map(|index| comers[*index].user).collect();
    let positions = queue.0.line.positions(room.event, &users, turn.now).await?;
    for (index, position) in in_line.into_iter().zip(positions) {
        found[index] = position.map(|position| Found::Waiting {
            position,
            waiting: turn.waiting,
            arrived: 0,
        });
    }
    // Who is not in line was admitted, or the line was lost and their signed places put them back.
    let missing: Vec<_> = (0..found.len())
        .filter(|index| found[*index].is_none())
        .collect();
    let lost: Vec<_> = missing
        .iter()
        .map(|index| Comer {
            fraction: queue.0.keys.fraction(room.event, comers[*index].user),
            ..comers[*index]
        })
        .collect();
    let answers = queue.0.line.find_many(room.event, &lost).await?;
    for (index, answer) in missing.into_iter().zip(answers) {
        found[index] = Some(answer);
    }
    let mut state = room.state();
    let pace = state.pace;
    // Watchers are only removed by this task, and new ones come behind.
    for (watcher, found) in state.watchers.iter_mut().zip(found) {
        watcher.tell(match found {
            Some(Found::Waiting {
                position, waiting, ..
            }) => standing(phase, left, position, waiting, pace),
            Some(Found::Admitted { until }) => Standing::Admitted { until },
            Some(Found::Absent) => Standing::Absent,
            Some(Found::Full) | None => Standing::Unavailable,
        });
    }
    Ok(())
}

impl Watcher {
    /// Tells of a new standing, unless it is another position far back and the last was told a moment ago.
    fn tell(&mut self, new: Standing) {
        let known = *self.standing.borrow();
        let far = |standing| match standing {
            Standing::Waiting { position, .. } | Standing::Paused { position, .. } => {
                position > NEAR
            }
            Standing::Early { .. } => true,
            _ => false,
        };
        let same_kind = std::mem::discriminant(&known) == std::mem::discriminant(&new);
        if known == new || (same_kind && far(new) && self.told.elapsed() < FAR_PACE) {
            return;
        }
        self.told = Instant::now();
        self.standing.send_replace(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_far_back_is_told_now_and_then() {
        let room = Room::new(EventId::new(), 1.0);
        let at = |position| Standing::Waiting {
            position,
            waiting: 1_000,
            seconds: position,
        };
        let mut standing = room.watch(UserId::new(), 0, at(900));
        assert!(standing.has_changed().unwrap(), "told at once");
        standing.borrow_and_update();
        let tell = |new| room.state().watchers[0].tell(new);
        tell(at(899));
        assert!(!standing.has_changed().unwrap());
        tell(at(200));
        assert_eq!(*standing.borrow_and_update(), at(200));
        tell(at(199));
        assert_eq!(*standing.borrow_and_update(), at(199));
        tell(Standing::Unavailable);
        tell(at(900));
        assert_eq!(*standing.borrow_and_update(), at(900));
    }

    #[test]
    fn the_wait_follows_from_position_and_pace() {
        assert_eq!(estimate(1, 500.0), 1);
        assert_eq!(estimate(100, 3.0), 34);
        assert_eq!(estimate(2, 0.0), 120);
    }
}
