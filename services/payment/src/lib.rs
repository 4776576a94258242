//! Payments, refunds and receipts, and the sandbox that stands in for a payment provider.
//!
//! [`pay`] begins a payment, [`consume`] decides what becomes of it, [`work`] carries that out at the provider, [`reconcile`]
//! finishes what was left behind, and [`settlement`] is the one place where a provider's word changes anything.

mod answer;
mod checkout;
pub mod config;
pub mod consume;
mod documents;
pub mod domain;
pub mod figures;
mod http;
mod limits;
mod news;
mod pay;
pub mod providers;
pub mod reconcile;
mod refund;
pub mod sandbox;
mod settlement;
pub mod store;
pub mod upkeep;
pub mod work;

use std::{ops::Deref, sync::Arc, time::Duration};

use axum::extract::FromRef;
use kit::{
    amqp::Broker,
    auth::Verifier,
    client::Client,
    config::{BaseUrl, PeersConfig},
    http::ApiRouter,
    outbox::{OutboxSignal, Relay},
    process::Shutdown,
    server::Readiness,
};
use sqlx::{PgPool, migrate::Migrator};
use tokio::task::JoinSet;

pub use crate::limits::Limits;
use crate::{
    config::ServeConfig,
    providers::{Providers, Sandbox},
    work::WorkSignal,
};

pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/payment");

/// What the handlers and tasks work with.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub pool: PgPool,
    pub verifier: Verifier,
    pub limits: Limits,
    pub providers: Providers,
    /// For calls to Booking and auth.
    pub client: Client,
    pub peers: PeersConfig,
    pub outbox: OutboxSignal,
    pub work: WorkSignal,
    pub settings: Settings,
}

#[derive(Clone, Debug)]
pub struct Settings {
    /// Buyers are led back only to pages below it.
    pub public_url: BaseUrl,
    /// Age at which the provider is asked about a payment that is not settled.
    pub reconcile_after: Duration,
    /// How long a call to the provider may take.
    pub provider_timeout: Duration,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// After a commit: messages and operations may be waiting.
    pub fn wake(&self) {
        self.outbox.wake();
        self.work.wake();
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

/// All that Payment answers, beside what every service does.
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
    let broker = Broker::connect(&config.broker, &shutdown);
    let client = Client::new()?;
    let sandbox = Sandbox::new(
        config.provider.sandbox_url,
        config.provider.sandbox_api_key,
        config.provider.sandbox_webhook_secret,
        config.provider.provider_timeout.into(),
    )?;
    let app = App::new(Parts {
        verifier: Verifier::new(&config.tokens, &config.peers.auth, client.clone()),
        limits: Limits::connect(config.redis, config.server.rate_limit, &shutdown),
        providers: Providers::new(Arc::new(sandbox)),
        client,
        peers: config.peers,
        outbox: Relay::spawn(pool.clone(), broker.clone(), shutdown.clone()),
        work: WorkSignal::default(),
        settings: Settings {
            public_url: config.public_url,
            reconcile_after: config.reconcile_after.into(),
            provider_timeout: config.provider.provider_timeout.into(),
        },
        pool: pool.clone(),
    });
    let mut tasks = JoinSet::new();
    tasks.spawn(work::run(app.clone(), shutdown.clone()));
    tasks.spawn(reconcile::run(app.clone(), shutdown.clone()));
    tasks.spawn(consume::run(app.clone(), broker.clone(), shutdown.clone()));
    tasks.spawn(upkeep::run(pool.clone(), shutdown.clone()));
    tasks.spawn(figures::run(pool.clone(), shutdown.clone()));
    let readiness = Readiness::new()
        .required("postgres", move || {
            let pool = pool.clone();
            async move { sqlx::query_scalar!("SELECT 1").fetch_one(&pool).await }
        })
        .informative("rabbitmq", move || std::future::ready(broker.ping()));
    kit::server::serve(config.server, router(app), readiness, shutdown).await?;
    // What has been begun at the provider is finished.
    tasks.join_all().await;
    Ok(())
}
