//! Organisations, venues, seating plans, and events that people find.

pub mod config;
pub mod domain;
mod http;
mod incoming;
pub mod pages;
pub mod store;
mod sweep;
pub mod tally;

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use contracts::topology::Queue;
use kit::{
    amqp::Broker,
    auth::Verifier,
    client::Client,
    config::BaseUrl,
    http::ApiRouter,
    outbox::{OutboxSignal, Relay},
    process::Shutdown,
    server::Readiness,
};
use sqlx::{PgPool, migrate::Migrator};

use crate::{config::ServeConfig, pages::Pages, tally::Tally};

pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/catalog");

/// Messages handled at once.
const PREFETCH: u16 = 32;

/// What the handlers work with.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub pool: PgPool,
    pub verifier: Verifier,
    pub pages: Pages,
    pub tally: Tally,
    pub client: Client,
    pub booking: BaseUrl,
    pub outbox: OutboxSignal,
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
        app.verifier.clone()
    }
}

/// All that catalog answers, beside what every service does.
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
    let client = Client::new()?;
    let pages = Pages::new(redis.clone());
    let app = App::new(Parts {
        verifier: Verifier::new(&config.tokens, &config.peers.auth, client.clone()),
        outbox: Relay::spawn(pool.clone(), broker.clone(), shutdown.clone()),
        booking: config.peers.booking,
        pages: pages.clone(),
        tally: Tally::default(),
        pool: pool.clone(),
        client,
    });
    tokio::spawn(pages.clone().follow(pool.clone(), shutdown.clone()));
    tokio::spawn(sweep::run(pool.clone(), shutdown.clone()));
    let consuming = tokio::spawn(consume(pool.clone(), broker.clone(), shutdown.clone()));
    let readiness = Readiness::new()
        .required("postgres", move || {
            let pool = pool.clone();
            async move { sqlx::query_scalar!("SELECT 1").fetch_one(&pool).await }
        })
        .informative("redis", move || {
            let redis = redis.clone();
            async move { kit::redis::ping(&redis).await }
        })
        .informative("rabbitmq", move || std::future::ready(broker.ping()));
    kit::server::serve(config.server, router(app), readiness, shutdown).await?;
    consuming.await?;
    Ok(())
}

/// Follows accounts and stock, as auth and Booking tell of them, until `shutdown`.
pub async fn consume(pool: PgPool, broker: Broker, shutdown: Shutdown) {
    kit::consumer::run(
        broker,
        Queue::Catalog,
        PREFETCH,
        shutdown,
        move |delivery| incoming::handle(pool.clone(), delivery),
    )
    .await;
}
