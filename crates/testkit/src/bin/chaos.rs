//! `make chaos`: buyers, kills, and the verdict.

use std::{
    io::{IsTerminal as _, Write as _},
    process::ExitCode,
    time::Duration,
};

use anyhow::Result;
use clap::Parser;
use testkit::chaos::{self, Line, Settings};

/// Many buyers at once while everything is killed with kill -9; ends with 1 when a rule is broken
///
/// PostgreSQL, Redis and RabbitMQ are those that the environment names, supervised in RUN_DIR: scripts/chaos starts them.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// Repeats the choices of an earlier run; random when absent
    #[arg(long)]
    seed: Option<u64>,
    /// How long people buy and things are killed
    #[arg(long, default_value_t = 180, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Buyers at once
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1000))]
    buyers: u16,
    /// Seconds from one kill to the next, on average
    #[arg(long, default_value_t = 3.0)]
    kill_every: f64,
    /// Seconds that things may take to calm down afterwards: the longest retry of a message rests five minutes
    #[arg(long, default_value_t = 400)]
    patience: u64,
}

/// Seconds between lines where they can't be rewritten.
const LINES: u64 = 10;

fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    let seed = cli.seed.unwrap_or_else(|| u64::from(rand::random::<u32>()));
    let kill_every = Duration::try_from_secs_f64(cli.kill_every)?;
    println!(
        "  seed {seed}: {} buyers, {} s, a kill every {} s",
        cli.buyers, cli.seconds, cli.kill_every
    );
    let settings = Settings {
        seed,
        duration: Duration::from_secs(cli.seconds),
        buyers: usize::from(cli.buyers),
        kill_every,
        patience: Duration::from_secs(cli.patience),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let mut shown = 0;
    let terminal = std::io::stdout().is_terminal();
    let report = runtime.block_on(chaos::run("chaos", settings, |line| {
        show(line, terminal, &mut shown);
    }))?;
    if terminal {
        print!("\r\x1b[K");
    }
    println!("  {}\n\n{report}", report.line);
    let again = format!(
        "SEED={seed} DURATION={} BUYERS={} KILL_EVERY={} make chaos",
        cli.seconds, cli.buyers, cli.kill_every
    );
    let violations = report.violations();
    let mark = if violations == 0 { '✓' } else { '✗' };
    println!(
        "  {mark} {violations} violations in {} operations with {} kills; once more: {again}",
        report.line.operations, report.line.kills
    );
    Ok(if violations == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn show(line: &Line, terminal: bool, shown: &mut u64) {
    if terminal {
        print!("\r\x1b[K  {line}");
        // Who looks away loses nothing.
        std::io::stdout().flush().ok();
    } else if line.elapsed.as_secs() >= *shown + LINES {
        *shown = line.elapsed.as_secs();
        println!("  {line}");
    }
}
