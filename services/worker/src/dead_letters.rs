//! `worker dead-letters list|replay`: messages that could not be handled.

use anyhow::{Context as _, Result, ensure};
use clap::{Subcommand, ValueEnum};
use contracts::topology::Queue;
use kit::{amqp::Broker, config::BrokerConfig, process::Shutdown};
use lapin::{
    Channel,
    message::BasicGetMessage,
    options::{BasicAckOptions, BasicGetOptions, BasicNackOptions, BasicPublishOptions},
    types::{AMQPValue, FieldTable},
};

/// Most messages that one call looks at.
const MOST: usize = 10_000;

#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// Print each dead letter: its id, type, and why it died
    List {
        /// Whose dead letters
        #[arg(long, default_value = "worker")]
        queue: Service,
    },
    /// Put dead letters back into their queue, to be handled anew
    Replay {
        /// Whose dead letters
        #[arg(long, default_value = "worker")]
        queue: Service,
        /// Only the one with this message id; all when absent
        #[arg(long)]
        id: Option<String>,
    },
}

/// The service that a queue belongs to.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Service {
    Catalog,
    Booking,
    Payment,
    Worker,
}

impl From<Service> for Queue {
    fn from(service: Service) -> Self {
        match service {
            Service::Catalog => Self::Catalog,
            Service::Booking => Self::Booking,
            Service::Payment => Self::Payment,
            Service::Worker => Self::Worker,
        }
    }
}

pub async fn run(config: &BrokerConfig, action: &Action, shutdown: &Shutdown) -> Result<()> {
    let broker = Broker::connect(config, shutdown);
    let channel = shutdown
        .until(broker.channel())
        .await
        .context("stopped while waiting for RabbitMQ")??;
    match action {
        Action::List { queue } => list(&channel, (*queue).into()).await,
        Action::Replay { queue, id } => replay(&channel, (*queue).into(), id.as_deref()).await,
    }
}

async fn list(channel: &Channel, queue: Queue) -> Result<()> {
    let letters = read(channel, queue).await?;
    for letter in &letters {
        let properties = &letter.delivery.properties;
        let text = |value: &Option<lapin::types::ShortString>| {
            value.as_ref().map_or("-".to_owned(), ToString::to_string)
        };
        let reason = properties
            .headers()
            .as_ref()
            .and_then(|headers| headers.inner().get(kit::consumer::REASON))
            .map_or_else(String::new, |reason| match reason {
                AMQPValue::LongString(reason) => {
                    String::from_utf8_lossy(reason.as_bytes()).into_owned()
                }
                _ => String::new(),
            });
        println!(
            "{}  {}  {reason}",
            text(properties.message_id()),
            text(properties.kind())
        );
    }
    println!("{} dead letters of {}", letters.len(), queue.name());
    give_back(&letters).await
}

/// A letter leaves the dead-letter queue only when the broker has confirmed its copy.
async fn replay(channel: &Channel, queue: Queue, id: Option<&str>) -> Result<()> {
    let letters = read(channel, queue).await?;
    let (chosen, others): (Vec<_>, Vec<_>) = letters.into_iter().partition(|letter| {
        id.is_none_or(|id| {
            letter
                .delivery
                .properties
                .message_id()
                .as_ref()
                .is_some_and(|found| found.as_str() == id)
        })
    });
    give_back(&others).await?;
    ensure!(
        id.is_none() || !chosen.is_empty(),
        "no dead letter has that id"
    );
    for letter in &chosen {
        let mut headers = FieldTable::default();
        for (name, value) in letter
            .delivery
            .properties
            .headers()
            .iter()
            .flat_map(FieldTable::inner)
        {
            if ![kit::consumer::RETRIES, kit::consumer::REASON].contains(&name.as_str()) {
                headers.insert(name.clone(), value.clone());
            }
        }
        let confirm = channel
            .basic_publish(
                "".into(),
                queue.name().into(),
                BasicPublishOptions {
                    mandatory: true,
                    ..BasicPublishOptions::default()
                },
                &letter.delivery.data,
                letter.delivery.properties.clone().with_headers(headers),
            )
            .await?
            .await?;
        ensure!(
            confirm.is_ack() && confirm.take_message().is_none(),
            "{} took no message",
            queue.name()
        );
        letter.delivery.ack(BasicAckOptions::default()).await?;
    }
    println!(
        "{} dead letters put back into {}",
        chosen.len(),
        queue.name()
    );
    Ok(())
}

/// Everything in the dead-letter queue, unacknowledged.
async fn read(channel: &Channel, queue: Queue) -> Result<Vec<BasicGetMessage>> {
    let mut letters = Vec::new();
    while letters.len() < MOST {
        match channel
            .basic_get(queue.dead_name().into(), BasicGetOptions::default())
            .await?
        {
            Some(letter) => letters.push(letter),
            None => break,
        }
    }
    Ok(letters)
}

async fn give_back(letters: &[BasicGetMessage]) -> Result<()> {
    for letter in letters {
        letter
            .delivery
            .nack(BasicNackOptions {
                requeue: true,
                ..BasicNackOptions::default()
            })
            .await?;
    }
    Ok(())
}
