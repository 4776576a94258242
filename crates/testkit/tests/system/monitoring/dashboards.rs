//! Every panel of the dashboards shows something. The operator's are left out: it needs a cluster, and `scripts/monitoring` looks
//! whether it has what they ask for.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::prometheus::{Prometheus, observability};

const ASKED: [&str; 4] = [
    "on-sale.json",
    "money.json",
    "services.json",
    "backends.json",
];

/// Waits until each query of each panel has an answer.
pub(super) async fn show_something(prometheus: &Prometheus) -> Result<()> {
    let mut queries = Vec::new();
    for name in ASKED {
        let file = observability().join("grafana/dashboards").join(name);
        let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
        let panels = dashboard["panels"].as_array().context("no panels")?;
        for panel in panels {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let query = target["expr"].as_str().context("no query")?;
                queries.push((format!("{name}: {}", panel["title"]), filled_in(query)));
            }
        }
    }
    ensure!(!queries.is_empty(), "there are no panels");
    prometheus
        .comes_true("every panel shows something", async || {
            let mut empty = Vec::new();
            for (panel, query) in &queries {
                let series = prometheus
                    .query(query)
                    .await
                    .with_context(|| panel.clone())?;
                if series.is_empty() {
                    empty.push(format!("{panel}: {query}"));
                }
            }
            if empty.is_empty() {
                return Ok(true);
            }
            bail!("these are empty: {empty:#?}")
        })
        .await
}

/// A query as Grafana would send it, for all services.
fn filled_in(query: &str) -> String {
    query
        .replace("$__rate_interval", "1m")
        .replace("$service", ".*")
}
