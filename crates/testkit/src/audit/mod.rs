//! What must be true whatever was killed, found out from the databases of all services, the broker and the mails.

mod mail;
mod money;
mod queues;
pub mod rules;

use std::time::Duration;

use anyhow::{Result, ensure};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::time::{Instant, sleep};

use self::rules::Rule;
use crate::platform::Platform;

/// How long tests wait for things to calm down.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(200);

/// A rule and what breaks it; nothing when it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    pub breaches: Vec<String>,
}

impl Finding {
    pub fn new(rule: &'static str, breaches: Vec<String>) -> Self {
        Self { rule, breaches }
    }

    pub fn holds(&self) -> bool {
        self.breaches.is_empty()
    }
}

/// The books of a platform.
pub struct Audit<'a> {
    platform: &'a Platform,
    auth: PgPool,
    catalog: PgPool,
    booking: PgPool,
    payment: PgPool,
    sandbox: PgPool,
    worker: PgPool,
}

impl<'a> Audit<'a> {
    pub async fn of(platform: &'a Platform) -> Result<Self> {
        let databases = &platform.databases;
        Ok(Self {
            platform,
            auth: databases.pool("auth").await?,
            catalog: databases.pool("catalog").await?,
            booking: databases.pool("booking").await?,
            payment: databases.pool("payment").await?,
            sandbox: databases.pool("sandbox").await?,
            worker: databases.pool("worker").await?,
        })
    }

    /// What must hold at every moment, also right now.
    pub async fn always(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for rule in rules::ALWAYS {
            findings.push(rule.look(&self.booking).await?);
        }
        Ok(findings)
    }

    /// What must hold once things have calmed down.
    async fn in_the_end(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for (pool, rules) in [
            (&self.booking, rules::BOOKING_SETTLED),
            (&self.payment, rules::PAYMENT_SETTLED),
            (&self.sandbox, rules::SANDBOX_SETTLED),
            (&self.worker, rules::WORKER_SETTLED),
        ] {
            for rule in rules {
                findings.push(rule.look(pool).await?);
            }
        }
        findings.push(self.outboxes_are_empty().await?);
        findings.push(self.queues_are_empty().await?);
        findings.extend(self.money_matches_tickets().await?);
        findings.push(self.refunds_match_tickets().await?);
        findings.push(self.provider_agrees().await?);
        findings.push(self.confirmations_are_sent_once().await?);
        Ok(findings)
    }

    async fn outboxes_are_empty(&self) -> Result<Finding> {
        let mut breaches = Vec::new();
        for (service, pool) in [
            ("auth", &self.auth),
            ("catalog", &self.catalog),
            ("booking", &self.booking),
            ("payment", &self.payment),
        ] {
            let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox")
                .fetch_one(pool)
                .await?;
            if rows > 0 {
                breaches.push(format!("{service}: {rows} messages"));
            }
        }
        Ok(Finding::new("every message has left its outbox", breaches))
    }

    /// All rules. What must hold always is looked at first; what must hold in the end is waited for, up to `patience`.
    pub async fn verdict(&self, patience: Duration) -> Result<Vec<Finding>> {
        let mut findings = self.always().await?;
        let end = Instant::now() + patience;
        let settled = loop {
            let settled = self.in_the_end().await?;
            if settled.iter().all(Finding::holds) || Instant::now() >= end {
                break settled;
            }
            sleep(PAUSE).await;
        };
        findings.extend(settled);
        for later in self.always().await? {
            merge(&mut findings, later);
        }
        Ok(findings)
    }

    /// Fails a test unless everything is as it must be.
    pub async fn passes(&self) -> Result<()> {
        let mut findings = self.verdict(PATIENCE).await?;
        findings.retain(|finding| !finding.holds());
        ensure!(findings.is_empty(), "not so: {findings:#?}");
        Ok(())
    }
}

/// Adds a finding to those of the same rule.
pub fn merge(findings: &mut Vec<Finding>, new: Finding) {
    match findings.iter_mut().find(|known| known.rule == new.rule) {
        Some(known) => {
            for breach in new.breaches {
                if !known.breaches.contains(&breach) {
                    known.breaches.push(breach);
                }
            }
        }
        None => findings.push(new),
    }
}

impl Rule {
    /// The rows that break it.
    pub async fn look(&self, pool: &PgPool) -> Result<Finding> {
        let breaches = sqlx::query_scalar(AssertSqlSafe(self.query))
            .fetch_all(pool)
            .await?;
        Ok(Finding::new(self.name, breaches))
    }
}
