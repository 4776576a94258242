//! Runs the cases one after another, in the order of their list: they share one node and, where they can, one platform.

use std::{
    future::Future,
    pin::Pin,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};

use super::{World, diagnosis};

/// How a case ended that did not fail.
pub(crate) enum Outcome {
    Passed,
    /// This cluster can't do what the case needs.
    Skipped(String),
}

type Running = Pin<Box<dyn Future<Output = Result<Outcome>>>>;

/// A test by its name.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) run: fn(Arc<World>) -> Running,
}

/// Longest that a case may take: longer is a hang.
const BOUND: Duration = Duration::from_secs(420);

/// Arguments are parts of names; without any, all cases run. The output is like libtest's.
pub(crate) fn run(cases: &[Case]) -> ExitCode {
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    if std::env::args().any(|argument| argument == "--list") {
        for case in cases {
            println!("{}: test", case.name);
        }
        return ExitCode::SUCCESS;
    }
    let chosen: Vec<_> = cases
        .iter()
        .filter(|case| {
            wanted.is_empty() || wanted.iter().any(|part| case.name.contains(part.as_str()))
        })
        .collect();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    tokio::task::LocalSet::new().block_on(&runtime, all(&chosen, cases.len()))
}

async fn all(chosen: &[&Case], known: usize) -> ExitCode {
    let world = match World::connect().await {
        Ok(world) => Arc::new(world),
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    println!("\nrunning {} tests", chosen.len());
    let (mut passed, mut failed, mut skipped) = (0, Vec::new(), 0);
    for case in chosen {
        let started = Instant::now();
        let task = tokio::task::spawn_local((case.run)(world.clone()));
        let abort = task.abort_handle();
        let result = match tokio::time::timeout(BOUND, task).await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => Err(anyhow!("{panic}")),
            Err(_) => {
                abort.abort();
                Err(anyhow!("not over within {BOUND:?}"))
            }
        };
        let took = started.elapsed().as_secs_f64();
        match result {
            Ok(Outcome::Passed) => {
                passed += 1;
                println!("test {} ({took:.1} s) ... ok", case.name);
            }
            Ok(Outcome::Skipped(why)) => {
                skipped += 1;
                println!("test {} ... ignored, SKIPPED: {why}", case.name);
            }
            Err(error) => {
                println!("test {} ({took:.1} s) ... FAILED", case.name);
                println!("---- {} stdout ----\n{error:#}", case.name);
                println!("{}----", diagnosis::of(&world).await);
                failed.push(case.name);
            }
        }
        world.tidy().await;
    }
    println!("\n{}", world.figures.table());
    if !failed.is_empty() {
        println!("failures:\n    {}\n", failed.join("\n    "));
    }
    println!(
        "test result: {}. {passed} passed; {} failed; {skipped} ignored; 0 measured; {} filtered out",
        if failed.is_empty() { "ok" } else { "FAILED" },
        failed.len(),
        known - chosen.len()
    );
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
