//! A real Prometheus with the rules of `observability/`, for tests.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::{eventually, platform::free_ports};

/// How often it asks and judges.
const INTERVAL: &str = "1s";
/// For what comes to pass within seconds.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The folder of what Compose and the cluster have, too.
pub fn observability() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../observability")
}

/// Whom to ask for metrics: an address of `/metrics`, in the job of that name.
#[derive(Clone, Debug)]
pub struct Target {
    pub job: &'static str,
    /// HOST:PORT.
    pub address: String,
    /// The label `service`, where the job has more than one.
    pub service: Option<String>,
}

impl Target {
    pub fn new(job: &'static str, address: impl Into<String>) -> Self {
        Self {
            job,
            address: address.into(),
            service: None,
        }
    }

    #[must_use]
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }
}

/// A running Prometheus; dropping it ends it.
pub struct Prometheus {
    url: String,
    http: reqwest::Client,
    targets: usize,
    _process: Child,
}

impl Prometheus {
    /// Starts one that keeps what it needs in `folder`, and waits until all targets answer. `change` makes of each file of rules
    /// what is judged by.
    pub async fn watch(
        folder: &Path,
        targets: &[Target],
        change: impl Fn(&str) -> String,
    ) -> Result<Self> {
        // What an earlier run measured is none of ours.
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder.join("rules"))?;
        for file in std::fs::read_dir(observability().join("prometheus/rules"))? {
            let file = file?;
            let rules = change(&std::fs::read_to_string(file.path())?);
            std::fs::write(folder.join("rules").join(file.file_name()), rules)?;
        }
        let address = format!("127.0.0.1:{}", free_ports(1)?[0]);
        // Itself, for how often it has judged.
        let mut targets = targets.to_vec();
        targets.push(Target::new("prometheus", &address));
        std::fs::write(folder.join("prometheus.yml"), configuration(&targets))?;

        let mut prometheus = program("prometheus", folder)?;
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
            targets: targets.len(),
            _process: started(prometheus)?,
        };
        watching
            .comes_true("everything is asked and answers", async || {
                watching.all_answer().await
            })
            .await?;
        Ok(watching)
    }

    /// Waits for what shall come to pass, asking while Prometheus may not answer yet.
    pub async fn comes_true<F: AsyncFnMut() -> Result<bool>>(
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
    pub async fn query(&self, query: &str) -> Result<Vec<Value>> {
        let answer = self.get("query", &[("query", query)]).await?;
        Ok(answer["result"].as_array().cloned().unwrap_or_default())
    }

    /// Alerts that fire now, by name and by what tells one from another of that name.
    pub async fn firing(&self) -> Result<BTreeSet<String>> {
        self.told(r#"ALERTS{alertstate="firing"}"#).await
    }

    /// Alerts that have fired since this Prometheus began.
    pub async fn ever_fired(&self) -> Result<BTreeSet<String>> {
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
    pub async fn judges(&self, times: u64) -> Result<()> {
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

fn configuration(targets: &[Target]) -> String {
    let mut jobs: Vec<&str> = targets.iter().map(|target| target.job).collect();
    jobs.sort_unstable();
    jobs.dedup();
    let of_job = |job: &str| {
        let lines = targets.iter().filter(|target| target.job == job);
        let lines: Vec<_> = lines
            .map(|target| {
                let labels = target.service.as_ref().map_or(String::new(), |service| {
                    format!(", labels: {{service: {service}}}")
                });
                format!("      - {{targets: [\"{}\"]{labels}}}\n", target.address)
            })
            .collect();
        format!(
            "  - job_name: {job}\n    static_configs:\n{}",
            lines.concat()
        )
    };
    let jobs: Vec<_> = jobs.into_iter().map(of_job).collect();
    format!(
        "global: {{scrape_interval: {INTERVAL}, scrape_timeout: {INTERVAL}, evaluation_interval: {INTERVAL}}}\n\
         rule_files: [rules/*.yml]\nscrape_configs:\n{}",
        jobs.concat()
    )
}

/// A program with its output beside the platform's.
pub fn program(name: &str, logs: &Path) -> Result<Command> {
    let log = std::fs::File::create(logs.join(format!("{name}.log")))?;
    let mut command = Command::new(name);
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true);
    Ok(command)
}

pub fn started(mut command: Command) -> Result<Child> {
    let name = command.as_std().get_program().display().to_string();
    command
        .spawn()
        .with_context(|| format!("{name} is missing: scripts/test installs it"))
}
