//! `make bench`: loads a platform that runs on this machine, and prints what it can do beside what it should.

mod buyers;
mod http;
mod load;
mod machine;
mod meter;
mod number;
mod organiser;
mod plan;
mod report;
mod scenario;
mod settings;

use anyhow::{Context as _, Result};
use clap::{Parser as _, ValueEnum as _};
use tokio::task::LocalSet;

use crate::{
    scenario::Bench,
    settings::{Scenario, Settings},
};

/// One thread: it is to cost less than what it measures.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    LocalSet::new().run_until(bench(Settings::parse())).await
}

async fn bench(settings: Settings) -> Result<()> {
    let mut scenarios = settings.scenarios.clone();
    if scenarios.is_empty() {
        scenarios = Scenario::value_variants().to_vec();
    }
    scenarios.sort_unstable();
    scenarios.dedup();
    let document = settings.place.document.clone();

    let mut bench = Bench::open(settings).await?;
    let mut result = Ok(());
    for scenario in scenarios {
        result = bench
            .run(scenario)
            .await
            .with_context(|| format!("{scenario:?} could not be measured"));
        if result.is_err() {
            break;
        }
    }
    if result.is_ok() {
        result = bench.add_memory();
    }
    // What was measured is shown, also when something went wrong afterwards.
    println!("\n{}\n\n{}", machine::describe(), bench.report.table());
    result?;
    if let Some(document) = document {
        bench.report.write_into(&document, &machine::describe())?;
    }
    Ok(())
}
