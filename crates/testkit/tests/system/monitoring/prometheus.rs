//! Prometheus itself, on a clock that goes faster.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use testkit::{
    eventually,
    platform::{Part, Platform, free_ports},
};
use tokio::process::{Child, Command};

use super::{clock, exporters::Exporters};

/// How often it asks and judges; the services' own figures are new every ten seconds.
const INTERVAL: &str = "1s";
/// For what comes to pass within seconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);

/// The folder of what Compose and the cluster have, too.
pub(super) fn observability() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../observability")
}

/// A Prometheus that watches a platform and its servers.
pub(super) struct Prometheus {
    url: String,
    http: reqwest::Client,
    targets: usize,
    _process: Child,
    _exporters: Exporters,
}

impl Prometheus {
    pub(super) async fn watch(platform: &Platform) -> Result<Self> {
        let folder = platform.logs.join("prometheus");
        // What an earlier run measured is none of ours.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("rules"))?;
        for file in std::fs::read_dir(observability().join("prometheus/rules"))? {
            let file = file?;
            let rules = clock::faster(&std::fs::read_to_string(file.path())?);
            std::fs::write(folder.join("rules").join(file.file_name()), rules)?;
        }
        let ports = free_ports(3)?;
        let exporters = Exporters::start([ports[0], ports[1]], &folder)?;
        let address = format!("127.0.0.1:{}", ports[2]);
        let (configuration, targets) = configuration(platform, &exporters, &address);
        std::fs::write(folder.join("prometheus.yml"), configuration)?;

        let mut prometheus = program("prometheus", &folder)?;
        prometheus
            .arg(format!(
                "--config.file={}",
                folder.join("prometheus.yml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"));
        let watching = Self {
            url: format!("http://{address}/api/v1"),
            http: reqwest::Client::new(),
            targets,
            _process: started(prometheus)?,
            _exporters: exporters,
        };
        watching
            .comes_true("everything is asked and answers", async || {
                watching.all_answer().await
            })
            .await?;
        Ok(watching)
    }

    /// Waits for what shall come to pass, asking while Prometheus may not answer yet.
    pub(super) async fn comes_true<F: AsyncFnMut() -> Result<bool>>(
        &self,
        what: &str,
        mut check: F,
    ) -> Result<()> {
        let mut last = None;
        let came = eventually(what, PATIENCE, async || {
            let answer = check().await;
            let true_now = *answer.as_ref().unwrap_or(&false);
            last = answer.err();
            Ok(true_now)
        })
        .await;
        match last {
            Some(error) if came.is_err() => Err(error.context(what.to_owned())),
            _ => came,
        }
    }

    async fn all_answer(&self) -> Result<bool> {
        let found = self.get("targets", &[("state", "active")]).await?;
        let targets = found["activeTargets"].as_array().context("no targets")?;
        let silent: Vec<_> = targets
            .iter()
            .filter(|target| target["health"] != "up")
            .map(|target| format!("{}: {}", target["labels"]["job"], target["lastError"]))
            .collect();
        ensure!(silent.is_empty(), "{silent:?}");
        Ok(targets.len() == self.targets)
    }

    /// The series that a query has now.
    pub(super) async fn query(&self, query: &str) -> Result<Vec<Value>> {
        let answer = self.get("query", &[("query", query)]).await?;
        Ok(answer["result"].as_array().cloned().unwrap_or_default())
    }

    /// Alerts that fire now, by name and by what tells one from another of that name.
    pub(super) async fn firing(&self) -> Result<BTreeSet<String>> {
        self.told(r#"ALERTS{alertstate="firing"}"#).await
    }

    /// Alerts that have fired since this Prometheus began.
    pub(super) async fn ever_fired(&self) -> Result<BTreeSet<String>> {
        self.told(r#"last_over_time(ALERTS{alertstate="firing"}[1h])"#)
            .await
    }

    async fn told(&self, query: &str) -> Result<BTreeSet<String>> {
        let series = self.query(query).await?;
        Ok(series
            .iter()
            .map(|series| {
                let label = |name| series["metric"][name].as_str();
                let about = label("service").or_else(|| label("queue"));
                let name = label("alertname").unwrap_or_default();
                about.map_or(name.to_owned(), |about| format!("{name} {about}"))
            })
            .collect())
    }

    /// Waits until every rule was judged so many times more.
    pub(super) async fn judges(&self, times: u64) -> Result<()> {
        const JUDGED: &str = "min(prometheus_rule_group_iterations_total)";
        let judged = async || {
            let series = self.query(JUDGED).await?;
            let count = series
                .first()
                .and_then(|series| series["value"][1].as_str()?.parse::<u64>().ok());
            count.context("Prometheus does not tell how often it has judged")
        };
        self.comes_true("the rules are judged", async || Ok(judged().await? > 0))
            .await?;
        let end = judged().await? + times;
        self.comes_true("the rules are judged again and again", async || {
            Ok(judged().await? >= end)
        })
        .await
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value> {
        let url = format!("{}/{path}", self.url);
        let answer = self.http.get(url).query(query).send().await?;
        let mut answer: Value = answer.json().await?;
        if answer["status"] != "success" {
            bail!("{}: {query:?}", answer["error"]);
        }
        Ok(answer["data"].take())
    }
}

/// The jobs of `observability/prometheus/prometheus.yml`, at this platform's ports; and how many targets they have.
fn configuration(platform: &Platform, exporters: &Exporters, own: &str) -> (String, usize) {
    let services = [
        Part::Auth,
        Part::Catalog,
        Part::Booking,
        Part::Payment,
        Part::Worker,
    ];
    let address = |part| platform.url(part).trim_start_matches("http://").to_owned();
    let target = |address: &str, service: Option<&str>| {
        let labels = service.map_or(String::new(), |service| {
            format!(", labels: {{service: {service}}}")
        });
        format!("      - {{targets: [\"{address}\"]{labels}}}\n")
    };
    let mut jobs = vec![(
        "services",
        services
            .map(|part| target(&address(part), Some(part.name())))
            .concat(),
    )];
    jobs.push(("sandbox", target(&address(Part::Sandbox), Some("sandbox"))));
    for (job, address) in &exporters.targets {
        jobs.push((*job, target(address, None)));
    }
    // Itself, for how often it has judged.
    jobs.push(("prometheus", target(own, None)));
    let jobs = jobs
        .iter()
        .map(|(job, targets)| format!("  - job_name: {job}\n    static_configs:\n{targets}"))
        .collect::<Vec<_>>()
        .concat();
    let text = format!(
        "global: {{scrape_interval: {INTERVAL}, scrape_timeout: {INTERVAL}, evaluation_interval: {INTERVAL}}}\n\
         rule_files: [rules/*.yml]\nscrape_configs:\n{jobs}"
    );
    (text, services.len() + 2 + exporters.targets.len())
}

/// A program with its output beside the platform's.
pub(super) fn program(name: &str, logs: &Path) -> Result<Command> {
    let log = std::fs::File::create(logs.join(format!("{name}.log")))?;
    let mut command = Command::new(name);
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true);
    Ok(command)
}

pub(super) fn started(mut command: Command) -> Result<Child> {
    let name = command.as_std().get_program().display().to_string();
    command
        .spawn()
        .with_context(|| format!("{name} is missing: scripts/test installs it"))
}
