//! Whether every panel of Grafana's dashboards shows something.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::prometheus::{Prometheus, observability};

/// Waits until each query of each panel of these dashboards has an answer; how many there are. Names are those of the files of
/// `observability/grafana/dashboards`, without `.json`.
pub async fn show_something(prometheus: &Prometheus, dashboards: &[&str]) -> Result<usize> {
    let mut queries = Vec::new();
    for name in dashboards {
        let file = observability().join(format!("grafana/dashboards/{name}.json"));
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
        .await?;
    Ok(queries.len())
}

/// A query as Grafana would send it, for all services and platforms.
fn filled_in(query: &str) -> String {
    query
        .replace("$__rate_interval", "1m")
        .replace("$service", ".*")
        .replace("$namespace", ".*")
        .replace("$platform", ".*")
}
