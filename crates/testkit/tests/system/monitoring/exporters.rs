//! Who tells of PostgreSQL and Redis: the usual exporters, as Debian has them, by the role that Compose gives them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use tokio::process::{Child, Command};

use testkit::prometheus::{program, started};

/// Running exporters, by the job that asks them.
pub(super) struct Exporters {
    pub(super) targets: BTreeMap<&'static str, String>,
    _processes: Vec<Child>,
}

impl Exporters {
    /// Of the test's servers; RabbitMQ tells itself.
    pub(super) async fn start(ports: [u16; 2], logs: &Path) -> Result<Self> {
        let variable = |name: &str| std::env::var(name).with_context(|| name.to_owned());
        let admin = reqwest::Url::parse(&variable("DATABASE_URL_ADMIN")?)?;
        let watcher = watcher(&admin).await?;
        let [postgres, redis] = ports.map(|port| format!("127.0.0.1:{port}"));
        let mut of_postgres = program("prometheus-postgres-exporter", logs)?;
        of_postgres
            .env("DATA_SOURCE_NAME", format!("{watcher}?sslmode=disable"))
            .env(
                "PG_EXPORTER_EXTEND_QUERY_PATH",
                root().join("observability/postgres-exporter/archive.yml"),
            )
            .arg(format!("--web.listen-address={postgres}"));
        let mut of_redis = program("prometheus-redis-exporter", logs)?;
        let url = reqwest::Url::parse(&variable("REDIS_URL")?)?;
        of_redis
            .env("REDIS_ADDR", url.as_str())
            .env("REDIS_PASSWORD", url.password().unwrap_or_default())
            .arg(format!("--web.listen-address={redis}"));
        let rabbitmq = reqwest::Url::parse(&variable("RABBITMQ_METRICS_URL")?)?;
        let rabbitmq = rabbitmq.authority().to_owned();
        Ok(Self {
            _processes: vec![started(of_postgres)?, started(of_redis)?],
            targets: BTreeMap::from([
                ("postgres", postgres),
                ("redis", redis),
                ("rabbitmq", rabbitmq),
            ]),
        })
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The URL of the role that watches, made as Compose makes it.
async fn watcher(admin: &reqwest::Url) -> Result<reqwest::Url> {
    const PASSWORD: &str = "who-watches-the-watcher";
    let host = admin.host_str().context("no host")?;
    let made = Command::new("bash")
        .arg(root().join("compose/postgres/watcher.sh"))
        .env("PGHOST", host)
        .env("PGPORT", admin.port().unwrap_or(5432).to_string())
        .env("PGUSER", admin.username())
        .env("PGPASSWORD", admin.password().unwrap_or_default())
        .env("PGDATABASE", "postgres")
        .env("WATCHER_DATABASE_PASSWORD", PASSWORD)
        .output()
        .await?;
    ensure!(
        made.status.success(),
        "watcher.sh: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let mut url = admin.clone();
    let named = url.set_username("watcher").is_ok() && url.set_password(Some(PASSWORD)).is_ok();
    ensure!(named, "{admin} takes no login");
    Ok(url)
}
