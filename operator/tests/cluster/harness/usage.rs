//! Memory, CPU time and metrics.

use anyhow::{Context as _, Result};
use kube::Client;
use operator::quantity;
use serde_json::Value;

use super::objects::Objects;

/// The sum of a metric's samples in Prometheus' form.
pub(crate) fn sum(text: &str, name: &str) -> f64 {
    text.lines()
        .filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            if !rest.starts_with(['{', ' ', '}', ',']) {
                return None;
            }
            rest.rsplit(' ').next()?.parse::<f64>().ok()
        })
        .sum()
}

/// The working set of a namespace's pods, in bytes, as metrics-server tells it; `None` while it does not know all of them.
pub(crate) async fn memory(client: &Client, namespace: &str, pods: usize) -> Result<Option<u64>> {
    let metrics = Objects::of(
        client,
        namespace,
        "metrics.k8s.io",
        "v1beta1",
        "PodMetrics",
        "pods",
    );
    let items = metrics.list("").await?;
    if items.len() < pods {
        return Ok(None);
    }
    let mut sum = 0;
    for container in items.iter().flat_map(containers) {
        let memory = container["usage"]["memory"].as_str().context("no memory")?;
        sum += quantity::bytes(memory).with_context(|| format!("{memory} is no quantity"))?;
    }
    Ok(Some(sum))
}

fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    pod["containers"].as_array().into_iter().flatten()
}

/// The CPU that a namespace's pods take, in thousandths of a core.
pub(crate) async fn cpu(client: &Client, namespace: &str) -> Result<f64> {
    let metrics = Objects::of(
        client,
        namespace,
        "metrics.k8s.io",
        "v1beta1",
        "PodMetrics",
        "pods",
    );
    let mut sum = 0.0;
    for container in metrics.list("").await?.iter().flat_map(containers) {
        let text = container["usage"]["cpu"].as_str().unwrap_or("0");
        sum += match text.strip_suffix('n') {
            Some(nanos) => nanos.parse::<f64>()? / 1e6,
            None => text.strip_suffix('u').unwrap_or("0").parse::<f64>()? / 1e3,
        };
    }
    Ok(sum)
}
