//! How many pods run, and who decides it; and a platform that is left alone.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use operator::{api::ConditionStatus, build::Kind};
use serde_json::json;

use crate::harness::{Outcome, Platform, Shop, World, eventually, kubectl};

const SOON: Duration = Duration::from_secs(60);

async fn replicas(platform: &Platform, part: &str) -> Result<i64> {
    Ok(platform.deployment(part).await?["spec"]["replicas"]
        .as_i64()
        .unwrap_or(-1))
}

pub(crate) async fn paused_platform_is_left_alone(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let mut spec = Platform::small();
    spec["paused"] = json!(true);
    platform.apply(&spec).await?;
    platform
        .condition("Paused", ConditionStatus::True, "Paused", SOON)
        .await?;
    platform
        .objects(Kind::Service)
        .delete(&platform.of("sandbox"))
        .await?;
    platform
        .objects(Kind::Deployment)
        .merge(&platform.of("worker"), &json!({"spec": {"replicas": 1}}))
        .await?;
    eventually("the change is seen", SOON, async || {
        let status = platform.status().await?;
        Ok(status
            .services
            .iter()
            .any(|service| service.name == "worker" && service.desired == 1))
    })
    .await?;
    ensure!(
        platform
            .objects(Kind::Service)
            .get(&platform.of("sandbox"))
            .await?
            .is_none(),
        "it was made again"
    );
    ensure!(
        replicas(&platform, "worker").await? == 1,
        "it was changed back"
    );
    platform.apply(&Platform::small()).await?;
    platform.ready(SOON).await?;
    ensure!(
        platform
            .objects(Kind::Service)
            .get(&platform.of("sandbox"))
            .await?
            .is_some()
    );
    ensure!(replicas(&platform, "worker").await? == 2);
    Ok(Outcome::Passed)
}

pub(crate) async fn kubectl_scale_sets_the_workers(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let name = format!("eventplatform/{}", platform.name);
    kubectl(&["-n", &platform.namespace, "scale", &name, "--replicas=3"]).await?;
    platform.ready(SOON).await?;
    ensure!(replicas(&platform, "worker").await? == 3);
    eventually("the scale tells", SOON, async || {
        let arguments = [
            "-n",
            &platform.namespace,
            "get",
            &name,
            "--subresource=scale",
            "-o",
            "jsonpath={.status.replicas}",
        ];
        Ok(kubectl(&arguments).await? == "3")
    })
    .await?;
    kubectl(&["-n", &platform.namespace, "scale", &name, "--replicas=2"]).await?;
    platform.ready(SOON).await?;
    ensure!(replicas(&platform, "worker").await? == 2);
    Ok(Outcome::Passed)
}

/// Messages wait, because the workers look for them where there is no broker: more workers come.
pub(crate) async fn workers_follow_the_queue(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let mut spec = Platform::small();
    spec["services"]["worker"] = json!({
        "autoscaling": {"min": 1, "max": 3, "messagesPerReplica": 1},
        "env": [{"name": "RABBITMQ_URL", "value": "amqp://127.0.0.1:1/%2f"}],
    });
    platform.apply(&spec).await?;
    platform.ready(SOON * 2).await?;
    eventually("few run while nothing waits", SOON * 2, async || {
        Ok(replicas(&platform, "worker").await? == 1)
    })
    .await?;
    let shop = Shop::open(&platform).await?;
    for _ in 0..3 {
        shop.buy().await?;
    }
    let took = eventually("as many workers run as may", SOON, async || {
        Ok(replicas(&platform, "worker").await? == 3)
    })
    .await?;
    world.figures.add(
        "messages wait → all workers asked for",
        format!("{:.1} s", took.as_secs_f64()),
        "",
    );
    platform.apply(&Platform::small()).await?;
    platform.ready(SOON * 2).await?;
    ensure!(replicas(&platform, "worker").await? == 2);
    Ok(Outcome::Passed)
}

/// From a fixed number to an autoscaler: the number of pods is nobody's but its own from then on.
pub(crate) async fn autoscaled_number_survives(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let mut spec = Platform::small();
    // More than the pods will ever use: the autoscaler stays at its fewest, which is what it is told here.
    spec["services"]["catalog"]["autoscaling"] = json!({"min": 2, "max": 4, "cpuPercent": 1000});
    platform.apply(&spec).await?;
    platform.ready(SOON).await?;
    ensure!(
        replicas(&platform, "catalog").await? == 2,
        "it fell when the autoscaler took over"
    );
    let hpa = platform.of("catalog");
    spec["services"]["catalog"]["autoscaling"] = json!({"min": 3, "max": 4, "cpuPercent": 1000});
    platform.apply(&spec).await?;
    eventually("the autoscaler raises it", SOON, async || {
        Ok(replicas(&platform, "catalog").await? == 3)
    })
    .await?;
    ensure!(
        platform
            .objects(Kind::HorizontalPodAutoscaler)
            .get(&hpa)
            .await?
            .is_some()
    );
    platform.ready(SOON).await?;
    // Looks that change something else.
    platform
        .objects(Kind::Service)
        .delete(&platform.of("sandbox"))
        .await?;
    eventually("the operator has looked", SOON, async || {
        Ok(platform
            .objects(Kind::Service)
            .get(&platform.of("sandbox"))
            .await?
            .is_some())
    })
    .await?;
    ensure!(
        replicas(&platform, "catalog").await? == 3,
        "a reconcile set the number of pods"
    );
    platform.apply(&Platform::small()).await?;
    platform.ready(SOON).await?;
    ensure!(replicas(&platform, "catalog").await? == 2);
    ensure!(
        platform
            .objects(Kind::HorizontalPodAutoscaler)
            .get(&hpa)
            .await?
            .is_none(),
        "the autoscaler is left"
    );
    Ok(Outcome::Passed)
}
