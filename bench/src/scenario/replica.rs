//! A further replica of booking, at an address of its own, which runs only while it is measured.

use std::{
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use super::Bench;
use crate::http::{Connection, render};

const READY: Duration = Duration::from_secs(60);

/// A runit service that somebody has to stop again: one that is left behind would be measured with the next.
#[must_use]
#[derive(Debug)]
pub(super) struct Replica {
    service: PathBuf,
}

impl Replica {
    /// Starts the runit service of this name and waits until it is ready at `SECOND_BOOKING_URL`.
    pub(super) async fn start(bench: &Bench, name: &str) -> Result<Self> {
        let service = bench.place.services_dir.join(name);
        let replica = Self { service };
        control(&replica.service, "up").await?;
        let request = render("GET", "/ready", None, None, None);
        let end = Instant::now() + READY;
        loop {
            let mut connection = Connection::new(bench.place.second_booking_url);
            let answer = connection.exchange(&request).await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(replica);
            }
            if Instant::now() >= end {
                replica.stop().await?;
                anyhow::bail!("{name} is not ready after {} s", READY.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(super) async fn stop(self) -> Result<()> {
        control(&self.service, "down").await
    }
}

/// `sv up` or `sv down`, which waits until it is so.
pub(super) async fn control(service: &std::path::Path, verb: &str) -> Result<()> {
    let status = Command::new("sv")
        .args(["-w", "30", verb])
        .arg(service)
        .stdout(Stdio::null())
        .status()
        .await
        .context("sv can't be run")?;
    ensure!(status.success(), "sv {verb} {} failed", service.display());
    Ok(())
}
