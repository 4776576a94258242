//! The servers under the platform, as the test instance supervises them (`$RUN_DIR/sv`): for killing.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::eventually;

#[derive(Clone, Copy, Debug)]
pub enum Server {
    Redis,
    RabbitMq,
}

impl Server {
    /// SIGKILL; its supervisor starts it again.
    pub fn kill(self) -> Result<()> {
        let unit = match self {
            Self::Redis => "redis",
            Self::RabbitMq => "rabbitmq",
        };
        let run_dir = std::env::var("RUN_DIR").context("RUN_DIR, of the test instance")?;
        let file = format!("{run_dir}/sv/{unit}/supervise/pid");
        let pid = std::fs::read_to_string(&file).context(file)?;
        let status = std::process::Command::new("kill")
            .args(["-KILL", pid.trim()])
            .status()?;
        ensure!(status.success(), "kill -KILL {} failed", pid.trim());
        Ok(())
    }

    /// Waits until it takes connections again.
    pub async fn answers_again(self) -> Result<()> {
        let variable = match self {
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
            async || Ok(tokio::net::TcpStream::connect(&address).await.is_ok()),
        )
        .await
    }
}
