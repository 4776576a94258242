//! A RabbitMQ vhost for one test, so that tests share no queue.

use anyhow::{Context as _, Result, ensure};
use contracts::topology::Queue;
use kit::{amqp::Broker, config::BrokerConfig, process::Shutdown};
use lapin::{
    BasicProperties, Channel,
    message::BasicGetMessage,
    options::{BasicAckOptions, BasicGetOptions, BasicPublishOptions},
};
use serde_json::json;
use uuid::Uuid;

/// A vhost that exists as long as this does; at `RABBITMQ_ADMIN_URL`, the management API's.
#[derive(Debug)]
pub struct Vhost {
    name: String,
    admin_url: reqwest::Url,
    amqp_url: String,
}

impl Vhost {
    pub async fn create() -> Result<Self> {
        let admin_url: reqwest::Url = variable("RABBITMQ_ADMIN_URL")?.parse()?;
        let mut amqp_url: reqwest::Url = variable("RABBITMQ_URL")?.parse()?;
        let name = format!("test-{}", Uuid::now_v7().simple());
        amqp_url.set_path(&name);
        let vhost = Self {
            name,
            admin_url,
            amqp_url: amqp_url.to_string(),
        };
        let user = vhost.admin_url.username().to_owned();
        vhost
            .put(&format!("api/vhosts/{}", vhost.name), json!({}))
            .await?;
        vhost.permit(&user, true).await?;
        Ok(vhost)
    }

    pub fn amqp_url(&self) -> &str {
        &self.amqp_url
    }

    /// A broker connection of this test's own, with all of the topology declared.
    pub fn broker(&self) -> Broker {
        Broker::connect(
            &BrokerConfig {
                url: self.amqp_url.clone().into(),
            },
            &Shutdown::new(),
        )
    }

    /// Allows or forbids everything in the vhost: forbidden, nothing can be published, as when a disk alarm blocks the broker.
    pub async fn allow(&self, allowed: bool) -> Result<()> {
        let user = self.admin_url.username().to_owned();
        self.permit(&user, allowed).await
    }

    /// Closes every connection to the vhost, as a broker that restarts does; how many there were.
    pub async fn disconnect_all(&self) -> Result<usize> {
        let http = reqwest::Client::new();
        let list = self
            .admin_url
            .join(&format!("api/vhosts/{}/connections", self.name))?;
        let mut closed = 0;
        // The management API hears of a connection only some time after it was made.
        crate::eventually(
            "connections are listed",
            std::time::Duration::from_secs(20),
            async || {
                let connections: Vec<serde_json::Value> =
                    http.get(list.clone()).send().await?.json().await?;
                Ok(!connections.is_empty())
            },
        )
        .await?;
        let connections: Vec<serde_json::Value> = http.get(list).send().await?.json().await?;
        for connection in connections {
            let name = connection["name"]
                .as_str()
                .context("a connection has a name")?;
            let mut url = self.admin_url.clone();
            url.path_segments_mut()
                .map_err(|()| anyhow::anyhow!("the management API has no path"))?
                .extend(["api", "connections", name]);
            http.delete(url).send().await?;
            closed += 1;
        }
        Ok(closed)
    }

    /// How many messages each queue of the vhost has, delivered ones that nobody acknowledged yet among them.
    pub async fn depths(&self) -> Result<Vec<(String, u64)>> {
        let url = self.admin_url.join(&format!("api/queues/{}", self.name))?;
        let queues: Vec<serde_json::Value> = reqwest::get(url).await?.json().await?;
        Ok(queues
            .iter()
            .map(|queue| {
                let name = queue["name"].as_str().unwrap_or_default();
                (name.to_owned(), queue["messages"].as_u64().unwrap_or(0))
            })
            .collect())
    }

    async fn permit(&self, user: &str, allowed: bool) -> Result<()> {
        let what = if allowed { ".*" } else { "" };
        let permission = json!({"configure": what, "write": what, "read": what});
        self.put(&format!("api/permissions/{}/{user}", self.name), permission)
            .await
    }

    async fn put(&self, path: &str, body: serde_json::Value) -> Result<()> {
        let answer = reqwest::Client::new()
            .put(self.admin_url.join(path)?)
            .json(&body)
            .send()
            .await?;
        ensure!(
            answer.status().is_success(),
            "PUT {path}: {}",
            answer.status()
        );
        Ok(())
    }
}

impl Drop for Vhost {
    fn drop(&mut self) {
        let Ok(url) = self.admin_url.join(&format!("api/vhosts/{}", self.name)) else {
            return;
        };
        // A thread of its own: drop can't await, and the test's runtime may be ending.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.map(|runtime| runtime.block_on(reqwest::Client::new().delete(url).send()))
        })
        .join();
    }
}

/// Puts a body into a queue as any AMQP client might.
pub async fn put(
    channel: &Channel,
    queue: &str,
    body: &[u8],
    properties: BasicProperties,
) -> Result<()> {
    let options = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    let confirm = channel
        .basic_publish("".into(), queue.into(), options, body, properties)
        .await?
        .await?;
    ensure!(
        confirm.is_ack() && confirm.take_message().is_none(),
        "{queue} took no message"
    );
    Ok(())
}

/// Takes the next message out of a queue, if there is one.
pub async fn take(channel: &Channel, queue: &str) -> Result<Option<BasicGetMessage>> {
    let message = channel
        .basic_get(queue.into(), BasicGetOptions::default())
        .await?;
    if let Some(message) = &message {
        message.delivery.ack(BasicAckOptions::default()).await?;
    }
    Ok(message)
}

/// Every queue of the topology with its retry and dead-letter queues.
pub fn queues() -> impl Iterator<Item = String> {
    Queue::ALL
        .into_iter()
        .flat_map(|queue| [queue.name().to_owned(), queue.dead_name()])
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set"))
}
