//! People who go on using the platform while something happens to it: an even number of requests a second, whatever becomes of
//! them, over connections that are kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use contracts::BookingId;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use testkit::platform::{Addresses as _, Entrance, Part, id};
use tokio::{sync::Mutex, task::JoinHandle, time::MissedTickBehavior};
use uuid::Uuid;

use super::Shop;

/// Longest that a person waits for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// One request in this many takes places.
const BOOKINGS: u64 = 5;
/// What is said of a connection that ended before the first byte of an answer: it was closed before the request was sent,
/// or with the request not yet read (then the kernel resets it).
const CLOSED: [&str; 3] = [
    "connection closed before message completed",
    "Connection reset by peer",
    "Broken pipe",
];

/// What is asked for.
#[derive(Clone)]
pub(crate) struct Load {
    entrance: Entrance,
    event: String,
    token: String,
    rate: u64,
}

#[derive(Default)]
struct Tally {
    sent: AtomicU64,
    resent: AtomicU64,
    answers: Mutex<Answers>,
}

#[derive(Default)]
pub(crate) struct Answers {
    pub(crate) times: Vec<Duration>,
    /// What went wrong.
    pub(crate) failures: BTreeMap<String, Failures>,
    /// Bookings that were acknowledged.
    pub(crate) booked: BTreeSet<BookingId>,
}

/// Requests that failed alike: how many, and when the first and the last of them were sent.
#[derive(Clone, Copy)]
pub(crate) struct Failures {
    count: u64,
    first: Duration,
    last: Duration,
}

pub(crate) struct Traffic {
    stop: Arc<AtomicBool>,
    tally: Arc<Tally>,
    pump: JoinHandle<()>,
    rate: u64,
}

impl Load {
    pub(crate) fn of(shop: &Shop, rate: u64) -> Self {
        Self {
            entrance: shop.entrance.clone(),
            event: shop.sale.event.to_string(),
            token: shop.buyer.token().to_owned(),
            rate,
        }
    }

    pub(crate) fn start(self) -> Result<Traffic> {
        let http = Client::builder()
            .timeout(PATIENCE)
            // nginx keeps them for 65 s.
            .pool_idle_timeout(Duration::from_secs(30))
            .build()?;
        let stop = Arc::new(AtomicBool::new(false));
        let tally = Arc::new(Tally::default());
        let rate = self.rate;
        let pump = tokio::spawn(pump(Arc::new(self), http, stop.clone(), tally.clone()));
        Ok(Traffic {
            stop,
            tally,
            pump,
            rate,
        })
    }

    async fn request(
        &self,
        http: &Client,
        number: u64,
        resent: &AtomicU64,
    ) -> Result<Option<BookingId>, String> {
        let event = &self.event;
        let request = if number.is_multiple_of(BOOKINGS) {
            http.post(format!("{}/bookings", self.entrance.url(Part::Booking)))
                .bearer_auth(&self.token)
                .header("idempotency-key", Uuid::now_v7().to_string())
                .json(&json!({"event_id": event, "seats": 1}))
        } else if number.is_multiple_of(2) {
            http.get(format!(
                "{}/events/{event}",
                self.entrance.url(Part::Catalog)
            ))
        } else {
            http.get(format!(
                "{}/events/{event}/availability",
                self.entrance.url(Part::Booking)
            ))
        };
        let again = request.try_clone();
        let response = match request.send().await.map_err(told) {
            // A server may close a kept connection just when a request is on its way; whoever keeps connections sends such a
            // request again (RFC 9112, 9.3.1). A booking's key keeps it from being made twice.
            Err(said) if CLOSED.iter().any(|closed| said.contains(closed)) => {
                resent.fetch_add(1, Ordering::Relaxed);
                let again = again.ok_or("a request that can't be sent again")?;
                again.send().await.map_err(told)?
            }
            sent => sent?,
        };
        let status = response.status();
        let body: Value = response.json().await.map_err(told)?;
        match status {
            StatusCode::CREATED => Ok(Some(id(&body["id"]).map_err(|error| error.to_string())?)),
            StatusCode::OK => Ok(None),
            _ => Err(format!(
                "{status} {}",
                body["code"].as_str().unwrap_or_default()
            )),
        }
    }
}

/// An error with its causes.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

async fn pump(load: Arc<Load>, http: Client, stop: Arc<AtomicBool>, tally: Arc<Tally>) {
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / load.rate));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut under_way = tokio::task::JoinSet::new();
    while !stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        let number = tally.sent.fetch_add(1, Ordering::Relaxed);
        let (load, http, tally) = (load.clone(), http.clone(), tally.clone());
        under_way.spawn(async move {
            let started = Instant::now();
            let answer = load.request(&http, number, &tally.resent).await;
            let mut answers = tally.answers.lock().await;
            match answer {
                Ok(booking) => {
                    answers.times.push(started.elapsed());
                    answers.booked.extend(booking);
                }
                Err(said) => {
                    let sent = started.duration_since(begun);
                    let failures = answers.failures.entry(said).or_insert(Failures {
                        count: 0,
                        first: sent,
                        last: sent,
                    });
                    failures.count += 1;
                    failures.first = failures.first.min(sent);
                    failures.last = failures.last.max(sent);
                }
            }
        });
        while under_way.try_join_next().is_some() {}
    }
    while under_way.join_next().await.is_some() {}
}

/// What became of the requests.
pub(crate) struct Report {
    pub(crate) sent: u64,
    pub(crate) failed: u64,
    pub(crate) resent: u64,
    pub(crate) p99: Duration,
    pub(crate) longest: Duration,
    pub(crate) rate: u64,
    pub(crate) answers: Answers,
}

impl Traffic {
    /// Ends it once all that was asked is answered.
    pub(crate) async fn stop(self) -> Result<Report> {
        self.stop.store(true, Ordering::Relaxed);
        self.pump.await?;
        let mut answers = std::mem::take(&mut *self.tally.answers.lock().await);
        answers.times.sort_unstable();
        let times = &answers.times;
        let at = |part: usize| {
            times
                .get(times.len() * part / 1000)
                .copied()
                .unwrap_or_default()
        };
        Ok(Report {
            sent: self.tally.sent.load(Ordering::Relaxed),
            resent: self.tally.resent.load(Ordering::Relaxed),
            failed: answers.failures.values().map(|same| same.count).sum(),
            p99: at(990),
            longest: times.last().copied().unwrap_or_default(),
            rate: self.rate,
            answers,
        })
    }
}

fn described(failures: &BTreeMap<String, Failures>) -> Vec<String> {
    failures
        .iter()
        .map(|(said, same)| {
            format!(
                "{} × {said}, sent after {:.1} to {:.1} s",
                same.count,
                same.first.as_secs_f64(),
                same.last.as_secs_f64()
            )
        })
        .collect()
}

impl Report {
    /// An error where a single request failed.
    pub(crate) fn flawless(&self) -> Result<()> {
        ensure!(self.sent > 0, "nothing was sent");
        ensure!(
            self.failed == 0,
            "{} of {} requests failed: {}",
            self.failed,
            self.sent,
            described(&self.answers.failures).join("; ")
        );
        Ok(())
    }

    /// From the first request that failed to the last one.
    pub(crate) fn outage(&self) -> Duration {
        let failures = || self.answers.failures.values();
        let first = failures().map(|same| same.first).min();
        let last = failures().map(|same| same.last).max();
        last.unwrap_or_default()
            .saturating_sub(first.unwrap_or_default())
    }

    pub(crate) fn summary(&self) -> String {
        format!(
            "{} of {} failed at {}/s{}{}; p99 {} ms, longest {} ms",
            self.failed,
            self.sent,
            self.rate,
            if self.failed == 0 {
                String::new()
            } else {
                format!(" ({})", described(&self.answers.failures).join("; "))
            },
            match self.resent {
                0 => String::new(),
                resent => format!(", {resent} sent again on a closed kept connection"),
            },
            self.p99.as_millis(),
            self.longest.as_millis()
        )
    }
}
