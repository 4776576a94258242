//! The line in Redis. For each event:
//!
//! - `line`: who waits, by the second of arrival and a rank within it,
//! - `alive`: when each of them was last heard of,
//! - `active`: who may buy and has not yet, by when that ends,
//! - `admitted`: who was admitted until when, or left, so that no place is used twice,
//! - `pace`: when somebody was last admitted, and how fast.
//!
//! All of it may be lost: what somebody has, they hold signed.

use std::{sync::LazyLock, time::Duration};

use contracts::{EventId, UserId};
use kit::redis::Redis;
use redis::{ErrorKind, Pipeline, RedisError, RedisResult, Script, Value, from_redis_value};

const JOIN_SOURCE: &str = include_str!("join.lua");
static JOIN: LazyLock<Script> = LazyLock::new(|| Script::new(JOIN_SOURCE));
static ADMIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("admit.lua")));
static LEAVE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("leave.lua")));

/// People asked about in one round trip.
const CHUNK: usize = 2_000;
/// Keys that nobody touches for so long go away by themselves.
const KEPT: Duration = Duration::from_hours(1);
/// Admissions that are remembered of one event.
const REMEMBERED: usize = 200_000;

/// What Redis says of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Waiting {
        position: u64,
        waiting: u64,
        arrived: u64,
    },
    Admitted {
        until: u64,
    },
    Absent,
    Full,
}

/// Somebody who comes with or without a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comer {
    pub user: UserId,
    /// The second of arrival, of a signed place.
    pub arrived: Option<u64>,
    /// Rank among those who count as arrived in the same second.
    pub fraction: u32,
    /// The second that early ones count as arrived in.
    pub early_second: u64,
}

/// How many may be admitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    pub per_second: f64,
    /// Active admissions; 0 admits nobody.
    pub active: u64,
    pub lifetime: Duration,
}

/// What an admission run came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    /// Redis' clock, in milliseconds since 1970.
    pub now: u64,
    pub admitted: u64,
    pub waiting: u64,
    /// Admissions per second lately.
    pub pace: f64,
}

/// The lines of all events.
#[derive(Clone)]
pub(super) struct Line {
    redis: Redis,
    /// How long a silent one stays.
    patience: Duration,
    /// Most places of one event.
    places: usize,
}

struct Keys {
    line: String,
    alive: String,
    active: String,
    admitted: String,
    pace: String,
}

impl Keys {
    fn of(event: EventId) -> Self {
        let key = |name| format!("queue:{{{event}}}:{name}");
        Self {
            line: key("line"),
            alive: key("alive"),
            active: key("active"),
            admitted: key("admitted"),
            pace: key("pace"),
        }
    }
}

impl Line {
    pub(super) fn new(redis: Redis, patience: Duration, places: usize) -> Self {
        Self {
            redis,
            patience,
            places,
        }
    }

    /// Where somebody is; `make` gives a place to who has none.
    pub(super) async fn find(
        &self,
        event: EventId,
        comer: &Comer,
        make: bool,
    ) -> RedisResult<Found> {
        let keys = Keys::of(event);
        let mut call = JOIN.prepare_invoke();
        for key in [&keys.line, &keys.alive, &keys.active, &keys.admitted] {
            call.key(key);
        }
        for argument in self.join_arguments(comer, make) {
            call.arg(argument);
        }
        found(&call.invoke_async(&mut self.redis.clone()).await?)
    }

    /// The same for many who have a place, in as few round trips as can be.
    pub(super) async fn find_many(
        &self,
        event: EventId,
        comers: &[Comer],
    ) -> RedisResult<Vec<Found>> {
        let keys = Keys::of(event);
        let mut all = Vec::with_capacity(comers.len());
        for chunk in comers.chunks(CHUNK) {
            let mut commands = Pipeline::with_capacity(chunk.len() + 1);
            // A Redis that was started anew does not know the script.
            commands.cmd("SCRIPT").arg("LOAD").arg(JOIN_SOURCE).ignore();
            for comer in chunk {
                let command = commands.cmd("EVALSHA").arg(JOIN.get_hash()).arg(4);
                for key in [&keys.line, &keys.alive, &keys.active, &keys.admitted] {
                    command.arg(key);
                }
                for argument in self.join_arguments(comer, false) {
                    command.arg(argument);
                }
            }
            let answers: Vec<Value> = commands.query_async(&mut self.redis.clone()).await?;
            for answer in &answers {
                all.push(found(answer)?);
            }
        }
        Ok(all)
    }

    fn join_arguments(&self, comer: &Comer, make: bool) -> [Vec<u8>; 8] {
        [
            member(comer.user).to_vec(),
            comer
                .arrived
                .map(|second| second.to_string())
                .unwrap_or_default()
                .into_bytes(),
            vec![if make { b'1' } else { b'0' }],
            comer.early_second.to_string().into_bytes(),
            comer.fraction.to_string().into_bytes(),
            self.places.to_string().into_bytes(),
            self.patience.as_millis().to_string().into_bytes(),
            KEPT.as_secs().to_string().into_bytes(),
        ]
    }

    /// `user` gives up the place or the admission there may be.
    pub(super) async fn leave(&self, event: EventId, user: UserId) -> RedisResult<()> {
        let keys = Keys::of(event);
        let mut call = LEAVE.prepare_invoke();
        for key in [&keys.line, &keys.alive, &keys.active, &keys.admitted] {
            call.key(key);
        }
        call.arg(member(user).as_slice())
            .arg(KEPT.as_secs())
            .invoke_async(&mut self.redis.clone())
            .await
    }

    /// Admits as many as may be, whichever replica admitted last.
    pub(super) async fn admit(&self, event: EventId, allowance: Allowance) -> RedisResult<Turn> {
        let keys = Keys::of(event);
        let mut call = ADMIT.prepare_invoke();
        for key in [
            &keys.line,
            &keys.alive,
            &keys.active,
            &keys.admitted,
            &keys.pace,
        ] {
            call.key(key);
        }
        let (now, admitted, waiting, pace): (u64, u64, u64, u32) = call
            .arg(allowance.per_second)
            .arg(allowance.active)
            .arg(millis(self.patience))
            .arg(millis(allowance.lifetime))
            .arg(KEPT.as_secs())
            .arg(REMEMBERED)
            .invoke_async(&mut self.redis.clone())
            .await?;
        Ok(Turn {
            now,
            admitted,
            waiting,
            pace: f64::from(pace) / 1_000.0,
        })
    }

    /// Positions of those in line, `None` for who is not; all of them are alive.
    pub(super) async fn positions(
        &self,
        event: EventId,
        users: &[UserId],
        now: u64,
    ) -> RedisResult<Vec<Option<u64>>> {
        let keys = Keys::of(event);
        let mut all = Vec::with_capacity(users.len());
        for chunk in users.chunks(CHUNK) {
            let mut commands = Pipeline::with_capacity(chunk.len() + 1);
            let alive = commands.cmd("ZADD").arg(&keys.alive);
            for user in chunk {
                alive.arg(now).arg(member(*user).as_slice());
            }
            alive.ignore();
            for user in chunk {
                commands
                    .cmd("ZRANK")
                    .arg(&keys.line)
                    .arg(member(*user).as_slice());
            }
            let ranks: Vec<Option<u64>> = commands.query_async(&mut self.redis.clone()).await?;
            all.extend(ranks.into_iter().map(|rank| rank.map(|rank| rank + 1)));
        }
        Ok(all)
    }

    /// Those who are admitted are still there (`until` when), and others have what they wanted.
    pub(super) async fn admitted(
        &self,
        event: EventId,
        there: &[(UserId, u64)],
        served: &[UserId],
        now: u64,
    ) -> RedisResult<()> {
        if there.is_empty() && served.is_empty() {
            return Ok(());
        }
        let keys = Keys::of(event);
        let mut commands = Pipeline::new();
        for chunk in there.chunks(CHUNK) {
            let command = commands.cmd("ZADD").arg(&keys.active).arg("XX");
            for (user, until) in chunk {
                command
                    .arg((*until).min(now + millis(self.patience)))
                    .arg(member(*user).as_slice());
            }
            command.ignore();
        }
        for chunk in served.chunks(CHUNK) {
            let command = commands.cmd("ZREM").arg(&keys.active);
            for user in chunk {
                command.arg(member(*user).as_slice());
            }
            command.ignore();
        }
        commands.query_async(&mut self.redis.clone()).await
    }

    /// Nobody waits any more. Admissions stay known for a while.
    pub(super) async fn clear(&self, event: EventId) -> RedisResult<()> {
        let keys = Keys::of(event);
        redis::cmd("UNLINK")
            .arg(&[keys.line, keys.alive, keys.pace])
            .query_async(&mut self.redis.clone())
            .await
    }
}

fn member(user: UserId) -> [u8; 16] {
    user.as_uuid().into_bytes()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn found(answer: &Value) -> RedisResult<Found> {
    let unexpected = || RedisError::from((ErrorKind::UnexpectedReturnType, "not a place"));
    let Value::Array(parts) = answer else {
        return Err(unexpected());
    };
    let number = |index: usize| -> RedisResult<u64> {
        let part = parts.get(index).ok_or_else(unexpected)?;
        Ok(from_redis_value(part.clone())?)
    };
    let name: String = from_redis_value(parts.first().ok_or_else(unexpected)?.clone())?;
    match name.as_str() {
        "waiting" => Ok(Found::Waiting {
            position: number(1)?,
            waiting: number(2)?,
            arrived: number(3)?,
        }),
        "admitted" => Ok(Found::Admitted { until: number(1)? }),
        "absent" => Ok(Found::Absent),
        "full" => Ok(Found::Full),
        _ => Err(unexpected()),
    }
}
