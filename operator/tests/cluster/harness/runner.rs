//! Runs the cases in the order of their list: they share one node and, where they can, one platform. Those that mostly wait, on
//! other platforms, run side by side.

use std::{
    cell::Cell,
    future::{Future, ready},
    pin::Pin,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use futures::stream::{self, StreamExt as _};

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
/// So many that fail in a row say that the cluster is broken; each further one would take its whole time to say so again.
const HOPELESS: usize = 3;

/// The chains of one group run side by side, the cases of a chain one after another. Arguments are parts of names; without any,
/// all cases run. The output is like libtest's.
pub(crate) fn run(groups: &[&[&[Case]]]) -> ExitCode {
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    if std::env::args().any(|argument| argument == "--list") {
        for case in groups.iter().copied().flatten().copied().flatten() {
            println!("{}: test", case.name);
        }
        return ExitCode::SUCCESS;
    }
    let is_wanted = |case: &&Case| {
        wanted.is_empty() || wanted.iter().any(|part| case.name.contains(part.as_str()))
    };
    let chosen: Vec<Vec<Vec<_>>> = groups
        .iter()
        .map(|group| {
            let chains = group.iter();
            chains
                .map(|chain| chain.iter().filter(is_wanted).collect())
                .collect()
        })
        .collect();
    let known = groups
        .iter()
        .copied()
        .flatten()
        .map(|chain| chain.len())
        .sum();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    tokio::task::LocalSet::new().block_on(&runtime, all(&chosen, known))
}

/// What came of a case.
struct Ended {
    name: &'static str,
    /// In seconds.
    took: f64,
    /// An error with what the cluster said then.
    result: std::result::Result<Outcome, String>,
}

/// Runs one case. What it made for itself is gone afterwards, or will be: nobody waits for it.
async fn ended(case: &Case, world: &World) -> Ended {
    let started = Instant::now();
    let world = Arc::new(world.of_one_case());
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
    let result = match result {
        Ok(outcome) => Ok(outcome),
        Err(error) => Err(format!("{error:#}\n{}", diagnosis::of(&world).await)),
    };
    world.tidy().await;
    Ended {
        name: case.name,
        took,
        result,
    }
}

async fn all(chosen: &[Vec<Vec<&Case>>], known: usize) -> ExitCode {
    let world = match World::connect().await {
        Ok(world) => world,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let running: usize = chosen.iter().flatten().map(Vec::len).sum();
    println!("\nrunning {running} tests");
    let (mut passed, mut failed, mut skipped) = (0, Vec::new(), 0);
    let in_a_row = Cell::new(0);
    for group in chosen {
        let mut under_way = stream::select_all(group.iter().map(|chain| {
            stream::iter(chain)
                .take_while(|_| ready(in_a_row.get() < HOPELESS))
                .then(|case| ended(case, &world))
                .boxed_local()
        }));
        while let Some(Ended { name, took, result }) = under_way.next().await {
            match result {
                Ok(Outcome::Passed) => {
                    passed += 1;
                    in_a_row.set(0);
                    println!("test {name} ({took:.1} s) ... ok");
                }
                Ok(Outcome::Skipped(why)) => {
                    skipped += 1;
                    println!("test {name} ... ignored, SKIPPED: {why}");
                }
                Err(report) => {
                    println!("test {name} ({took:.1} s) ... FAILED");
                    println!("---- {name} stdout ----\n{report}----");
                    failed.push(name);
                    in_a_row.set(in_a_row.get() + 1);
                }
            }
        }
    }
    if in_a_row.get() >= HOPELESS {
        println!(
            "{} cases in a row failed: no other was begun",
            in_a_row.get()
        );
    }
    println!("\n{}", world.figures.table());
    if !failed.is_empty() {
        println!("failures:\n    {}\n", failed.join("\n    "));
    }
    println!(
        "test result: {}. {passed} passed; {} failed; {skipped} ignored; {} not run; {} filtered out",
        if failed.is_empty() { "ok" } else { "FAILED" },
        failed.len(),
        running - passed - failed.len() - skipped,
        known - running
    );
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
