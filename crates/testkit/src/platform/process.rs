//! One part of the platform as a child process.

use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
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

    pub const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Catalog => "catalog",
            Self::Booking => "booking",
            Self::SecondBooking => "second booking",
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

    /// How it ended, if it did so by itself; it must be spawned again then.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let Some(child) = &mut self.child else {
            return Ok(None);
        };
        let status = child.try_wait()?;
        if status.is_some() {
            self.child = None;
        }
        Ok(status)
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
        let binary = programs_dir()?.join(self.part.binary());
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

/// The folder of the profile that this program was built in, where those of the platform lie, too.
pub(super) fn programs_dir() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let dir = program
        .ancestors()
        .find(|dir| dir.ends_with("debug") || dir.ends_with("release"))
        .context("this program lies outside a target folder")?;
    Ok(dir.to_path_buf())
}

/// Below those that the kernel gives to outgoing connections: one of them might take the port of a part that was killed.
const PORTS: std::ops::Range<u16> = 28_100..30_000;

/// Ports that were free a moment ago and were given to nobody else in this process.
pub fn free_ports(count: usize) -> Result<Vec<u16>> {
    static TAKEN: AtomicUsize = AtomicUsize::new(0);
    let first = usize::try_from(std::process::id())?;
    let mut ports = Vec::new();
    for _ in PORTS {
        let next = first + TAKEN.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + u16::try_from(next % PORTS.len())?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            ports.push(port);
        }
        if ports.len() == count {
            return Ok(ports);
        }
    }
    bail!("there are no {count} free ports in {PORTS:?}")
}
