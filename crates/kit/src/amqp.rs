//! RabbitMQ: one connection that is made again whenever it is lost, with the whole topology declared before anybody uses it.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use contracts::topology::{EXCHANGE, Queue, RETRY_DELAYS};
use futures::StreamExt as _;
use lapin::{
    Channel, Connection, ConnectionProperties, ExchangeKind,
    options::{
        ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
    },
    types::{AMQPValue, FieldTable, LongString},
    uri::AMQPUri,
};
use metrics::{describe_gauge, gauge};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

use crate::{config::BrokerConfig, process::Shutdown};

/// The client keeps 64 frames' memory; RabbitMQ's own 128 KiB would make that 8 MiB. Longer messages take several frames.
const FRAME_MAX: u32 = 16 * 1024;
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a connection is asked whether it lives, beside the events it sends.
const WATCH: Duration = Duration::from_millis(500);

/// The connection to RabbitMQ. Clones share it.
#[derive(Clone, Debug)]
pub struct Broker(watch::Receiver<Option<Arc<Connection>>>);

impl Broker {
    /// Connects in the background, again and again until `shutdown`.
    pub fn connect(config: &BrokerConfig, shutdown: &Shutdown) -> Self {
        let (sender, receiver) = watch::channel(None);
        tokio::spawn(keep_connected(config.url.clone(), sender, shutdown.clone()));
        Self(receiver)
    }

    /// For `/ready`.
    pub fn ping(&self) -> anyhow::Result<()> {
        self.live().map(drop).context("RabbitMQ is not connected")
    }

    /// A channel with publisher confirms, as soon as there is a connection.
    pub async fn channel(&self) -> anyhow::Result<Channel> {
        let mut connections = self.0.clone();
        let connection = connections
            .wait_for(|connection| connection.as_ref().is_some_and(|c| c.status().connected()))
            .await
            .context("the connection to RabbitMQ was given up")?
            .clone()
            .context("RabbitMQ is not connected")?;
        let channel = connection.create_channel().await?;
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        Ok(channel)
    }

    fn live(&self) -> Option<Arc<Connection>> {
        self.0
            .borrow()
            .clone()
            .filter(|connection| connection.status().connected())
    }
}

async fn keep_connected(
    url: SecretString,
    connections: watch::Sender<Option<Arc<Connection>>>,
    shutdown: Shutdown,
) {
    describe_gauge!(
        "broker_connected",
        "1 while the process is connected to RabbitMQ"
    );
    let connected = gauge!("broker_connected");
    connected.set(0.0);
    let mut wait = FIRST_WAIT;
    loop {
        let opened = tokio::select! {
            () = shutdown.cancelled() => return,
            opened = tokio::time::timeout(CONNECT_TIMEOUT, open(&url)) => opened,
        };
        match opened.map_err(anyhow::Error::from).flatten() {
            Ok(connection) => {
                tracing::info!("connected to RabbitMQ");
                wait = FIRST_WAIT;
                let connection = Arc::new(connection);
                connections.send_replace(Some(connection.clone()));
                connected.set(1.0);
                lost(&connection).await;
                connected.set(0.0);
                connections.send_replace(None);
                tracing::warn!("the connection to RabbitMQ was lost");
            }
            Err(error) => {
                tracing::warn!("RabbitMQ is not available, next try in {wait:?}: {error:#}");
            }
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

async fn open(url: &SecretString) -> anyhow::Result<Connection> {
    let mut uri: AMQPUri = url
        .expose_secret()
        .parse()
        .map_err(|error| anyhow::anyhow!("RABBITMQ_URL: {error}"))?;
    uri.query.frame_max.get_or_insert(FRAME_MAX);
    let connection = Connection::connect_uri(uri, ConnectionProperties::default()).await?;
    declare(&connection.create_channel().await?).await?;
    Ok(connection)
}

async fn lost(connection: &Connection) {
    let mut events = connection.events_listener();
    while connection.status().connected() {
        let _ = tokio::time::timeout(WATCH, events.next()).await;
    }
}

/// Declares what [`contracts::topology`] says.
pub async fn declare(channel: &Channel) -> anyhow::Result<()> {
    let durable = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    channel
        .exchange_declare(
            EXCHANGE.into(),
            ExchangeKind::Topic,
            ExchangeDeclareOptions {
                durable: true,
                ..ExchangeDeclareOptions::default()
            },
            FieldTable::default(),
        )
        .await?;
    for queue in Queue::ALL {
        channel
            .queue_declare(queue.name().into(), durable, FieldTable::default())
            .await?;
        channel
            .queue_declare(queue.dead_name().into(), durable, FieldTable::default())
            .await?;
        for (retry, delay) in RETRY_DELAYS.iter().enumerate() {
            let mut arguments = FieldTable::default();
            let millis = i64::try_from(delay.as_millis()).context("a retry delay is too long")?;
            arguments.insert("x-message-ttl".into(), AMQPValue::LongLongInt(millis));
            let text = |text: &str| AMQPValue::LongString(LongString::from(text));
            arguments.insert("x-dead-letter-exchange".into(), text(""));
            arguments.insert("x-dead-letter-routing-key".into(), text(queue.name()));
            channel
                .queue_declare(queue.retry_name(retry).into(), durable, arguments)
                .await?;
        }
        for binding in queue.bindings() {
            channel
                .queue_bind(
                    queue.name().into(),
                    EXCHANGE.into(),
                    (*binding).into(),
                    QueueBindOptions::default(),
                    FieldTable::default(),
                )
                .await?;
        }
    }
    Ok(())
}
