//! The two ways to load: a closed loop, where each connection sends as soon as it is answered, and an open one, where
//! requests come at a given rate whatever the answers do.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};

use anyhow::Result;
use hdrhistogram::Histogram;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{
    http::Connection,
    number::{as_f64, count, whole},
};

const LONGEST_MICROS: u64 = 60_000_000;

/// Requests to send.
#[derive(Clone, Debug)]
pub(crate) enum Supply {
    /// Each once: every buyer is somebody else.
    Once(Rc<[Box<[u8]>]>),
    /// Round and round.
    Cycle(Rc<[Box<[u8]>]>),
}

impl Supply {
    fn get(&self, index: usize) -> Option<&[u8]> {
        match self {
            Self::Once(requests) => requests.get(index).map(AsRef::as_ref),
            Self::Cycle(requests) => requests.get(index % requests.len()).map(AsRef::as_ref),
        }
    }
}

/// When requests are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    Closed,
    /// So many a second, evenly.
    Open(f64),
}

/// What became of the requests.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Microseconds until a 2xx; in an open loop from when the request should have been sent.
    pub accepted: Histogram<u64>,
    /// Successes that came before the time was over.
    pub accepted_in_time: u64,
    /// All answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests without an answer.
    pub failed: u64,
    pub first_failure: Option<String>,
    /// Requests that an open loop should have sent and could not.
    pub unsent: u64,
    /// From the first request until the time was over, or the requests were.
    pub elapsed: Duration,
    /// How many of the supply were taken, from its beginning.
    pub taken: usize,
}

impl Tally {
    fn new() -> Result<Self> {
        Ok(Self {
            accepted: histogram()?,
            accepted_in_time: 0,
            statuses: BTreeMap::new(),
            failed: 0,
            first_failure: None,
            unsent: 0,
            elapsed: Duration::ZERO,
            taken: 0,
        })
    }

    /// Successes a second.
    pub(crate) fn rate(&self) -> f64 {
        as_f64(self.accepted_in_time) / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// Milliseconds below which this share of the successes stayed.
    pub(crate) fn millis(&self, quantile: f64) -> f64 {
        millis(&self.accepted, quantile)
    }

    pub(crate) fn answered(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// What part of the answers had this status.
    pub(crate) fn share(&self, status: u16) -> f64 {
        let count = self.statuses.get(&status).copied().unwrap_or(0);
        as_f64(count) / as_f64(self.answered()).max(1.0)
    }

    /// What was not a success, in words; empty when all was.
    pub(crate) fn troubles(&self) -> String {
        let mut parts: Vec<String> = self
            .statuses
            .iter()
            .filter(|(status, _)| !(200..300).contains(*status))
            .map(|(status, count)| format!("{count} × {status}"))
            .collect();
        if self.failed > 0 {
            let why = self.first_failure.as_deref().unwrap_or_default();
            parts.push(format!("{} unanswered ({why})", self.failed));
        }
        if self.unsent > 0 {
            parts.push(format!("{} not sent", self.unsent));
        }
        parts.join(", ")
    }
}

/// A load and how long it lasts.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub address: SocketAddr,
    pub connections: usize,
    pub supply: Supply,
    pub pace: Pace,
    pub duration: Duration,
}

struct Shared {
    load: Load,
    start: Instant,
    next: Cell<usize>,
    /// How many an open loop sends.
    total: usize,
    last: Cell<Instant>,
    tally: RefCell<Tally>,
}

impl Load {
    /// Connects, sends, and tells what came.
    pub(crate) async fn run(self) -> Result<Tally> {
        let mut connections = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            let mut connection = Connection::new(self.address);
            connection.open().await?;
            connections.push(connection);
        }
        let start = Instant::now();
        let shared = Rc::new(Shared {
            total: match self.pace {
                Pace::Closed => usize::MAX,
                Pace::Open(rate) => whole(rate * self.duration.as_secs_f64()),
            },
            load: self,
            start,
            next: Cell::new(0),
            last: Cell::new(start),
            tally: RefCell::new(Tally::new()?),
        });
        let mut workers = JoinSet::new();
        for connection in connections {
            workers.spawn_local(work(shared.clone(), connection));
        }
        while let Some(ended) = workers.join_next().await {
            ended?;
        }
        let shared = Rc::into_inner(shared).ok_or_else(|| anyhow::anyhow!("a worker hangs"))?;
        let mut tally = shared.tally.into_inner();
        tally.taken = shared.next.get();
        tally.elapsed = match shared.load.pace {
            Pace::Closed => (shared.last.get() - start).min(shared.load.duration),
            Pace::Open(_) => shared.load.duration,
        };
        Ok(tally)
    }
}

async fn work(shared: Rc<Shared>, mut connection: Connection) {
    let load = &shared.load;
    let end = shared.start + load.duration;
    loop {
        let index = shared.next.get();
        if index >= shared.total {
            return;
        }
        shared.next.set(index + 1);
        let Some(request) = load.supply.get(index) else {
            return;
        };
        let due = match load.pace {
            Pace::Closed => Instant::now(),
            Pace::Open(rate) => {
                let due = shared.start + Duration::from_secs_f64(count(index) / rate);
                sleep_until(due).await;
                due
            }
        };
        if Instant::now() >= end {
            if matches!(load.pace, Pace::Open(_)) {
                shared.tally.borrow_mut().unsent += 1;
                continue;
            }
            return;
        }
        let status = connection
            .exchange(request)
            .await
            .map(|answer| answer.status);
        let now = Instant::now();
        shared.last.set(now);
        let mut tally = shared.tally.borrow_mut();
        match status {
            Ok(status) => {
                *tally.statuses.entry(status).or_default() += 1;
                if (200..300).contains(&status) {
                    tally.accepted.saturating_record(micros(now - due));
                    tally.accepted_in_time += u64::from(now <= end);
                }
            }
            Err(error) => {
                tally.failed += 1;
                tally
                    .first_failure
                    .get_or_insert_with(|| format!("{error:#}"));
            }
        }
    }
}

pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// An empty histogram of microseconds.
pub(crate) fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, LONGEST_MICROS, 3)?)
}

/// The quantile of a histogram of microseconds, in milliseconds.
pub(crate) fn millis(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    as_f64(histogram.value_at_quantile(quantile)) / 1000.0
}
