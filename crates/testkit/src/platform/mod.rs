//! The whole platform as real processes with databases, a vhost and a Redis prefix of its own, for tests that kill parts of it.
//!
//! The binaries must have been built (`cargo build --workspace --bins`); PostgreSQL, Redis and RabbitMQ are those that the
//! environment names.

mod database;
mod entrance;
mod patience;
mod person;
mod process;
mod sale;
mod server;
mod stall;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::ExitStatus,
    sync::{Arc, LazyLock},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

pub use database::Databases;
pub use entrance::Entrance;
pub use patience::{Request, until_answered};
pub use person::{Answer, Person, booking_id, id, payment_id};
pub use process::{Part, Process, free_ports};
pub use sale::OnSale;
pub use server::Server;
pub use stall::{Stall, Write};

use crate::{Vhost, eventually, smtp::Sink};

/// Where the parts of a platform answer.
pub trait Addresses {
    fn url(&self, part: Part) -> &str;
}

/// Environment that differs from the defaults below, for all parts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub env: BTreeMap<&'static str, String>,
    /// Whether a second booking process runs; the first one is behind `BOOKING_URL`.
    pub second_booking: bool,
    /// Whether no other platform runs meanwhile, since servers that all share are killed.
    pub alone: bool,
}

impl Options {
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.insert(name, value.into());
        self
    }

    #[must_use]
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    #[must_use]
    pub fn with_second_booking(mut self) -> Self {
        self.second_booking = true;
        self
    }
}

/// Running processes; dropping it ends them.
pub struct Platform {
    pub databases: Databases,
    pub smtp: Sink,
    pub vhost: Vhost,
    processes: BTreeMap<Part, Process>,
    env: BTreeMap<String, String>,
    /// The folder of the parts' logs.
    pub logs: PathBuf,
    _turn: Turn,
}

/// The servers, which the platforms of a test run share.
static SERVERS: LazyLock<Arc<RwLock<()>>> = LazyLock::new(Arc::default);

/// The right to use them.
enum Turn {
    Together(#[expect(dead_code, reason = "held")] OwnedRwLockReadGuard<()>),
    Alone(#[expect(dead_code, reason = "held")] OwnedRwLockWriteGuard<()>),
}

impl Turn {
    async fn take(alone: bool) -> Self {
        let servers = SERVERS.clone();
        if alone {
            Self::Alone(servers.write_owned().await)
        } else {
            Self::Together(servers.read_owned().await)
        }
    }
}

/// The password of the admin account that `auth migrate` makes here.
pub const ADMIN_PASSWORD: &str = "admin-password-of-tests";
pub const ADMIN_EMAIL: &str = "admin@example.com";
pub const SANDBOX_API_KEY: &str = "sandbox-key-of-tests";

impl Platform {
    /// Makes databases and a vhost, migrates, starts every part and waits until all are ready.
    pub async fn start(name: &str, options: Options) -> Result<Self> {
        let turn = Turn::take(options.alone).await;
        let databases = Databases::create(name).await?;
        let smtp = Sink::start().await?;
        let vhost = Vhost::create().await?;
        let logs = logs_of(name)?;

        let ports = process::free_ports(Part::ALL.len())?;
        let mut env = common_env(vhost.amqp_url(), &smtp.url())?;
        for (part, port) in Part::ALL.into_iter().zip(&ports) {
            env.insert(
                part.url_variable().into(),
                format!("http://127.0.0.1:{port}"),
            );
        }
        env.insert("SANDBOX_PUBLIC_URL".into(), env["SANDBOX_URL"].clone());
        env.insert("PUBLIC_URL".into(), "http://localhost:3000".into());
        for (name, value) in &options.env {
            env.insert((*name).into(), value.clone());
        }

        let mut platform = Self {
            databases,
            smtp,
            vhost,
            processes: BTreeMap::new(),
            env,
            logs,
            _turn: turn,
        };
        for (part, port) in Part::ALL.into_iter().zip(ports) {
            if part == Part::SecondBooking && !options.second_booking {
                continue;
            }
            let process = platform.describe(part, port);
            process.migrate().await?;
            platform.processes.insert(part, process);
        }
        for process in platform.processes.values_mut() {
            process.spawn()?;
        }
        platform.ready().await?;
        Ok(platform)
    }

    pub fn url(&self, part: Part) -> &str {
        &self.env[part.url_variable()]
    }

    /// Where the parts answer; that stays the same whoever is killed.
    pub fn urls(&self) -> Urls {
        let urls = Part::ALL.map(|part| (part, self.url(part).to_owned()));
        Urls(Arc::new(BTreeMap::from(urls)))
    }

    /// Ends a part as the kernel's OOM killer would: SIGKILL, nothing flushed.
    pub async fn kill(&mut self, part: Part) -> Result<()> {
        self.process(part)?.kill().await
    }

    /// Starts a killed part again on its port and waits until it is ready.
    pub async fn restart(&mut self, part: Part) -> Result<()> {
        self.spawn(part)?;
        self.process(part)?.ready().await
    }

    /// Starts a killed part again on its port; it may not be ready yet.
    pub fn spawn(&mut self, part: Part) -> Result<()> {
        self.process(part)?.spawn()
    }

    /// Parts that ended by themselves since this was asked last, and how.
    pub fn ended(&mut self) -> Result<Vec<(Part, ExitStatus)>> {
        let mut ended = Vec::new();
        for (part, process) in &mut self.processes {
            if let Some(status) = process.ended()? {
                ended.push((*part, status));
            }
        }
        Ok(ended)
    }

    /// Waits until every part says that it is ready.
    pub async fn ready(&self) -> Result<()> {
        for process in self.processes.values() {
            process.ready().await?;
        }
        Ok(())
    }

    fn process(&mut self, part: Part) -> Result<&mut Process> {
        self.processes
            .get_mut(&part)
            .with_context(|| format!("{part:?} does not run here"))
    }

    fn describe(&self, part: Part, port: u16) -> Process {
        let mut env = self.env.clone();
        env.insert("HOST".into(), "127.0.0.1".into());
        env.insert("PORT".into(), port.to_string());
        env.insert("DATABASE_URL".into(), self.databases.url(part.database()));
        Process::new(part, port, env, self.logs.join(format!("{part:?}.log")))
    }
}

/// The folder for the logs of a platform, which is there then.
pub fn logs_of(name: &str) -> Result<PathBuf> {
    let logs = process::programs_dir()?
        .with_file_name("system-logs")
        .join(name);
    std::fs::create_dir_all(&logs)?;
    Ok(logs)
}

/// Where the parts of a [`Platform`] answer.
#[derive(Clone, Debug)]
pub struct Urls(Arc<BTreeMap<Part, String>>);

impl Addresses for Urls {
    fn url(&self, part: Part) -> &str {
        &self.0[&part]
    }
}

impl Addresses for Platform {
    fn url(&self, part: Part) -> &str {
        Self::url(self, part)
    }
}

/// Waits up to 30 s for what shall come to pass.
pub async fn comes_true<F: AsyncFnMut() -> Result<bool>>(what: &str, check: F) -> Result<()> {
    eventually(what, Duration::from_secs(30), check).await
}

fn common_env(rabbitmq_url: &str, smtp_url: &str) -> Result<BTreeMap<String, String>> {
    let redis_url = std::env::var("REDIS_URL").context("REDIS_URL")?;
    let path = std::env::var("PATH").context("PATH")?;
    // Fixed keys: nothing outside a test ever sees what they sign or encrypt.
    let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    Ok([
        ("PATH", path.as_str()),
        ("REDIS_URL", &redis_url),
        ("RABBITMQ_URL", rabbitmq_url),
        ("SMTP_URL", smtp_url),
        ("MAIL_FROM", "tickets@example.com"),
        ("KEY_ENCRYPTION_KEY", key),
        ("TICKET_SIGNING_KEY", key),
        ("SANDBOX_API_KEY", SANDBOX_API_KEY),
        ("SANDBOX_WEBHOOK_SECRET", "webhook-secret-of-tests"),
        ("ADMIN_EMAIL", ADMIN_EMAIL),
        ("ADMIN_PASSWORD", ADMIN_PASSWORD),
        ("RATE_LIMIT", "off"),
        ("LOG_FORMAT", "json"),
        ("RUST_BACKTRACE", "1"),
    ]
    .into_iter()
    .map(|(name, value)| (name.into(), value.into()))
    .collect())
}
