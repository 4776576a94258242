//! Nothing happens: nothing is written, and the operator is small.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use operator::build::Kind;
use serde_json::json;

use crate::harness::{Outcome, Platform, World, cpu, eventually, memory, value_of};

const WATCHED: Duration = Duration::from_secs(120);
const POKES: u32 = 10;
const MEBIBYTE: u64 = 1 << 20;
const OPERATOR_MEMORY: u64 = 30 * MEBIBYTE;

/// What changes with every write: the versions of all that the operator looks after.
async fn versions(platform: &Platform) -> Result<BTreeMap<String, String>> {
    let selector = operator::build::part::everything_of(&platform.name);
    let mut versions = BTreeMap::new();
    for kind in Kind::ALL {
        for object in platform.objects(kind).list(&selector).await? {
            let metadata = &object["metadata"];
            let name = format!("{} {}", kind.name(), metadata["name"]);
            versions.insert(name, metadata["resourceVersion"].to_string());
        }
    }
    let own = platform.get().await?.context("no platform")?;
    versions.insert(
        "EventPlatform".into(),
        own.metadata.resource_version.unwrap_or_default(),
    );
    Ok(versions)
}

pub(crate) async fn nothing_is_written_for_two_minutes(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let operator = &world.operator;
    let mut before = versions(&platform).await?;
    eventually(
        "what went before has settled",
        Duration::from_secs(60),
        async || {
            tokio::time::sleep(Duration::from_secs(5)).await;
            let now = versions(&platform).await?;
            let settled = now == before;
            before = now;
            Ok(settled)
        },
    )
    .await?;
    let writes = operator.metric("operator_writes_total").await?;
    tokio::time::sleep(WATCHED).await;
    let after = versions(&platform).await?;
    let changed: Vec<_> = after
        .iter()
        .filter(|(name, version)| before.get(*name) != Some(*version))
        .collect();
    ensure!(
        changed.is_empty() && before.len() == after.len(),
        "written although nothing happened: {changed:?}"
    );
    ensure!(
        (operator.metric("operator_writes_total").await? - writes).abs() < 0.5,
        "the operator counts writes"
    );
    world.figures.add(
        "writes in 2 minutes of rest",
        format!("0 to {} objects", before.len()),
        "0",
    );

    // While nothing happened, too: what the operator took.
    let taken = value_of(
        "metrics-server knows the operator",
        Duration::from_secs(60),
        async || memory(&world.client, &operator.namespace, 1).await,
    )
    .await?;
    let cpu = cpu(&world.client, &operator.namespace).await?;
    world.figures.add(
        "operator at rest: memory, CPU",
        format!("{} MiB, {cpu:.1} mCPU", taken / MEBIBYTE),
        "≤ 30 MB",
    );
    ensure!(taken <= OPERATOR_MEMORY, "{} MiB", taken / MEBIBYTE);
    Ok(Outcome::Passed)
}

/// Looks that find nothing to do: how long they take, and that they write nothing.
pub(crate) async fn looks_without_a_change_are_short(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let operator = &world.operator;
    let metrics = async || -> Result<(f64, f64, f64)> {
        let metric = async |name| operator.metric(name).await;
        Ok((
            metric("operator_reconcile_duration_seconds_count").await?,
            metric("operator_reconcile_duration_seconds_sum").await?,
            metric("operator_writes_total").await?,
        ))
    };
    let before = metrics().await?;
    let objects = crate::harness::platforms(&world.client, &platform.namespace);
    for number in 0..POKES {
        let count = metrics().await?.0;
        let change =
            json!({"metadata": {"annotations": {"eventplatform.dev/poke": number.to_string()}}});
        objects.merge(&platform.name, &change).await?;
        eventually("it is looked at", Duration::from_secs(10), async || {
            Ok(metrics().await?.0 > count)
        })
        .await?;
    }
    let after = metrics().await?;
    let average = (after.1 - before.1) / (after.0 - before.0) * 1000.0;
    world.figures.add(
        "a look without a change",
        format!(
            "{average:.0} ms, {} writes in {} looks",
            after.2 - before.2,
            after.0 - before.0
        ),
        "0 writes",
    );
    ensure!(
        (after.2 - before.2).abs() < 0.5,
        "looks without a change write"
    );
    Ok(Outcome::Passed)
}
