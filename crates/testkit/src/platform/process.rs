//! One part of the platform as a child process.

use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use tokio::process::{Child, Command};

use crate::eventually;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Auth,
    Catalog,
    Booking,
    SecondBooking,
    Sandbox,
    Payment,
    Worker,
}

impl Part {
    pub const ALL: [Self; 7] = [
        Self::Auth,
        Self::Catalog,
        Self::Booking,
        Self::SecondBooking,
        Self::Sandbox,
        Self::Payment,
        Self::Worker,
    ];

    /// The database that belongs to it.
    pub const fn database(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Catalog => "catalog",
            Self::Booking | Self::SecondBooking => "booking",
            Self::Sandbox => "sandbox",
            Self::Payment => "payment",
            Self::Worker => "worker",
        }
    }

    pub(super) const fn url_variable(self) -> &'static str {
        match self {
            Self::Auth => "AUTH_URL",
            Self::Catalog => "CATALOG_URL",
            Self::Booking => "BOOKING_URL",
            Self::SecondBooking => "SECOND_BOOKING_URL",
            Self::Sandbox => "SANDBOX_URL",
            Self::Payment => "PAYMENT_URL",
            Self::Worker => "WORKER_URL",
        }
    }

    const fn binary(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Catalog => "catalog",
            Self::Booking | Self::SecondBooking => "booking",
            Self::Sandbox | Self::Payment => "payment",
            Self::Worker => "worker",
        }
    }

    const fn subcommands(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Sandbox => (&["sandbox", "serve"], &["sandbox", "migrate"]),
            _ => (&["serve"], &["migrate"]),
        }
    }
}

/// A part's command line and, while it runs, its child.
pub struct Process {
    part: Part,
    port: u16,
    env: BTreeMap<String, String>,
    log: PathBuf,
    child: Option<Child>,
}

impl Process {
    pub(super) fn new(part: Part, port: u16, env: BTreeMap<String, String>, log: PathBuf) -> Self {
        Self {
            part,
            port,
            env,
            log,
            child: None,
        }
    }

    pub(super) async fn migrate(&self) -> Result<()> {
        let status = self.command(self.part.subcommands().1)?.status().await?;
        ensure!(
            status.success(),
            "{:?} migrate failed; see {}",
            self.part,
            self.log.display()
        );
        Ok(())
    }

    pub(super) fn spawn(&mut self) -> Result<()> {
        self.child = Some(self.command(self.part.subcommands().0)?.spawn()?);
        Ok(())
    }

    pub(super) async fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("it does not run")?;
        child.kill().await?;
        Ok(())
    }

    pub(super) async fn ready(&self) -> Result<()> {
        let url = format!("http://127.0.0.1:{}/ready", self.port);
        let client = reqwest::Client::new();
        eventually(
            &format!("{:?} is ready", self.part),
            Duration::from_secs(30),
            async || {
                Ok(client
                    .get(&url)
                    .send()
                    .await
                    .is_ok_and(|answer| answer.status().is_success()))
            },
        )
        .await
        .with_context(|| format!("its log is {}", self.log.display()))
    }

    fn command(&self, arguments: &[&str]) -> Result<Command> {
        let binary = target_dir()?.join("debug").join(self.part.binary());
        ensure!(
            binary.exists(),
            "{} is missing: cargo build --workspace --bins",
            binary.display()
        );
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)?;
        let mut command = Command::new(binary);
        command
            .args(arguments)
            .env_clear()
            .envs(&self.env)
            .current_dir(self.log.parent().unwrap_or(Path::new("/")))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true);
        Ok(command)
    }
}

/// The target folder that this test was built into.
pub(super) fn target_dir() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let dir = test
        .ancestors()
        .nth(3)
        .context("the test binary lies outside a target folder")?;
    Ok(dir.to_path_buf())
}

/// Ports that were free a moment ago.
pub(super) fn free_ports(count: usize) -> Result<Vec<u16>> {
    let listeners: Vec<_> = (0..count)
        .map(|_| TcpListener::bind(("127.0.0.1", 0)))
        .collect::<std::io::Result<_>>()?;
    listeners
        .iter()
        .map(|listener| Ok(listener.local_addr()?.port()))
        .collect()
}
