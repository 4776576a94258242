//! Who tells of PostgreSQL and Redis: the usual exporters, as Debian has them.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use tokio::process::Child;

use testkit::prometheus::{program, started};

/// Running exporters, by the job that asks them.
pub(super) struct Exporters {
    pub(super) targets: BTreeMap<&'static str, String>,
    _processes: Vec<Child>,
}

impl Exporters {
    /// Of the test's servers; RabbitMQ tells itself.
    pub(super) fn start(ports: [u16; 2], logs: &Path) -> Result<Self> {
        let variable = |name: &str| std::env::var(name).with_context(|| name.to_owned());
        let [postgres, redis] = ports.map(|port| format!("127.0.0.1:{port}"));
        let mut of_postgres = program("prometheus-postgres-exporter", logs)?;
        of_postgres
            .env(
                "DATA_SOURCE_NAME",
                format!("{}?sslmode=disable", variable("DATABASE_URL_ADMIN")?),
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
