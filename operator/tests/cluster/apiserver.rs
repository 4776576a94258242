//! The API server goes away in the middle of a rollout.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::harness::{Load, Outcome, Platform, Shop, World, eventually};

/// How long it stays away, in seconds.
const AWAY: &str = "5";
const SOON: Duration = Duration::from_secs(120);

pub(crate) async fn restarted_in_the_middle_of_a_rollout(world: Arc<World>) -> Result<Outcome> {
    let Some(cluster) = World::test_cluster() else {
        return Ok(Outcome::Skipped(
            "only the test cluster's API server can be killed here".into(),
        ));
    };
    let platform = world.shared().await?;
    let shop = Shop::open(&platform).await?;
    let mut spec = Platform::small();
    let variable = json!({"name": "HOLD_TTL", "value": "599s"});
    for service in ["auth", "booking"] {
        spec["services"][service]["env"] =
            json!([{"name": "RATE_LIMIT", "value": "off"}, variable]);
    }
    // Kubernetes' own controllers need their time, too, until they know that pods are ready.
    spec["rollout"] = json!({"progressDeadlineSeconds": 120});
    let traffic = Load::of(&shop, 50).start()?;
    platform.apply(&spec).await?;
    eventually("the rollout is under way", SOON, async || {
        Ok(platform.deployment("auth").await?["status"]["updatedReplicas"] == 1)
    })
    .await?;
    let restart = tokio::process::Command::new(cluster.join("restart-apiserver"))
        .arg(AWAY)
        .status()
        .await?;
    ensure!(restart.success(), "the API server did not come back");
    let took = platform.ready(SOON).await?;
    let report = traffic.stop().await?;
    world.figures.add(
        "rollout → Ready after the API server was away for 5 s",
        format!("{:.1} s; {}", took.as_secs_f64(), report.summary()),
        "0 failed",
    );
    report.flawless()?;
    for service in ["auth", "booking"] {
        let env = &platform.deployment(service).await?["spec"]["template"]["spec"]["containers"][0]
            ["env"];
        ensure!(
            env.as_array().is_some_and(|env| env.contains(&variable)),
            "{service} has the old settings"
        );
    }
    Ok(Outcome::Passed)
}
