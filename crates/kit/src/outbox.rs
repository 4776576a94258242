//! Messages that are published if and only if the transaction of the change they tell of commits.
//!
//! [`add`] writes a row; the [`Relay`] of any replica publishes it with a confirm and deletes it. A process that dies in
//! between publishes it again under the same `message_id`.

mod backlog;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use contracts::{Message, MessageId, topology::EXCHANGE};
use futures::{StreamExt as _, stream::FuturesUnordered};
use lapin::{
    BasicProperties, Channel,
    options::BasicPublishOptions,
    types::{AMQPValue, FieldTable, LongString},
};
use metrics::counter;
use sqlx::{PgConnection, PgPool};
use tokio::sync::Notify;
use tracing::{Instrument as _, Span, info_span};

pub use self::backlog::{Backlog, look};
use crate::{amqp::Broker, process::Shutdown, telemetry};

/// Rows published at once.
const BATCH: i64 = 200;
/// How soon a row is found whose wake-up was lost, or that another replica left behind.
const POLL: Duration = Duration::from_secs(1);
/// Rows a second of those that nobody waits for. A sale of 50,000 places is told in two minutes.
const PACE: i64 = 500;
/// The same while people wait in a queue for what this process does: each row is work for the broker and for who consumes it.
const PACE_IN_A_RUSH: i64 = 50;
/// How long a rush lasts that nobody tells of again.
const RUSH: Duration = Duration::from_secs(1);
/// How soon to go on with those: a few at a time, since who consumes many at once takes the processor from the buyers.
const REST_POLL: Duration = Duration::from_millis(100);
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(10);
const PERSISTENT: u8 = 2;

/// A message on its way, and the trace that it belongs to.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub message: Message,
    /// W3C `traceparent` of what made it.
    pub traceparent: Option<String>,
}

impl From<Message> for Outgoing {
    /// Belongs to the current trace.
    fn from(message: Message) -> Self {
        Self {
            message,
            traceparent: telemetry::traceparent(),
        }
    }
}

/// Adds `message` to the outbox, in the caller's transaction.
pub async fn add(connection: &mut PgConnection, message: &Message) -> sqlx::Result<()> {
    add_many(connection, &[message.clone().into()]).await
}

/// Adds all `messages` in one statement.
pub async fn add_many(connection: &mut PgConnection, messages: &[Outgoing]) -> sqlx::Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = messages
        .iter()
        .map(|_| MessageId::new().as_uuid())
        .collect();
    let keys: Vec<_> = messages
        .iter()
        .map(|outgoing| outgoing.message.routing_key().to_owned())
        .collect();
    let payloads = messages
        .iter()
        .map(|outgoing| serde_json::to_string(&outgoing.message))
        .collect::<Result<Vec<String>, _>>()
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    let priorities: Vec<_> = messages
        .iter()
        .map(|outgoing| i16::from(!outgoing.is_urgent()))
        .collect();
    let traceparents: Vec<_> = messages
        .iter()
        .map(|outgoing| outgoing.traceparent.clone())
        .collect();
    sqlx::query!(
        "INSERT INTO outbox (message_id, routing_key, payload, priority, traceparent)
         SELECT message_id, routing_key, payload::jsonb, priority, traceparent
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::text[])
                AS m (message_id, routing_key, payload, priority, traceparent)",
        &ids,
        &keys,
        &payloads,
        &priorities,
        &traceparents as &[Option<String>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether somebody waits for what follows from it. What nobody waits for goes after everything else, and at its own pace: it
/// must not take time from those who buy.
fn is_urgent(message: &Message) -> bool {
    !matches!(
        message,
        Message::BookingHeld(_) | Message::BookingExpired(_) | Message::BookingReleased(_)
    )
}

impl Outgoing {
    /// Whether the relay should be woken for it.
    pub fn is_urgent(&self) -> bool {
        is_urgent(&self.message)
    }
}

/// Tells the relay of this process what it should know. Clones tell the same one.
#[derive(Clone, Debug, Default)]
pub struct OutboxSignal(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    urgent: Notify,
    last_rush: Mutex<Option<Instant>>,
}

impl OutboxSignal {
    /// Urgent rows have been committed; it finds the others by itself.
    pub fn wake(&self) {
        self.0.urgent.notify_one();
    }

    /// People wait in a queue: for a second, what nobody waits for goes out more slowly.
    pub fn rush(&self) {
        *self.last_rush() = Some(Instant::now());
    }

    /// Whether somebody has told of a rush within the last second.
    pub fn is_rush(&self) -> bool {
        self.last_rush().is_some_and(|last| last.elapsed() < RUSH)
    }

    fn last_rush(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0
            .last_rush
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Publishes what stands in the outbox.
#[derive(Debug)]
pub struct Relay {
    pool: PgPool,
    broker: Broker,
    signal: OutboxSignal,
}

impl Relay {
    /// Runs until `shutdown`; rows that are left then are published by another replica or the next start.
    pub fn spawn(pool: PgPool, broker: Broker, shutdown: Shutdown) -> OutboxSignal {
        let signal = OutboxSignal::default();
        let watching = backlog::watch(pool.clone());
        let relay = Self {
            pool,
            broker,
            signal: signal.clone(),
        };
        let end = shutdown.clone();
        tokio::spawn(async move { end.until(watching).await });
        tokio::spawn(async move { shutdown.until(relay.run()).await });
        signal
    }

    async fn run(self) {
        loop {
            if let Err(error) = self.publish_on_one_channel().await {
                tracing::warn!("the outbox can't be relayed: {error:#}");
                tokio::time::sleep(POLL).await;
            }
        }
    }

    async fn publish_on_one_channel(&self) -> anyhow::Result<()> {
        let channel = self.broker.channel().await?;
        let mut pace = Pace::new(Instant::now());
        loop {
            let pause = match self.publish_batch(&channel, &mut pace).await? {
                Left::Urgent => continue,
                Left::Rest => REST_POLL,
                Left::Nothing => POLL,
            };
            let _ = tokio::time::timeout(pause, self.signal.0.urgent.notified()).await;
        }
    }

    /// Publishes what is due.
    async fn publish_batch(&self, channel: &Channel, pace: &mut Pace) -> anyhow::Result<Left> {
        let mut transaction = self.pool.begin().await?;
        let mut rows = due(&mut transaction, true, BATCH).await?;
        let most = BATCH - count(&rows);
        let allowed = pace.allowed(Instant::now(), most, self.signal.is_rush());
        let rest = due(&mut transaction, false, allowed).await?;
        pace.published(count(&rest));
        let left = if count(&rows) == BATCH {
            Left::Urgent
        } else if count(&rest) == allowed {
            Left::Rest
        } else {
            Left::Nothing
        };
        rows.extend(rest);
        if rows.is_empty() {
            return Ok(left);
        }

        let mut confirms = FuturesUnordered::new();
        for row in rows {
            let span = publishing(&row);
            let traceparent = telemetry::traceparent_of(&span).or(row.traceparent);
            let confirm = channel
                .basic_publish(
                    EXCHANGE.into(),
                    row.routing_key.as_str().into(),
                    BasicPublishOptions {
                        mandatory: true,
                        ..BasicPublishOptions::default()
                    },
                    row.payload.as_bytes(),
                    properties(
                        &row.message_id.to_string(),
                        &row.routing_key,
                        traceparent.as_deref(),
                    ),
                )
                .await?;
            // It lasts until the broker has confirmed.
            confirms.push(async move { (row.id, row.routing_key, confirm.instrument(span).await) });
        }
        let (mut published, mut refused, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
        let all = async {
            while let Some((id, key, confirm)) = confirms.next().await {
                let confirm = confirm?;
                let nack = confirm.is_nack();
                match confirm.take_message() {
                    None if !nack => published.push(id),
                    returned => {
                        let reason = returned
                            .map_or("refused by the broker".to_owned(), |message| {
                                message.reply_text.to_string()
                            });
                        tracing::warn!(
                            routing_key = key,
                            "a message stays in the outbox: {reason}"
                        );
                        refused.push(id);
                        reasons.push(reason);
                    }
                }
            }
            Ok::<_, lapin::Error>(())
        };
        let outcome = tokio::time::timeout(CONFIRM_TIMEOUT, all).await;

        // Also when the channel broke half-way: what was confirmed must not go out again.
        sqlx::query!("DELETE FROM outbox WHERE id = ANY($1)", &published)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!(
            "UPDATE outbox SET attempts = attempts + 1, last_error = reason,
               not_before = now() + least(interval '1 second' * 2 ^ least(attempts, 10), interval '5 minutes')
             FROM unnest($1::bigint[], $2::text[]) AS refused (row_id, reason) WHERE id = row_id",
            &refused,
            &reasons
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        counter!("outbox_published_total").increment(published.len() as u64);
        outcome??;
        Ok(left)
    }
}

/// A row to publish.
struct Row {
    id: i64,
    message_id: uuid::Uuid,
    routing_key: String,
    payload: String,
    traceparent: Option<String>,
}

/// A message's way to the broker, in the trace of what it tells; the conventions for messaging:
/// <https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/>.
fn publishing(row: &Row) -> Span {
    telemetry::caused_by(row.traceparent.as_deref(), || {
        info_span!(
            "publish",
            otel.name = format!("publish {EXCHANGE}"),
            otel.kind = "producer",
            messaging.system = "rabbitmq",
            messaging.operation.name = "publish",
            messaging.operation.type = "send",
            messaging.destination.name = EXCHANGE,
            messaging.rabbitmq.destination.routing_key = row.routing_key,
            messaging.message.id = %row.message_id,
            messaging.message.body.size = row.payload.len(),
        )
    })
}

/// The oldest rows that are due, at most `limit`; locked. What another relay works on is left to it.
async fn due(connection: &mut PgConnection, urgent: bool, limit: i64) -> sqlx::Result<Vec<Row>> {
    if limit <= 0 {
        return Ok(Vec::new());
    }
    sqlx::query_as!(
        Row,
        r#"SELECT id, message_id, routing_key, payload::text AS "payload!", traceparent
           FROM outbox WHERE priority = $1 AND not_before <= now()
           ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED"#,
        i16::from(!urgent),
        limit
    )
    .fetch_all(connection)
    .await
}

fn count(rows: &[Row]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

/// What there may be more of.
enum Left {
    Urgent,
    /// Only what nobody waits for.
    Rest,
    Nothing,
}

/// How many rows that nobody waits for may go out now: as many as the pace gives for the time since, but what was not used
/// is not saved up.
struct Pace {
    looked: Instant,
    /// In parts of a row, see [`ROW`].
    credit: i64,
}

/// Parts of a row: rows a second times microseconds.
const ROW: i64 = 1_000_000;

impl Pace {
    fn new(now: Instant) -> Self {
        Self {
            looked: now,
            credit: 0,
        }
    }

    fn allowed(&mut self, now: Instant, most: i64, rush: bool) -> i64 {
        let pace = if rush { PACE_IN_A_RUSH } else { PACE };
        // A look that comes late makes good for it.
        let at_once = pace * micros(2 * REST_POLL);
        let earned = pace.saturating_mul(micros(now.duration_since(self.looked)));
        self.credit = self.credit.saturating_add(earned).min(at_once);
        self.looked = now;
        (self.credit / ROW).clamp(0, most)
    }

    fn published(&mut self, rows: i64) {
        self.credit -= rows * ROW;
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// AMQP properties of a message of ours.
pub(crate) fn properties(
    message_id: &str,
    kind: &str,
    traceparent: Option<&str>,
) -> BasicProperties {
    let mut headers = FieldTable::default();
    if let Some(traceparent) = traceparent {
        headers.insert(
            "traceparent".into(),
            AMQPValue::LongString(LongString::from(traceparent)),
        );
    }
    BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("application/json".into())
        .with_message_id(message_id.into())
        .with_type(kind.into())
        .with_headers(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_waits_for_gives_way_in_a_rush() {
        let signal = OutboxSignal::default();
        assert!(!signal.is_rush());
        signal.rush();
        assert!(signal.is_rush());

        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert_eq!(pace.allowed(start, BATCH, true), 0);
        // One poll's worth at a time.
        assert_eq!(pace.allowed(start + REST_POLL, BATCH, true), 5);
        pace.published(5);
        assert_eq!(pace.allowed(start + REST_POLL, BATCH, true), 0);
        // Without a rush ten times as many, but never all that were left at once.
        assert_eq!(pace.allowed(start + 2 * REST_POLL, BATCH, false), 50);
        let later = start + Duration::from_secs(60);
        assert_eq!(pace.allowed(later, BATCH, false), 100);
        assert_eq!(pace.allowed(later, 7, false), 7);
        assert_eq!(pace.allowed(later, BATCH, true), 10);
    }
}
