//! The next release, with a migration, while people use the platform as hard as they can.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use operator::api::ConditionStatus;
use serde_json::json;

use crate::{
    harness::{Load, Outcome, Platform, Shop, World, kubectl},
    migration::forget,
};

const RATE: u64 = 500;
const UPGRADED_WITHIN: Duration = Duration::from_secs(240);
const NEXT: &str = "0.1.1";

/// The last case with the shared platform: there is no way back from a newer release.
pub(crate) async fn no_request_fails_meanwhile(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    forget(&platform).await?;
    let shop = Shop::open(&platform).await?;
    let booking = shop.buy().await?;
    let mut spec = Platform::small();
    spec["version"] = json!(NEXT);
    spec["rollout"] = json!({"progressDeadlineSeconds": 120});
    let traffic = Load::of(&shop, RATE).start()?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    platform.apply(&spec).await?;
    let took = platform.ready(UPGRADED_WITHIN).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let report = traffic.stop().await?;
    world.figures.add(
        "rolling upgrade 0.1.0 → 0.1.1 with a migration",
        format!("{:.0} s; {}", took.as_secs_f64(), report.summary()),
        "0 failed at 500/s",
    );
    report.flawless()?;
    let status = platform.status().await?;
    ensure!(
        status.version.as_deref() == Some(NEXT),
        "{:?}",
        status.version
    );
    for service in &status.services {
        ensure!(
            service.image.ends_with(NEXT),
            "{} runs {}",
            service.name,
            service.image
        );
    }
    ensure!(shop.has(booking).await?, "what was bought before is gone");
    shop.buy().await?;

    // Versions only rise.
    kubectl(&[
        "-n",
        &platform.namespace,
        "patch",
        "evp",
        &platform.name,
        "--type=merge",
        "-p",
        r#"{"spec": {"version": "0.1.0"}}"#,
    ])
    .await?;
    let message = platform
        .condition(
            "Degraded",
            ConditionStatus::True,
            "UnsupportedUpgrade",
            Duration::from_secs(20),
        )
        .await?;
    ensure!(message.starts_with("0.1.1 serves"), "{message}");
    Ok(Outcome::Passed)
}
