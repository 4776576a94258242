//! Working off a queue: bounded, in parallel, each message until it is handled, retried later, or put aside as dead.
//!
//! A message is acknowledged only after its effect is committed, or after the copy for its retry is confirmed. So it may come
//! twice, and never gets lost.

mod depth;

use std::{panic::AssertUnwindSafe, sync::Arc};

use anyhow::Context as _;
use contracts::{
    Message,
    topology::{Queue, RETRY_DELAYS},
};
use futures::{FutureExt as _, StreamExt as _};
use lapin::{
    Channel,
    message::Delivery as AmqpDelivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions},
    types::{AMQPValue, FieldTable, LongString, ShortString},
};
use metrics::counter;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;
use tracing::{field, info_span};

use crate::{amqp::Broker, process::Shutdown, telemetry};

/// Header that counts the retries so far.
pub const RETRIES: &str = "x-retries";
/// Header of a dead letter that says why.
pub const REASON: &str = "x-reason";
/// The longest reason that is kept, in characters.
const MAX_REASON: usize = 500;

/// A message as its handler gets it.
#[derive(Clone, Debug)]
pub struct Delivery<M = Message> {
    /// The sender's id, or the SHA-256 of the body when there is none.
    pub message_id: String,
    pub message: M,
}

/// Why a message was not handled.
#[derive(Debug)]
pub enum Failure {
    /// Try again later; after the last retry it is dead.
    Retry(anyhow::Error),
    /// It can never be handled: dead at once.
    Reject(String),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Retry(error.into())
    }
}

/// Reads a body as a message; an error puts it aside.
pub trait FromBody: Sized + Send + 'static {
    fn from_body(body: &[u8]) -> Result<Self, serde_json::Error>;
}

impl FromBody for Message {
    fn from_body(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

/// Consumes `queue`, at most `prefetch` messages at once, until `shutdown`; then what has been begun is finished.
///
/// The handler opens its own transaction and asks [`crate::inbox::first_time`] in it.
pub async fn run<M, F, R>(
    broker: Broker,
    queue: Queue,
    prefetch: u16,
    shutdown: Shutdown,
    handler: F,
) where
    M: FromBody,
    F: Fn(Delivery<M>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let handler = Arc::new(handler);
    let consuming = async {
        while !shutdown.is_cancelled() {
            if let Err(error) = consume(&broker, queue, prefetch, &shutdown, &handler).await {
                tracing::warn!(queue = queue.name(), "consuming was interrupted: {error:#}");
                shutdown.until(tokio::time::sleep(RETRY_DELAYS[0])).await;
            }
        }
    };
    tokio::join!(consuming, shutdown.until(depth::watch(&broker, queue)));
}

async fn consume<M, F, R>(
    broker: &Broker,
    queue: Queue,
    prefetch: u16,
    shutdown: &Shutdown,
    handler: &Arc<F>,
) -> anyhow::Result<()>
where
    M: FromBody,
    F: Fn(Delivery<M>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let Some(channel) = shutdown.until(broker.channel()).await else {
        return Ok(());
    };
    let channel = channel?;
    channel
        .basic_qos(prefetch, BasicQosOptions::default())
        .await?;
    let mut deliveries = channel
        .basic_consume(
            queue.name().into(),
            ShortString::from(""),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await?;
    let mut tasks = JoinSet::new();
    let ended = loop {
        tokio::select! {
            () = shutdown.cancelled() => break Ok(()),
            Some(finished) = tasks.join_next() => {
                // A channel on which something can't be acknowledged is given up: the broker delivers again.
                if let Err(error) = finished.context("a handler panicked").flatten() {
                    break Err(error);
                }
            }
            delivery = deliveries.next() => match delivery {
                Some(Ok(delivery)) => {
                    tasks.spawn(settle(channel.clone(), queue, delivery, handler.clone()));
                }
                Some(Err(error)) => break Err(error.into()),
                None => break Err(anyhow::anyhow!("the broker ended the subscription")),
            },
        }
    };
    while let Some(finished) = tasks.join_next().await {
        finished.context("a handler panicked").flatten()?;
    }
    if let Err(error) = channel.close(200, "done".into()).await {
        tracing::debug!("closing a channel: {error}");
    }
    ended
}

async fn settle<M, F, R>(
    channel: Channel,
    queue: Queue,
    delivery: AmqpDelivery,
    handler: Arc<F>,
) -> anyhow::Result<()>
where
    M: FromBody,
    F: Fn(Delivery<M>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let kind = delivery
        .properties
        .kind()
        .as_ref()
        .map_or("", ShortString::as_str)
        .to_owned();
    let traceparent = text_header(&delivery, "traceparent");
    let span = info_span!(
        "message",
        otel.name = format!("process {}", queue.name()),
        otel.kind = "consumer",
        messaging.system = "rabbitmq",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.name = queue.name(),
        messaging.rabbitmq.destination.routing_key = delivery.routing_key.as_str(),
        messaging.message.id = message_id(&delivery),
        messaging.message.body.size = delivery.data.len(),
        otel.status_code = field::Empty,
        error.type = field::Empty,
    );
    telemetry::within(span.clone(), traceparent.as_deref(), async {
        let outcome = match M::from_body(&delivery.data) {
            Ok(message) => {
                let message_id = message_id(&delivery);
                let handling = handler(Delivery {
                    message_id,
                    message,
                });
                // A message that makes its handler panic must not come back for ever.
                AssertUnwindSafe(handling)
                    .catch_unwind()
                    .await
                    .unwrap_or_else(|_| {
                        Err(Failure::Retry(anyhow::anyhow!("the handler panicked")))
                    })
            }
            Err(error) => Err(Failure::Reject(format!("it can't be read: {error}"))),
        };
        let (outcome, to) = match outcome {
            Ok(()) => ("handled", None),
            Err(Failure::Reject(reason)) => {
                tracing::error!(queue = queue.name(), kind, "a message is dead: {reason}");
                ("dead", Some((queue.dead_name(), reason)))
            }
            Err(Failure::Retry(error)) => {
                let retries = retries(&delivery);
                let reason = format!("{error:#}");
                if retries < RETRY_DELAYS.len() {
                    tracing::warn!(
                        queue = queue.name(),
                        kind,
                        retries,
                        "a message will be retried: {reason}"
                    );
                    ("retried", Some((queue.retry_name(retries), reason)))
                } else {
                    tracing::error!(
                        queue = queue.name(),
                        kind,
                        "a message is dead after {retries} retries: {reason}"
                    );
                    ("dead", Some((queue.dead_name(), reason)))
                }
            }
        };
        if outcome != "handled" {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", outcome);
        }
        counter!("messages_consumed_total", "queue" => queue.name(), "outcome" => outcome)
            .increment(1);
        if let Some((to, reason)) = to {
            put(&channel, &to, &delivery, &reason).await?;
        }
        delivery.ack(BasicAckOptions::default()).await?;
        Ok(())
    })
    .await
}

/// Copies a message to another queue with one more retry counted, and waits for the confirm.
async fn put(
    channel: &Channel,
    to: &str,
    delivery: &AmqpDelivery,
    reason: &str,
) -> anyhow::Result<()> {
    let mut headers = delivery.properties.headers().clone().unwrap_or_default();
    let retries = i64::try_from(retries(delivery) + 1)?;
    headers.insert(RETRIES.into(), AMQPValue::LongLongInt(retries));
    let reason: String = reason.chars().take(MAX_REASON).collect();
    headers.insert(
        REASON.into(),
        AMQPValue::LongString(LongString::from(reason)),
    );
    let properties = delivery
        .properties
        .clone()
        .with_headers(headers)
        .with_delivery_mode(2)
        .with_message_id(message_id(delivery).into());
    let confirm = channel
        .basic_publish(
            ShortString::from(""),
            to.into(),
            BasicPublishOptions {
                mandatory: true,
                ..BasicPublishOptions::default()
            },
            &delivery.data,
            properties,
        )
        .await?
        .await?;
    anyhow::ensure!(
        confirm.is_ack() && confirm.take_message().is_none(),
        "{to} took no message"
    );
    Ok(())
}

fn message_id(delivery: &AmqpDelivery) -> String {
    match delivery.properties.message_id() {
        Some(id) if !id.as_str().is_empty() => id.as_str().to_owned(),
        _ => hex::encode(Sha256::digest(&delivery.data)),
    }
}

fn retries(delivery: &AmqpDelivery) -> usize {
    match header(delivery, RETRIES) {
        Some(AMQPValue::LongLongInt(n)) => usize::try_from(*n).unwrap_or(0),
        Some(AMQPValue::LongInt(n)) => usize::try_from(*n).unwrap_or(0),
        _ => 0,
    }
}

fn text_header(delivery: &AmqpDelivery, name: &str) -> Option<String> {
    match header(delivery, name)? {
        AMQPValue::LongString(text) => Some(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        _ => None,
    }
}

fn header<'a>(delivery: &'a AmqpDelivery, name: &str) -> Option<&'a AMQPValue> {
    delivery.properties.headers().as_ref()?.inner().get(name)
}
