//! The operator's own upgrade: a chart with an older definition, then this one.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::harness::{Outcome, World, kubectl, run_program};

const SOON: Duration = Duration::from_secs(60);
/// A field that the older definition does not have.
const FIELD: &str = "tracing";

pub(crate) async fn upgrade_brings_the_new_definition(world: Arc<World>) -> Result<Outcome> {
    let operator = &world.operator;
    let Some(release) = operator.deployment.strip_suffix("-operator") else {
        return Ok(Outcome::Skipped(
            "the operator was not installed by its chart".into(),
        ));
    };
    let platform = world.shared().await?;
    let pods = pods(&platform).await?;
    let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/event-platform");
    let old = std::env::temp_dir().join(format!("event-platform-chart-{}", std::process::id()));
    older(&chart, &old).await?;
    let values = run_program(
        "helm",
        &[
            "-n",
            &operator.namespace,
            "get",
            "values",
            release,
            "-o",
            "json",
        ],
    )
    .await?;
    let values_file = old.join("as-installed.json");
    tokio::fs::write(&values_file, values).await?;
    let upgrade = async |chart: &Path| -> Result<()> {
        let arguments = [
            "upgrade",
            release,
            &chart.to_string_lossy(),
            "-n",
            &operator.namespace,
            "-f",
            &values_file.to_string_lossy(),
            "--set-string",
            "podAnnotations.chart=none",
            "--wait",
            "--timeout",
            "90s",
        ];
        run_program("helm", &arguments).await?;
        Ok(())
    };
    upgrade(&old).await?;
    let before = knows().await?;
    let result = upgrade(&chart).await;
    tokio::fs::remove_dir_all(&old).await?;
    result?;
    ensure!(!before, "the older chart's definition has {FIELD}");
    ensure!(knows().await?, "the definition is still the older one");
    operator.leads(SOON).await?;
    platform.ready(SOON).await?;
    ensure!(
        self::pods(&platform).await? == pods,
        "the platform's pods were replaced"
    );
    Ok(Outcome::Passed)
}

async fn pods(platform: &crate::harness::Platform) -> Result<Vec<String>> {
    let mut uids: Vec<_> = platform
        .pods_api()
        .list("app.kubernetes.io/name=event-platform")
        .await?
        .iter()
        .filter(|pod| {
            pod["status"]["phase"] == "Running" && pod["metadata"]["deletionTimestamp"].is_null()
        })
        .map(|pod| pod["metadata"]["uid"].to_string())
        .collect();
    uids.sort();
    Ok(uids)
}

async fn knows() -> Result<bool> {
    let path = format!(
        "jsonpath={{.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.{FIELD}.type}}"
    );
    let found = kubectl(&[
        "get",
        "customresourcedefinition/eventplatforms.eventplatform.dev",
        "-o",
        &path,
    ])
    .await?;
    Ok(!found.is_empty())
}

/// A copy of the chart as the release before might have been.
async fn older(chart: &Path, copy: &Path) -> Result<()> {
    let (chart, copy_text) = (chart.to_string_lossy(), copy.to_string_lossy());
    run_program("cp", &["-r", &chart, &copy_text]).await?;
    let file = copy.join("files/eventplatforms.json");
    let mut definition: Value = serde_json::from_slice(&tokio::fs::read(&file).await?)?;
    definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
        .as_object_mut()
        .context("no fields")?
        .remove(FIELD)
        .with_context(|| format!("there is no {FIELD}"))?;
    tokio::fs::write(&file, serde_json::to_vec_pretty(&definition)?).await?;
    let file = copy.join("Chart.yaml");
    let text = tokio::fs::read_to_string(&file)
        .await?
        .replace("\nversion: 0.1.0", "\nversion: 0.0.9");
    tokio::fs::write(&file, text).await?;
    Ok(())
}
