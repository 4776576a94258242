//! Sends what the ledger says is due.
//!
//! A mail's row is locked while it is sent, so no two replicas send it, and a process that dies gives it back at once. It goes out
//! again only when we died between the server's 250 and our commit, then with the same Message-ID.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use chrono::Utc;
use kit::{config::BaseUrl, process::Shutdown, telemetry};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor, message::Mailbox,
    transport::smtp::PoolConfig,
};
use metrics::{counter, describe_counter, describe_gauge, gauge};
use secrecy::ExposeSecret as _;
use sqlx::{PgConnection, PgPool, PgTransaction};
use tokio::sync::Notify;
use tracing::{Instrument as _, field, info_span};
use url::Url;

use crate::{
    config::MailConfig,
    letter,
    notifications::{Content, Notification},
    store::{
        contacts::{self, Contact},
        events,
        mails::{self, Due},
    },
};

/// Mails sent at once; each holds a database connection meanwhile.
const SENDERS: usize = 4;
/// How soon a mail is found whose time has come.
const POLL: Duration = Duration::from_secs(2);
/// Shorter than the database allows a transaction to idle.
const SMTP_TIMEOUT: Duration = Duration::from_secs(20);
/// From when on a mail that was not sent is late.
const LATE: Duration = Duration::from_secs(15 * 60);
/// Attempts until a mail counts as failed: with the growing delay about a day and a half.
const MAX_ATTEMPTS: i32 = 20;

type Mailer = AsyncSmtpTransport<Tokio1Executor>;

/// The post office. Clones are the same.
#[derive(Clone)]
pub struct PostOffice(Arc<Inner>);

struct Inner {
    pool: PgPool,
    /// Absent: mails stay queued.
    mailer: Option<Mailer>,
    /// Where the mailer's server is, for traces.
    server: Option<Server>,
    from: Mailbox,
    public_url: BaseUrl,
    due: Notify,
}

impl PostOffice {
    pub fn open(pool: PgPool, config: &MailConfig) -> Result<Self> {
        let mailer = config
            .smtp_url
            .as_ref()
            .map(|url| {
                let builder =
                    Mailer::from_url(url.expose_secret()).context("SMTP_URL is not usable")?;
                let connections = PoolConfig::new()
                    .min_idle(0)
                    .max_size(u32::try_from(SENDERS)?);
                Ok::<_, anyhow::Error>(
                    builder
                        .timeout(Some(SMTP_TIMEOUT))
                        .pool_config(connections.idle_timeout(Duration::from_secs(30)))
                        .build(),
                )
            })
            .transpose()?;
        if mailer.is_none() {
            tracing::warn!("SMTP_URL is not set: mails stay queued");
        }
        let server = config
            .smtp_url
            .as_ref()
            .and_then(|url| Server::of(url.expose_secret()));
        Ok(Self(Arc::new(Inner {
            pool,
            mailer,
            server,
            from: config.mail_from.clone(),
            public_url: config.public_url.clone(),
            due: Notify::new(),
        })))
    }

    /// Something has been entered in the ledger.
    pub fn wake(&self) {
        self.0.due.notify_one();
    }

    /// Sends until `shutdown`; what has been begun is finished.
    pub async fn run(self, shutdown: Shutdown) {
        let senders = (0..SENDERS).map(|_| self.0.send_all(&shutdown));
        let ((), _) = futures::join!(self.0.watch(&shutdown), futures::future::join_all(senders));
    }
}

impl Inner {
    async fn send_all(&self, shutdown: &Shutdown) {
        let Some(mailer) = &self.mailer else {
            return;
        };
        while !shutdown.is_cancelled() {
            match self.send_next(mailer).await {
                // Another sender may help with the rest.
                Ok(true) => self.due.notify_one(),
                Ok(false) => {
                    let _ = shutdown
                        .until(tokio::time::timeout(POLL, self.due.notified()))
                        .await;
                }
                Err(error) => {
                    tracing::warn!("the mail ledger can't be worked on: {error:#}");
                    let _ = shutdown.until(tokio::time::sleep(POLL)).await;
                }
            }
        }
    }

    /// Whether there was one.
    async fn send_next(&self, mailer: &Mailer) -> Result<bool> {
        let mut transaction = self.pool.begin().await?;
        let Some(due) = mails::take_due(&mut transaction).await? else {
            return Ok(false);
        };
        let traceparent = due.traceparent.clone();
        let span = telemetry::caused_by(traceparent.as_deref(), || {
            info_span!(
                "notify",
                otel.name = "notify",
                mail.kind = due.notification.kind(),
                attempt = due.attempts + 1
            )
        });
        telemetry::within(span, traceparent.as_deref(), async {
            self.send(mailer, transaction, due).await
        })
        .await?;
        Ok(true)
    }

    /// Sends one mail and notes what became of it.
    async fn send(
        &self,
        mailer: &Mailer,
        mut transaction: PgTransaction<'_>,
        due: Due,
    ) -> Result<()> {
        let kind = due.notification.kind();
        let outcome = match self.write(&mut transaction, &due).await {
            Ok(mail) => self.hand_over(mailer, mail).await,
            Err(error) => Err(Fault {
                reason: format!("{error:#}"),
                permanent: true,
            }),
        };
        let outcome = match outcome {
            Ok(()) => {
                mails::sent(&mut transaction, due.id).await?;
                "sent"
            }
            Err(Fault { reason, permanent }) if permanent || due.attempts + 1 >= MAX_ATTEMPTS => {
                tracing::error!(mail = %due.id, kind, "a mail failed for good: {reason}");
                mails::failed(&mut transaction, due.id, &reason).await?;
                "failed"
            }
            Err(Fault { reason, .. }) => {
                let delay = delay(due.attempts);
                tracing::warn!(mail = %due.id, kind, "a mail will be tried again in {delay:?}: {reason}");
                mails::retry(&mut transaction, due.id, &reason, Utc::now() + delay).await?;
                "retrying"
            }
        };
        transaction.commit().await?;
        counter!("mails_total", "kind" => kind, "outcome" => outcome).increment(1);
        Ok(())
    }

    /// Gives a mail to the server.
    async fn hand_over(&self, mailer: &Mailer, mail: lettre::Message) -> Result<(), Fault> {
        let span = info_span!(
            "mail",
            otel.name = "SMTP send",
            otel.kind = "client",
            network.protocol.name = "smtp",
            server.address = self.server.as_ref().map(|server| server.host.as_str()),
            server.port = self.server.as_ref().and_then(|server| server.port),
            otel.status_code = field::Empty,
            error.type = field::Empty,
        );
        let sent = mailer.send(mail).instrument(span.clone()).await;
        sent.map(drop).map_err(|error| {
            span.record("otel.status_code", "ERROR");
            let kind = error
                .status()
                .map_or_else(|| "connection".to_owned(), |code| code.to_string());
            span.record("error.type", kind);
            Fault::from(error)
        })
    }

    async fn write(&self, connection: &mut PgConnection, due: &Due) -> Result<lettre::Message> {
        let subject = &due.notification.subject;
        let contact = contacts::find(connection, subject.user_id).await?;
        let recipient = match (&due.notification.content, contact) {
            (Content::PasswordReset { email, name, .. }, _) => Contact {
                email: email.clone(),
                name: name.clone(),
            },
            (_, Some(contact)) => contact,
            (_, None) => anyhow::bail!("user {} is not known", subject.user_id),
        };
        let known = match subject.event_id {
            Some(event) => events::find(connection, event).await?,
            None => None,
        };
        let event = match &due.notification.content {
            Content::BookingConfirmed { event, .. } => Some(event.as_ref()),
            _ => known.as_ref(),
        };
        letter::write(
            &due.notification,
            &recipient,
            event,
            &due.message_id,
            &self.from,
            &self.public_url,
        )
    }

    /// Keeps the backlog's metrics, for they must rise also when nothing can be sent.
    async fn watch(&self, shutdown: &Shutdown) {
        const EVERY: Duration = Duration::from_secs(15);
        describe();
        loop {
            match mails::backlog(&self.pool, LATE).await {
                #[expect(clippy::cast_precision_loss, reason = "nobody minds in gauges")]
                Ok(backlog) => {
                    gauge!("mails_due").set(backlog.due as f64);
                    gauge!("mails_due_age_seconds").set(backlog.age);
                    // Without a server they wait by choice.
                    if self.mailer.is_some() {
                        gauge!("mails_late").set(backlog.late as f64);
                    }
                }
                Err(error) => tracing::debug!("the mail backlog is not known: {error:#}"),
            }
            if shutdown.until(tokio::time::sleep(EVERY)).await.is_none() {
                return;
            }
        }
    }
}

/// What the metrics mean. A failure is told from the first of its kind on: none is taken for where the counting began.
fn describe() {
    describe_gauge!("mails_due", "Mails that are due and not sent");
    describe_gauge!(
        "mails_due_age_seconds",
        "How long the oldest of them has been due"
    );
    describe_gauge!(
        "mails_late",
        "Mails that have been due for 15 minutes, also those that are tried again later"
    );
    describe_counter!("mails_total", "Mails, by kind and outcome");
    for kind in Notification::KINDS {
        for outcome in ["sent", "failed"] {
            counter!("mails_total", "kind" => kind, "outcome" => outcome).increment(0);
        }
    }
}

/// Where the mail server is; what else the URL has is secret.
struct Server {
    host: String,
    port: Option<u16>,
}

impl Server {
    fn of(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        Some(Self {
            host: url.host_str()?.to_owned(),
            port: url.port(),
        })
    }
}

/// Why a mail did not leave.
struct Fault {
    reason: String,
    /// A 5xx answer: it will be the same next time.
    permanent: bool,
}

impl From<lettre::transport::smtp::Error> for Fault {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        Self {
            permanent: error.is_permanent(),
            reason: error.to_string(),
        }
    }
}

/// 5 s, 10 s, 20 s, … at most 4 hours.
fn delay(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts).unwrap_or(0).min(12);
    Duration::from_secs(5)
        .saturating_mul(1 << doublings)
        .min(Duration::from_hours(4))
}
