//! The operator as the chart installed it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use kube::Client;
use operator::build::Kind;
use serde_json::{Value, json};

use super::{eventually, objects::Objects, usage};

/// The Deployment that the chart makes.
pub(crate) struct Operator {
    client: Client,
    pub(crate) namespace: String,
    pub(crate) deployment: String,
}

const LEASE: &str = "event-platform-operator";

impl Operator {
    pub(super) fn new(client: Client) -> Self {
        let variable =
            |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
        Self {
            client,
            namespace: variable("OPERATOR_NAMESPACE", "event-platform"),
            deployment: variable("OPERATOR_DEPLOYMENT", "event-platform-operator"),
        }
    }

    fn deployments(&self) -> Objects {
        Objects::new(&self.client, &self.namespace, &Kind::Deployment.api())
    }

    pub(crate) fn pods_api(&self) -> Objects {
        Objects::of(&self.client, &self.namespace, "", "v1", "Pod", "pods")
    }

    /// Sets the number of its pods and waits until just as many are there.
    pub(crate) async fn scale(&self, replicas: i64) -> Result<()> {
        self.deployments()
            .merge(&self.deployment, &json!({"spec": {"replicas": replicas}}))
            .await?;
        let settled = async || {
            let pods = self.pods().await?;
            let ready = pods.iter().filter(|pod| is_ready(pod)).count();
            Ok(i64::try_from(pods.len())? == replicas && i64::try_from(ready)? == replicas)
        };
        eventually(
            &format!("{replicas} operators run"),
            Duration::from_secs(60),
            settled,
        )
        .await?;
        Ok(())
    }

    pub(crate) async fn pods(&self) -> Result<Vec<Value>> {
        self.pods_api()
            .list("app.kubernetes.io/name=event-platform-operator")
            .await
    }

    /// The pod that holds the lease, and the lease's holder.
    pub(crate) async fn leader(&self) -> Result<Option<(String, String)>> {
        let leases = Objects::of(
            &self.client,
            &self.namespace,
            "coordination.k8s.io",
            "v1",
            "Lease",
            "leases",
        );
        let Some(lease) = leases.get(LEASE).await? else {
            return Ok(None);
        };
        let Some(holder) = lease["spec"]["holderIdentity"]
            .as_str()
            .filter(|holder| !holder.is_empty())
        else {
            return Ok(None);
        };
        let pods = self.pods().await?;
        let pod = pods
            .iter()
            .filter_map(|pod| pod["metadata"]["name"].as_str())
            .find(|pod| holder.starts_with(pod));
        Ok(pod.map(|pod| (pod.to_owned(), holder.to_owned())))
    }

    /// Waits until one of its pods leads, and tells how long that took.
    pub(crate) async fn leads(&self, bound: Duration) -> Result<Duration> {
        let started = Instant::now();
        eventually("an operator leads", bound, async || {
            Ok(self.leader().await?.is_some())
        })
        .await?;
        Ok(started.elapsed())
    }

    /// The metrics of the pod that leads, in Prometheus' form.
    pub(crate) async fn metrics(&self) -> Result<String> {
        let (pod, _) = self.leader().await?.context("no operator leads")?;
        let pod = self.pods_api().expect(&pod).await?;
        let address = pod["status"]["podIP"]
            .as_str()
            .context("the operator has no address")?;
        Ok(reqwest::get(format!("http://{address}:8080/metrics"))
            .await?
            .error_for_status()?
            .text()
            .await?)
    }

    /// The sum of a metric's samples.
    pub(crate) async fn metric(&self, name: &str) -> Result<f64> {
        Ok(usage::sum(&self.metrics().await?, name))
    }
}

pub(crate) fn is_ready(pod: &Value) -> bool {
    pod["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}
