//! What is measured, a file each.

mod growth;
mod holds;
mod journey;
mod overload;
mod pgbench;
mod read;
mod replica;
mod sale;
mod streams;
mod traces;
mod wishes;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use sqlx::{Connection as _, PgConnection};

use crate::{
    buyers::Buyers,
    meter::{GENERATOR, Memories, Memory, Meter, Usage, megabytes, raise},
    organiser::Organiser,
    report::{Figure, Limit, Report},
    settings::{Place, Scale, Scenario, Settings},
};

/// What is left to do after a load is waited for so long.
const SETTLE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(200);

/// The most holds of one event that were reached.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Maximum {
    pub per_second: f64,
    pub connections: usize,
    /// For each second of CPU time that the system took.
    pub per_cpu_second: f64,
}

/// What the scenarios work with.
pub(crate) struct Bench {
    pub place: Place,
    pub scale: Scale,
    pub meter: Meter,
    pub buyers: Buyers,
    pub organiser: Organiser,
    pub report: Report,
    /// Transactions a second that pgbench reached in this run.
    pub baseline: Option<f64>,
    pub maximum: Option<Maximum>,
    /// What is measured now.
    scenario: Option<Scenario>,
    /// Booking's highest memory while it sold, in bytes.
    selling: BTreeMap<Scenario, u64>,
    memory_before: Memories,
    memory_peak: Memories,
}

impl Bench {
    pub(crate) async fn open(settings: Settings) -> Result<Self> {
        let scale = settings.scale.resolve();
        let place = settings.place.clone();
        let meter = Meter::new(&place.services_dir);
        let memory_before = meter.sample().memory;
        Ok(Self {
            scale,
            meter,
            buyers: Buyers::open(&settings).await?,
            organiser: Organiser::register(&place).await?,
            report: Report::new(&place.results_dir, &place.commit, scale.quick)?,
            place,
            baseline: None,
            maximum: None,
            scenario: None,
            selling: BTreeMap::new(),
            memory_peak: memory_before.clone(),
            memory_before,
        })
    }

    pub(crate) async fn run(&mut self, scenario: Scenario) -> Result<()> {
        self.scenario = Some(scenario);
        match scenario {
            Scenario::Pgbench => pgbench::run(self).await,
            Scenario::Hot => holds::hot(self).await,
            Scenario::Picked => holds::picked(self).await,
            Scenario::Best => holds::best(self).await,
            Scenario::Spread => holds::spread(self).await,
            Scenario::Overload => overload::run(self).await,
            Scenario::Read => read::run(self).await,
            Scenario::Sale => sale::run(self).await,
            Scenario::Journey => journey::run(self).await,
            Scenario::Streams => streams::run(self).await,
            Scenario::Traces => traces::run(self).await,
            Scenario::Growth => growth::run(self).await,
        }
    }

    /// Waits for what is left of the load before, and begins with buyers whom everybody knows and a fresh checkpoint.
    pub(crate) async fn settle(&self) -> Result<()> {
        self.buyers.introduce().await?;
        self.forget_messages().await?;
        let end = Instant::now() + SETTLE;
        let mut messages = self.unsent_messages().await?;
        while messages > 0 && Instant::now() < end {
            tokio::time::sleep(LOOK).await;
            messages = self.unsent_messages().await?;
        }
        let quiet = self
            .meter
            .settle(end.saturating_duration_since(Instant::now()))
            .await;
        if messages > 0 || !quiet {
            eprintln!("  still at work on what came before, {messages} messages to send");
        }
        let mut admin = PgConnection::connect(&self.place.database_url_admin)
            .await
            .context("PostgreSQL can't be reached")?;
        sqlx::query("CHECKPOINT").execute(&mut admin).await?;
        admin.close().await?;
        Ok(())
    }

    /// Drops messages that nobody waits for and that booking has still to send: a sale's are sent for minutes after it.
    async fn forget_messages(&self) -> Result<()> {
        let mut booking = PgConnection::connect(&self.place.database_url_booking).await?;
        sqlx::query("DELETE FROM outbox WHERE priority > 0")
            .execute(&mut booking)
            .await?;
        booking.close().await?;
        Ok(())
    }

    /// Messages that booking has still to send.
    pub(crate) async fn unsent_messages(&self) -> Result<u64> {
        let mut booking = PgConnection::connect(&self.place.database_url_booking).await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox")
            .fetch_one(&mut booking)
            .await?;
        booking.close().await?;
        Ok(count.unsigned_abs())
    }

    pub(crate) fn add(&mut self, figure: Figure) -> Result<()> {
        self.report.add(figure)
    }

    /// Remembers what memory it took.
    pub(crate) fn note(&mut self, usage: &Usage) {
        raise(&mut self.memory_peak, &usage.peak);
    }

    /// The same of a sale.
    pub(crate) fn note_sale(&mut self, usage: &Usage) {
        self.note(usage);
        if let Some(scenario) = self.scenario {
            let highest = self.selling.entry(scenario).or_default();
            *highest = usage
                .peak_of("booking")
                .rss
                .max(usage.peak_of("booking2").rss)
                .max(*highest);
        }
    }

    /// Adds what memory each process took before, during and after all of it.
    pub(crate) fn add_memory(&mut self) -> Result<()> {
        let after = self.meter.sample().memory;
        let peak = std::mem::take(&mut self.memory_peak);
        for (part, highest) in peak.into_iter().filter(|(part, _)| *part != GENERATOR) {
            let of = |memories: &Memories| memories.get(part).copied().unwrap_or_default();
            let (before, after) = (of(&self.memory_before), of(&after));
            // What a tree of processes shares would count more than once.
            let tree = matches!(part, "postgres" | "rabbitmq");
            let size = |memory: Memory| megabytes(if tree { memory.own } else { memory.rss });
            let what = if tree { "own memory" } else { "resident" };
            let name = format!("{part}: {what}, highest");
            let mut detail = format!("before {:.1}, after {:.1}", size(before), size(after));
            if !tree {
                let own = megabytes(highest.own);
                let _ = write!(detail, "; highest of its own {own:.1}");
            }
            self.add(Figure::new("memory", name, size(highest), "MB").detail(detail))?;
        }
        // That sale has a limit of its own.
        self.selling.remove(&Scenario::Streams);
        if let Some(highest) = self.selling.values().max() {
            let name = "booking: resident in a sale, highest";
            let figure = Figure::new("memory", name, megabytes(*highest), "MB");
            let each: Vec<_> = self
                .selling
                .iter()
                .map(|(scenario, bytes)| format!("{scenario:?} {:.1}", megabytes(*bytes)))
                .collect();
            let detail = each.join(", ").to_lowercase();
            self.add(figure.limit(Limit::AtMost(64.0)).detail(detail))?;
        }
        Ok(())
    }
}
