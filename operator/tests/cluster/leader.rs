//! Several operators: one works, another takes over.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use operator::build::Kind;
use serde_json::Value;

use crate::harness::{Outcome, World, eventually, kubectl};

/// The lease lasts 15 s; the others look every few seconds.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(25);

pub(crate) async fn killed_one_is_followed_by_another(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let operator = &world.operator;
    operator.scale(2).await?;
    operator.leads(TAKEN_OVER_WITHIN).await?;
    let (pod, holder) = operator.leader().await?.context("no operator leads")?;
    let object = operator.pods_api().expect(&pod).await?;
    let started = Instant::now();
    kill(&object).await?;
    let uid = platform.uid(Kind::Service, "worker").await?;
    platform
        .objects(Kind::Service)
        .delete(&platform.of("worker"))
        .await?;
    eventually("another one leads", TAKEN_OVER_WITHIN, async || {
        Ok(operator
            .leader()
            .await?
            .is_some_and(|(_, now)| now != holder))
    })
    .await?;
    let took = started.elapsed();
    eventually("it works", Duration::from_secs(10), async || {
        Ok(platform.uid(Kind::Service, "worker").await? != uid)
    })
    .await?;
    world.figures.add(
        "leader killed → another leads",
        format!("{:.1} s", took.as_secs_f64()),
        "≤ 25 s (lease 15 s)",
    );

    // One that ends in order gives its lease back.
    let (pod, holder) = operator.leader().await?.context("no operator leads")?;
    let started = Instant::now();
    operator.pods_api().delete(&pod).await?;
    eventually("another one leads", TAKEN_OVER_WITHIN, async || {
        Ok(operator
            .leader()
            .await?
            .is_some_and(|(_, now)| now != holder))
    })
    .await?;
    world.figures.add(
        "leader told to end → another leads",
        format!("{:.1} s", started.elapsed().as_secs_f64()),
        "",
    );
    operator.scale(1).await?;
    operator.leads(TAKEN_OVER_WITHIN).await?;
    Ok(Outcome::Passed)
}

/// SIGKILL to the container's process where it is on this machine; elsewhere the pod is deleted without grace.
async fn kill(pod: &Value) -> Result<()> {
    let container = pod["status"]["containerStatuses"][0]["containerID"]
        .as_str()
        .context("no container")?;
    let container = container.rsplit('/').next().context("no id")?;
    if World::test_cluster().is_some()
        && let Some(process) = process_of(container)
    {
        let status = tokio::process::Command::new("kill")
            .args(["-KILL", &process])
            .status()
            .await?;
        ensure!(status.success(), "process {process} could not be killed");
        return Ok(());
    }
    let field = |name: &str| {
        pod["metadata"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    kubectl(&[
        "-n",
        &field("namespace"),
        "delete",
        "pod",
        &field("name"),
        "--grace-period=0",
        "--force",
    ])
    .await?;
    Ok(())
}

/// The process whose control group has the container's name.
fn process_of(container: &str) -> Option<String> {
    std::fs::read_dir("/proc")
        .ok()?
        .flatten()
        .find_map(|entry| {
            let groups = std::fs::read_to_string(Path::new(&entry.path()).join("cgroup")).ok()?;
            groups
                .contains(container)
                .then(|| entry.file_name().to_string_lossy().into_owned())
        })
}
