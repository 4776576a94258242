//! The servers under the platform, as the test instance supervises them (`$RUN_DIR/sv`): for killing.

use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::Connection as _;

use crate::eventually;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Server {
    PostgreSql,
    Redis,
    RabbitMq,
}

impl Server {
    pub const ALL: [Self; 3] = [Self::PostgreSql, Self::Redis, Self::RabbitMq];

    pub const fn name(self) -> &'static str {
        match self {
            Self::PostgreSql => "PostgreSQL",
            Self::Redis => "Redis",
            Self::RabbitMq => "RabbitMQ",
        }
    }

    /// SIGKILL; its supervisor starts it again. False when it does not run just now.
    pub fn kill(self) -> Result<bool> {
        let unit = match self {
            Self::PostgreSql => "postgres",
            Self::Redis => "redis",
            Self::RabbitMq => "rabbitmq",
        };
        let run_dir = std::env::var("RUN_DIR").context("RUN_DIR, of the test instance")?;
        let file = format!("{run_dir}/sv/{unit}/supervise/pid");
        let pid = std::fs::read_to_string(&file).context(file)?;
        if pid.trim().is_empty() {
            return Ok(false);
        }
        let killed = std::process::Command::new("kill")
            .args(["-KILL", pid.trim()])
            .stderr(std::process::Stdio::null())
            .status()?;
        Ok(killed.success())
    }

    /// Waits until it takes connections again.
    pub async fn answers_again(self) -> Result<()> {
        let variable = match self {
            Self::PostgreSql => "DATABASE_URL_ADMIN",
            Self::Redis => "REDIS_URL",
            Self::RabbitMq => "RABBITMQ_URL",
        };
        let url = reqwest::Url::parse(&std::env::var(variable).context(variable)?)?;
        let address = format!(
            "{}:{}",
            url.host_str().context("no host")?,
            url.port().context("no port")?
        );
        eventually(
            &format!("{self:?} answers"),
            Duration::from_secs(60),
            async || {
                if let Self::PostgreSql = self {
                    // It listens while it still recovers.
                    return Ok(sqlx::PgConnection::connect(url.as_str()).await.is_ok());
                }
                Ok(tokio::net::TcpStream::connect(&address).await.is_ok())
            },
        )
        .await
    }
}
