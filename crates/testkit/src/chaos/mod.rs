//! Many buyers at once while everything is killed, and whether the books still balance afterwards.
//!
//! All choices come from a seed ([`plan`]); what becomes of them depends on timing.

mod buyer;
mod gate;
mod journal;
mod killer;
mod market;
mod plan;
mod report;
mod verdict;
mod watch;

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use tokio::{
    task::JoinSet,
    time::{Instant, interval},
};

use self::{
    buyer::Buyer, journal::Journal, killer::Killer, market::Market, plan::Plan, watch::Watch,
};
pub use self::{
    journal::Tally,
    report::{Line, Report},
};
use crate::platform::{Options, Person, Platform};

/// What a run is to be.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub seed: u64,
    /// How long people buy and things are killed.
    pub duration: Duration,
    pub buyers: usize,
    /// How long from one kill to the next, on average.
    pub kill_every: Duration,
    /// How long things may take to calm down afterwards.
    pub patience: Duration,
}

/// Runs it on a platform of that name; `progress` is told each second how it goes.
pub async fn run(
    name: &str,
    settings: Settings,
    mut progress: impl FnMut(&Line),
) -> Result<Report> {
    let mut platform = Platform::start(name, options()).await?;
    platform.smtp.keep_headers_only();
    let urls = platform.urls();
    let market = Market::open(&urls)
        .await
        .context("no events could be put on sale")?;
    let market = Arc::new(market);
    let mut people = Vec::new();
    for number in 0..settings.buyers {
        people.push(Person::register(&urls, &format!("buyer{number}")).await?);
    }

    let plan = Plan::new(settings.seed);
    let journal = Arc::new(Journal::default());
    let watch = Watch::start(&platform, market.clone(), journal.clone()).await?;
    let start = Instant::now();
    let end = start + settings.duration;
    let mut buyers = JoinSet::new();
    for (number, person) in people.iter().enumerate() {
        let buyer = Buyer::new(
            person.clone(),
            urls.clone(),
            market.clone(),
            journal.clone(),
        );
        buyers.spawn(buyer.live(plan.buyer(number, market.events()), end));
    }
    let killer = Killer::new(journal.clone());
    let working = async {
        let kills = plan.killer(settings.kill_every);
        killer.kill_until(&mut platform, kills, end).await?;
        killer.restore(&mut platform).await?;
        // Who waits for an answer gets it now.
        while let Some(ended) = buyers.join_next().await {
            ended.context("a buyer panicked")??;
        }
        anyhow::Ok(())
    };
    let line = || Line::now(start.elapsed(), &journal, &watch.sights);
    let showing = async {
        let mut seconds = interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            progress(&line());
        }
    };
    tokio::select! {
        worked = working => worked?,
        () = showing => {}
    }
    let line = line();
    let findings = verdict::of(&platform, &people, &journal, settings.patience).await?;
    killer.revive(&mut platform)?;
    let facts = journal.facts().clone();
    Ok(Report::new(line, &facts, &watch.sights, findings))
}

/// Everything that takes long in production is short, so that it happens often.
fn options() -> Options {
    Options::default()
        .alone()
        .with_second_booking()
        .with("HOLD_TTL", "8s")
        .with("CHECKOUT_TTL", "12s")
        .with("OFFER_TTL", "6s")
        .with("RECONCILE_AFTER", "2s")
        .with("PROVIDER_TIMEOUT", "2s")
        // Nobody logs in again meanwhile.
        .with("ACCESS_TOKEN_TTL", "12h")
}
