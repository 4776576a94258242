//! Announcements between replicas.

use std::time::Duration;

use ::redis::{Client, RedisResult, pipe};
use futures::StreamExt as _;
use kit::{config::RedisConfig, redis::Redis};
use secrecy::ExposeSecret as _;

use super::Live;

const CHANNEL: &str = "booking:changed";
/// Announcements are gathered for so long.
const GATHER: Duration = Duration::from_millis(50);
const RECONNECT: Duration = Duration::from_secs(1);
/// A subscription says nothing when its peer vanished; so it is asked.
const PING: Duration = Duration::from_secs(5);

/// Announces and hears changes until shutdown. While Redis is away nothing is heard, and watchers poll.
pub async fn run(live: Live, redis: Redis, config: RedisConfig) {
    let shutdown = live.0.shutdown.clone();
    shutdown
        .until(async { tokio::join!(announce(&live, redis), hear(&live, &config)) })
        .await;
}

async fn announce(live: &Live, mut redis: Redis) {
    loop {
        live.0.announce.notified().await;
        let changed = std::mem::take(
            &mut *live
                .0
                .unannounced
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        let mut commands = pipe();
        for event in changed {
            commands.publish(CHANNEL, event.to_string()).ignore();
        }
        let announced: RedisResult<()> = commands.query_async(&mut redis).await;
        if let Err(error) = announced {
            tracing::debug!("changes are not announced: {error}");
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn hear(live: &Live, config: &RedisConfig) {
    loop {
        if let Err(error) = hear_on_one_connection(live, config).await {
            tracing::warn!("changes of other replicas are polled, Redis is away: {error}");
        }
        live.set_hearing(false);
        live.missed_some();
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn hear_on_one_connection(live: &Live, config: &RedisConfig) -> RedisResult<()> {
    let client = Client::open(config.url.expose_secret())?;
    let (mut sink, mut stream) = client.get_async_pubsub().await?.split();
    sink.subscribe(CHANNEL).await?;
    live.set_hearing(true);
    live.missed_some();
    loop {
        match tokio::time::timeout(PING, stream.next()).await {
            Ok(Some(message)) => {
                let payload: String = message.get_payload()?;
                if let Ok(event) = payload.parse() {
                    live.heard(event);
                }
            }
            Ok(None) => return Ok(()),
            Err(_) => {
                tokio::time::timeout(PING, sink.ping::<()>())
                    .await
                    .map_err(std::io::Error::from)??;
            }
        }
    }
}
