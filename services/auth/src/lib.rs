//! Accounts, sessions, access tokens and their public keys.

pub mod bootstrap;
pub mod config;
pub mod domain;
pub mod hashing;
mod http;
pub mod keys;
pub mod sessions;
pub mod store;
pub mod throttle;

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use kit::{
    amqp::Broker,
    auth::Verifier,
    http::ApiRouter,
    outbox::{OutboxSignal, Relay},
    process::Shutdown,
    rate_limit::RateLimiter,
    server::Readiness,
};
use sqlx::{PgPool, migrate::Migrator};

use crate::{
    config::ServeConfig,
    domain::refresh_token::Chain,
    hashing::Hasher,
    keys::{Keyring, KeyringConfig},
    sessions::Sessions,
    throttle::Throttle,
};

pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/auth");

/// What the handlers work with.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub pool: PgPool,
    pub sessions: Sessions,
    pub throttle: Throttle,
    pub limiter: RateLimiter,
    pub hasher: Hasher,
    pub keyring: Keyring,
    pub outbox: OutboxSignal,
    /// Whether cookies are sent over HTTPS only.
    pub secure_cookies: bool,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.keyring.verifier().clone()
    }
}

/// All that auth answers, beside what every service does.
pub fn router(app: App) -> ApiRouter {
    http::router().with_state(app)
}

/// The OpenAPI document of [`router`].
pub fn openapi() -> utoipa::openapi::OpenApi {
    kit::openapi::document(&http::router())
}

/// Runs the service until `shutdown`.
pub async fn serve(config: ServeConfig, shutdown: Shutdown) -> anyhow::Result<()> {
    let pool = kit::db::connect(&config.database, &shutdown).await?;
    let redis = kit::redis::connect(&config.redis, &shutdown).await?;
    let broker = Broker::connect(&config.broker, &shutdown);
    let keyring = KeyringConfig {
        encryption: config.key_encryption_key.clone(),
        tokens: config.tokens,
        time_to_live: config.access_token_ttl.into(),
        rotate_after: config.key_rotation.into(),
    };
    let keyring = Keyring::open(keyring, &pool).await?;
    tokio::spawn(keyring.clone().watch(pool.clone(), shutdown.clone()));
    let outbox = Relay::spawn(pool.clone(), broker.clone(), shutdown.clone());
    let chain = Chain::new(config.key_encryption_key.refresh_tokens());
    let switch = config.server.rate_limit;
    let app = App::new(Parts {
        sessions: Sessions::new(redis.clone(), chain, config.refresh_token_ttl.into()),
        throttle: Throttle::new(redis.clone(), switch),
        limiter: RateLimiter::new(redis.clone(), switch),
        hasher: Hasher::new().await?,
        keyring,
        outbox,
        secure_cookies: config.cookie_secure,
        pool: pool.clone(),
    });
    let readiness = Readiness::new()
        .required("postgres", move || {
            let pool = pool.clone();
            async move { sqlx::query_scalar!("SELECT 1").fetch_one(&pool).await }
        })
        .required("redis", move || {
            let redis = redis.clone();
            async move { kit::redis::ping(&redis).await }
        })
        .informative("rabbitmq", move || std::future::ready(broker.ping()));
    kit::server::serve(config.server, router(app), readiness, shutdown).await
}
