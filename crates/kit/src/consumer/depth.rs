//! How many messages wait in a queue, as metrics. Any AMQP client may ask that, so that it needs no plugin of the broker's.

use std::time::Duration;

use contracts::topology::{Queue, RETRY_DELAYS};
use lapin::{
    Channel,
    options::QueueDeclareOptions,
    types::{FieldTable, ShortString},
};
use metrics::{describe_counter, describe_gauge, gauge};

use crate::amqp::Broker;

const EVERY: Duration = Duration::from_secs(10);

/// Looks again and again, for ever.
pub(super) async fn watch(broker: &Broker, queue: Queue) {
    describe_gauge!(
        "queue_messages",
        "Messages of a queue that wait for its consumer (ready), for their next try (retrying), or were given up (dead)"
    );
    describe_gauge!("queue_consumers", "Processes that consume a queue");
    describe_counter!(
        "messages_consumed_total",
        "Messages consumed, by queue and outcome"
    );
    let mut channel = None;
    loop {
        // First of all, so that whoever consumes has begun.
        tokio::time::sleep(EVERY).await;
        let looked = async {
            // One on which something failed is closed.
            let channel = match channel.take() {
                Some(channel) => channel,
                None => broker.channel().await?,
            };
            look(&channel, queue).await?;
            anyhow::Ok(channel)
        };
        match looked.await {
            Ok(good) => channel = Some(good),
            Err(error) => {
                tracing::debug!(queue = queue.name(), "its length is not known: {error:#}");
            }
        }
    }
}

async fn look(channel: &Channel, queue: Queue) -> lapin::Result<()> {
    let (ready, consumers) = ask(channel, queue.name()).await?;
    let (dead, _) = ask(channel, &queue.dead_name()).await?;
    let mut retrying = 0;
    for retry in 0..RETRY_DELAYS.len() {
        retrying += ask(channel, &queue.retry_name(retry)).await?.0;
    }
    for (state, count) in [("ready", ready), ("retrying", retrying), ("dead", dead)] {
        gauge!("queue_messages", "queue" => queue.name(), "state" => state).set(f64::from(count));
    }
    gauge!("queue_consumers", "queue" => queue.name()).set(f64::from(consumers));
    Ok(())
}

/// How many messages wait in a queue, and how many consume it.
async fn ask(channel: &Channel, name: &str) -> lapin::Result<(u32, u32)> {
    let passive = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let queue = channel
        .queue_declare(ShortString::from(name), passive, FieldTable::default())
        .await?;
    Ok((queue.message_count(), queue.consumer_count()))
}
