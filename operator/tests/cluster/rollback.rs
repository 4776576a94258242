//! A release that does not come up: the old one keeps serving, the operator goes back to it and says why.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use operator::api::ConditionStatus;
use serde_json::{Value, json};

use crate::harness::{Load, Outcome, Platform, Shop, World};

/// The deadline of the shared platform is 20 s; Kubernetes looks at it now and then.
const ROLLED_BACK_WITHIN: Duration = Duration::from_secs(90);
const RATE: u64 = 50;

async fn goes_back(world: &World, spec: &Value, service: &str, said: &str) -> Result<()> {
    let platform = world.shared().await?;
    let shop = Shop::open(&platform).await?;
    let before = platform.deployment(service).await?["spec"]["template"]["spec"].clone();
    let traffic = Load::of(&shop, RATE).start()?;
    platform.apply(spec).await?;
    let message = platform
        .condition(
            "Degraded",
            ConditionStatus::True,
            "RolledBack",
            ROLLED_BACK_WITHIN,
        )
        .await?;
    ensure!(
        message.contains(&format!("{service} made no progress for 20 s")),
        "{message}"
    );
    ensure!(message.contains(said), "{message}");
    let (status, ..) = platform.condition_now("Available").await?;
    ensure!(status == ConditionStatus::True, "it is not available");
    crate::harness::eventually(
        "the old pods are all there is",
        Duration::from_secs(60),
        async || {
            let deployment = platform.deployment(service).await?;
            Ok(deployment["spec"]["template"]["spec"] == before
                && deployment["status"]["replicas"] == deployment["spec"]["replicas"]
                && deployment["status"]["availableReplicas"] == deployment["spec"]["replicas"])
        },
    )
    .await?;
    let (status, reason, _) = platform.condition_now("Ready").await?;
    ensure!(
        (status, reason.as_str()) == (ConditionStatus::False, "RolledBack"),
        "Ready is {status:?} ({reason})"
    );
    let report = traffic.stop().await?;
    world.figures.add(
        format!("requests while {service} could not roll out"),
        report.summary(),
        "0 failed",
    );
    report.flawless()?;
    platform.apply(&Platform::small()).await?;
    platform.ready(Duration::from_secs(60)).await?;
    Ok(())
}

pub(crate) async fn image_that_does_not_exist(world: Arc<World>) -> Result<Outcome> {
    let mut spec = Platform::small();
    spec["services"]["frontend"]["image"] = json!("ghcr.io/event-platform/frontend:absent");
    goes_back(&world, &spec, "frontend", "frontend:absent").await?;
    Ok(Outcome::Passed)
}

pub(crate) async fn service_that_crashes_at_its_start(world: Arc<World>) -> Result<Outcome> {
    let mut spec = Platform::small();
    spec["services"]["booking"]["env"] =
        json!([{"name": "RATE_LIMIT", "value": "off"}, {"name": "HOLD_TTL", "value": "nonsense"}]);
    goes_back(&world, &spec, "booking", "HOLD_TTL").await?;
    Ok(Outcome::Passed)
}
