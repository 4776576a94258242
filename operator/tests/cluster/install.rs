//! The sample, as people apply it: how soon it serves, and what it takes.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use operator::build::Service;

use crate::harness::{Outcome, Shop, World, apply, memory, value_of};

/// What the first ready platform may take.
const READY_WITHIN: Duration = Duration::from_secs(60);
const MEBIBYTE: u64 = 1 << 20;
const PLATFORM_MEMORY: u64 = 800 * MEBIBYTE;

pub(crate) async fn sample_is_ready_within_a_minute(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared_namespace().await?;
    let sample = include_str!("../../../k3s/samples/minimal.yaml");
    let sample: serde_json::Value = serde_saphyr::from_str(sample)?;
    ensure!(sample["metadata"]["name"] == platform.name.as_str());
    apply(&["-n", &platform.namespace, "apply"], &sample).await?;
    let took = platform.ready(READY_WITHIN * 2).await?;
    world.figures.add(
        "kubectl apply → Ready, images present",
        format!("{:.1} s", took.as_secs_f64()),
        "≤ 60 s",
    );
    ensure!(took <= READY_WITHIN, "it took {took:?}");
    let status = platform.status().await?;
    ensure!(
        status.services_ready.as_deref() == Some("6/6"),
        "{:?}",
        status.services_ready
    );
    ensure!(
        status.version.as_deref() == Some(operator::api::VERSION),
        "{:?}",
        status.version
    );
    Ok(Outcome::Passed)
}

pub(crate) async fn buyer_gets_a_ticket(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    Shop::open(&platform).await?.buy().await?;
    Ok(Outcome::Passed)
}

/// At rest: what all pods take, and how much of their nothing-to-do the operator turns into work.
pub(crate) async fn idle_platform_is_small(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let mut pods = 3;
    for service in Service::ROLLOUT {
        pods += platform.ready_pods(service.name()).await?.len();
    }
    let taken = value_of(
        "metrics-server knows all pods",
        Duration::from_secs(90),
        async || memory(&world.client, &platform.namespace, pods).await,
    )
    .await?;
    world.figures.add(
        "memory of the idle platform, metrics-server",
        format!("{} MiB in {pods} pods", taken / MEBIBYTE),
        "≤ 800 MB",
    );
    ensure!(taken <= PLATFORM_MEMORY, "{} MiB", taken / MEBIBYTE);
    Ok(Outcome::Passed)
}
