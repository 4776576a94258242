//! Waiting for what happens elsewhere.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// Asks again every 20 ms until `check` says true; an error when that takes longer than `timeout`, or `check` itself fails.
pub async fn eventually<F>(what: &str, timeout: Duration, mut check: F) -> Result<()>
where
    F: AsyncFnMut() -> Result<bool>,
{
    let end = Instant::now() + timeout;
    while !check().await? {
        if Instant::now() >= end {
            bail!("not within {timeout:?}: {what}");
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
