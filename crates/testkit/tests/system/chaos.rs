//! A short form of `make chaos`: everything is killed once and more while people buy, with a seed that never changes.

use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::chaos::{Settings, run};

/// Nothing that was answered is lost, nobody pays without a ticket, and nothing is stuck.
#[tokio::test(flavor = "multi_thread")]
async fn the_books_balance_after_everything_was_killed() -> Result<()> {
    let settings = Settings {
        seed: 7,
        duration: Duration::from_secs(30),
        buyers: 12,
        kill_every: Duration::from_secs(1),
        patience: Duration::from_secs(120),
    };
    let report = run("chaos", settings, |_| {}).await?;
    println!("{report}");
    ensure!(report.violations() == 0, "{report}");
    ensure!(
        report.kills.len() == 10,
        "not everything was killed: {:?}",
        report.kills
    );
    ensure!(report.confirmed > 0 && report.offers > 0, "{report}");
    Ok(())
}
