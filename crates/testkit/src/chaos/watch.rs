//! Looks at the stock all the time, from outside and by SQL.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use sqlx::PgPool;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::{journal::Journal, market::Market};
use crate::{
    audit::{merge, rules},
    platform::{Addresses as _, Part, Platform, Urls},
};

const EVERY: Duration = Duration::from_millis(200);
/// All that must hold at every moment is more to read, and is looked at this often.
const THOROUGHLY: Duration = Duration::from_secs(3);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// What the watcher saw.
#[derive(Debug, Default)]
pub(super) struct Sights {
    /// Looks by SQL, and those of them that found the database away.
    pub looks: AtomicUsize,
    pub blind: AtomicUsize,
    /// Availabilities that were answered.
    pub answers: AtomicUsize,
    pub held: AtomicUsize,
    pub sold: AtomicUsize,
}

/// Watches until it is dropped.
pub(super) struct Watch {
    pub sights: Arc<Sights>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Watch {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Watch {
    pub(super) async fn start(
        platform: &Platform,
        market: Arc<Market>,
        journal: Arc<Journal>,
    ) -> Result<Self> {
        let sights = Arc::new(Sights::default());
        let pool = platform.databases.pool("booking").await?;
        let by_sql = tokio::spawn(by_sql(pool, journal.clone(), sights.clone()));
        let from_outside = from_outside(platform.urls(), market, journal, sights.clone());
        Ok(Self {
            sights,
            tasks: [by_sql, tokio::spawn(from_outside)],
        })
    }
}

async fn by_sql(pool: PgPool, journal: Arc<Journal>, sights: Arc<Sights>) {
    let mut thorough = Instant::now();
    loop {
        let rules = if Instant::now() >= thorough {
            thorough = Instant::now() + THOROUGHLY;
            rules::ALWAYS
        } else {
            rules::STOCK
        };
        sights.looks.fetch_add(1, Ordering::Relaxed);
        if look(&pool, rules, &journal, &sights).await.is_err() {
            // It was killed, and comes again.
            sights.blind.fetch_add(1, Ordering::Relaxed);
        }
        sleep(EVERY).await;
    }
}

async fn look(
    pool: &PgPool,
    rules: &[rules::Rule],
    journal: &Journal,
    sights: &Sights,
) -> Result<()> {
    for rule in rules {
        let finding = rule.look(pool).await?;
        if !finding.holds() {
            merge(&mut journal.facts().findings, finding);
        }
    }
    let (held, sold): (i64, i64) =
        sqlx::query_as("SELECT sum(held)::bigint, sum(sold)::bigint FROM stock")
            .fetch_one(pool)
            .await?;
    sights.held.store(usize::try_from(held)?, Ordering::Relaxed);
    sights.sold.store(usize::try_from(sold)?, Ordering::Relaxed);
    Ok(())
}

/// What anybody may ask never says more than there is.
async fn from_outside(urls: Urls, market: Arc<Market>, journal: Arc<Journal>, sights: Arc<Sights>) {
    let client = reqwest::Client::new();
    let replicas = [Part::Booking, Part::SecondBooking];
    for (stand, replica) in market.stands.iter().cycle().zip(replicas.iter().cycle()) {
        sleep(EVERY).await;
        let url = format!(
            "{}/events/{}/availability",
            urls.url(*replica),
            stand.sale.event
        );
        let request = client.get(&url).timeout(ANSWER_TIMEOUT);
        let Ok(answer) = request.send().await else {
            continue;
        };
        if !answer.status().is_success() {
            continue;
        }
        let Ok(body) = answer.json::<serde_json::Value>().await else {
            continue;
        };
        sights.answers.fetch_add(1, Ordering::Relaxed);
        let capacity = body["ticket_types"][0]["capacity"].as_i64();
        let available = body["available"].as_i64();
        if !matches!((available, capacity), (Some(left), Some(all)) if (0..=all).contains(&left)) {
            journal.breach("an event never offers more than it has", body.to_string());
        }
    }
}
