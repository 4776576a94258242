//! Rate limits per account. They must never stand in the way of a payment: while Redis is away, also at start, all is allowed.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use contracts::UserId;
use kit::{
    Problem,
    config::{RedisConfig, Switch},
    process::Shutdown,
    rate_limit::RateLimiter,
};

const MINUTE: Duration = Duration::from_secs(60);
/// Attempts to pay in a minute: more is somebody trying out cards.
const PAYMENTS: u32 = 20;
/// Requests for refunds in a minute.
const REFUNDS: u32 = 30;

#[derive(Clone)]
pub struct Limits(Arc<OnceLock<RateLimiter>>);

impl Limits {
    /// Connects in the background.
    pub fn connect(config: RedisConfig, switch: Switch, shutdown: &Shutdown) -> Self {
        let limiter = Arc::new(OnceLock::new());
        if switch.is_on() {
            let (limiter, shutdown) = (limiter.clone(), shutdown.clone());
            tokio::spawn(async move {
                match kit::redis::connect(&config, &shutdown).await {
                    // It is set only here.
                    Ok(redis) => drop(limiter.set(RateLimiter::new(redis, switch))),
                    Err(error) => tracing::warn!("rate limits are off: {error:#}"),
                }
            });
        }
        Self(limiter)
    }

    pub fn new(limiter: RateLimiter) -> Self {
        Self(Arc::new(OnceLock::from(limiter)))
    }

    pub(crate) async fn payment(&self, user: UserId) -> Result<(), Problem> {
        self.check("payment:pay", user, PAYMENTS).await
    }

    pub(crate) async fn refund(&self, user: UserId) -> Result<(), Problem> {
        self.check("payment:refund", user, REFUNDS).await
    }

    async fn check(&self, name: &str, user: UserId, limit: u32) -> Result<(), Problem> {
        match self.0.get() {
            Some(limiter) => limiter.check(name, user, limit, MINUTE).await,
            None => Ok(()),
        }
    }
}
