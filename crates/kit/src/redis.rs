//! Redis: a connection that is made again by itself. Commands fail fast while Redis is away.

use std::time::Duration;

use metrics::{describe_gauge, gauge};
use redis::{
    Client, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::ExposeSecret as _;

use crate::{config::RedisConfig, process::Shutdown};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// A command that takes longer counts as failed.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const HEARTBEAT: Duration = Duration::from_secs(1);

/// The shared connection; clone it for each use.
pub type Redis = ConnectionManager;

/// Connects, waiting for a server that is away until `shutdown`.
pub async fn connect(config: &RedisConfig, shutdown: &Shutdown) -> anyhow::Result<Redis> {
    let client = Client::open(config.url.expose_secret())?;
    let settings = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(RESPONSE_TIMEOUT))
        .set_max_delay(LONGEST_WAIT)
        .set_number_of_retries(1);
    let mut wait = Duration::from_millis(100);
    loop {
        let error = match ConnectionManager::new_with_config(client.clone(), settings.clone()).await
        {
            Ok(redis) => {
                tokio::spawn(keep_fresh(redis.clone(), shutdown.clone()));
                return Ok(redis);
            }
            Err(error) => error,
        };
        tracing::warn!("Redis is not available, next try in {wait:?}: {error}");
        if shutdown.until(tokio::time::sleep(wait)).await.is_none() {
            anyhow::bail!("stopped while waiting for Redis");
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// A lost connection is noticed only by the next command, which fails: let that be ours, not a request's.
async fn keep_fresh(redis: Redis, shutdown: Shutdown) {
    describe_gauge!("redis_connected", "1 while Redis answers the process");
    let connected = gauge!("redis_connected");
    connected.set(1.0);
    while shutdown
        .until(tokio::time::sleep(HEARTBEAT))
        .await
        .is_some()
    {
        let answered = ping(&redis).await;
        connected.set(f64::from(u8::from(answered.is_ok())));
        if let Err(error) = answered {
            tracing::debug!("Redis does not answer: {error}");
        }
    }
}

/// For `/ready`.
pub async fn ping(redis: &Redis) -> RedisResult<()> {
    redis::cmd("PING").query_async(&mut redis.clone()).await
}
