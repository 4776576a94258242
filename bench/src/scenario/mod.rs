//! What is measured, a file each.

mod holds;
mod pgbench;

use std::time::Duration;

use anyhow::{Context as _, Result};
use sqlx::{Connection as _, PgConnection};

use crate::{
    buyers::Buyers,
    meter::{Meter, Usage},
    organiser::Organiser,
    report::{Figure, Report},
    settings::{Place, Scale, Scenario, Settings},
};

/// What is left to do after a load must be done before the next.
const SETTLE: Duration = Duration::from_secs(60);

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
    /// Booking's highest memory during holds, in bytes.
    pub booking_peak: u64,
}

impl Bench {
    pub(crate) async fn open(settings: Settings) -> Result<Self> {
        let scale = settings.scale.resolve();
        let place = settings.place.clone();
        Ok(Self {
            scale,
            meter: Meter::new(&place.services_dir),
            buyers: Buyers::open(&settings).await?,
            organiser: Organiser::register(&place).await?,
            report: Report::new(&place.results_dir, &place.commit, scale.quick)?,
            place,
            baseline: None,
            maximum: None,
            booking_peak: 0,
        })
    }

    pub(crate) async fn run(&mut self, scenario: Scenario) -> Result<()> {
        match scenario {
            Scenario::Pgbench => pgbench::run(self).await,
            Scenario::Hot => holds::hot(self).await,
            _ => Ok(()),
        }
    }

    /// Waits for what is left of the load before, and begins with a fresh checkpoint.
    pub(crate) async fn settle(&self) -> Result<()> {
        if !self.meter.settle(SETTLE).await {
            eprintln!("  the platform is still busy with what came before");
        }
        let mut admin = PgConnection::connect(&self.place.database_url_admin)
            .await
            .context("PostgreSQL can't be reached")?;
        sqlx::query("CHECKPOINT").execute(&mut admin).await?;
        admin.close().await?;
        Ok(())
    }

    pub(crate) fn add(&mut self, figure: Figure) -> Result<()> {
        self.report.add(figure)
    }

    /// Remembers what holds took of booking's memory.
    pub(crate) fn note_memory(&mut self, usage: &Usage) {
        self.booking_peak = self.booking_peak.max(usage.peak_of("booking").rss);
    }
}
