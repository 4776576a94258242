//! Waiting for what the cluster does in its own time.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::time::sleep;

const STEP: Duration = Duration::from_millis(250);

/// Asks until `look` says true. An error counts as "not yet": an API server may be away; the last one is told.
pub(crate) async fn eventually<F>(what: &str, bound: Duration, mut look: F) -> Result<Duration>
where
    F: AsyncFnMut() -> Result<bool>,
{
    let started = Instant::now();
    value_of(what, bound, async || Ok(look().await?.then_some(()))).await?;
    Ok(started.elapsed())
}

/// The same for something that is found.
pub(crate) async fn value_of<F, T>(what: &str, bound: Duration, mut look: F) -> Result<T>
where
    F: AsyncFnMut() -> Result<Option<T>>,
{
    let end = Instant::now() + bound;
    loop {
        let said = match look().await {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => String::new(),
            Err(error) => format!(" ({error:#})"),
        };
        if Instant::now() >= end {
            bail!("not within {bound:?}: {what}{said}");
        }
        sleep(STEP).await;
    }
}
