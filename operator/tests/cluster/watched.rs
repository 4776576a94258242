//! What people see of a platform in a cluster: a real Prometheus asks the parts, and the operator's dashboard is full.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use operator::build::{Backend, Kind, Service};
use serde_json::{Value, json};
use testkit::{
    dashboards,
    prometheus::{Prometheus, Target},
};

use crate::harness::{Outcome, World, eventually};

const SOON: Duration = Duration::from_secs(60);

fn address(pod: &Value, port: u16) -> Result<String> {
    let ip = pod["status"]["podIP"].as_str();
    Ok(format!("{}:{port}", ip.context("a pod has no address")?))
}

pub(crate) async fn by_prometheus(world: Arc<World>) -> Result<Outcome> {
    if std::process::Command::new("prometheus")
        .arg("--version")
        .output()
        .is_err()
    {
        return Ok(Outcome::Skipped(
            "there is no program prometheus; install Debian's package of that name".into(),
        ));
    }
    let platform = world.shared().await?;
    // So that there is a repair to show.
    let budgets = platform.objects(Kind::PodDisruptionBudget);
    let budget = platform.of("booking");
    budgets
        .merge(&budget, &json!({"spec": {"maxUnavailable": 2}}))
        .await?;
    eventually("the disruption budget is repaired", SOON, async || {
        Ok(budgets.expect(&budget).await?["spec"]["maxUnavailable"] == 1)
    })
    .await?;

    let (leader, _) = world.operator.leader().await?.context("nobody leads")?;
    let leader = world.operator.pods_api().expect(&leader).await?;
    let mut targets = vec![Target::new("operator", address(&leader, 8080)?)];
    for service in Service::SIX
        .into_iter()
        .filter(|service| *service != Service::Frontend)
    {
        for pod in platform.pods(service.name()).await? {
            let address = address(&pod, service.port())?;
            targets.push(Target::new("services", address).service(service.name()));
        }
    }
    for pod in platform.pods(Backend::RabbitMq.name()).await? {
        targets.push(Target::new("rabbitmq", address(&pod, 15692)?));
    }
    let folder = std::env::temp_dir().join(format!("{}-prometheus", platform.namespace));
    let prometheus = Prometheus::watch(&folder, &targets, str::to_owned).await?;
    let panels = dashboards::show_something(&prometheus, &["operator"]).await?;
    world.figures.add(
        "queries of the operator's dashboard that have an answer",
        format!("{panels}, from {} targets", targets.len()),
        "all",
    );
    drop(prometheus);
    std::fs::remove_dir_all(&folder)?;
    Ok(Outcome::Passed)
}
