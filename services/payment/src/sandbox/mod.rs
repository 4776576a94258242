//! A stand-in for a payment provider: its own process, its own database, reached only by HTTP and signed webhooks.
//!
//! It behaves as real ones do, also when they misbehave: [`methods`] says how. Its queries are checked at run time only, since the
//! crate's checked queries are checked against the payment service's database.

mod answers;
mod api;
pub mod config;
mod deliveries;
mod events;
mod intents;
mod methods;
mod pages;
mod refunds;
mod wire;

use std::{ops::Deref, sync::Arc};

use axum::{
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use kit::{client::Client, http::ApiRouter, process::Shutdown, server::Readiness};
use sqlx::{PgPool, migrate::Migrator};
use tokio::sync::Notify;

use self::config::{MerchantConfig, SandboxConfig};

pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sandbox");

/// No call is larger.
const MAX_BODY: usize = 16 * 1024;

#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub pool: PgPool,
    /// For webhooks.
    pub client: Client,
    pub merchant: MerchantConfig,
    /// Webhooks may be due.
    pub wake: Notify,
}

impl App {
    pub fn new(pool: PgPool, client: Client, merchant: MerchantConfig) -> Self {
        Self(Arc::new(Parts {
            pool,
            client,
            merchant,
            wake: Notify::new(),
        }))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

pub fn router(app: App) -> ApiRouter {
    ApiRouter::new()
        .route("/", get(pages::index))
        .route("/authenticate/{id}", get(pages::ask).post(pages::decide))
        .route(
            "/v1/payment_intents",
            post(api::create_intent).get(api::list_intents),
        )
        .route("/v1/payment_intents/{id}", get(api::get_intent))
        .route(
            "/v1/payment_intents/{id}/capture",
            post(api::capture_intent),
        )
        .route("/v1/payment_intents/{id}/cancel", post(api::cancel_intent))
        .route(
            "/v1/refunds",
            post(api::create_refund).get(api::list_refunds),
        )
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(app)
}

/// Sends webhooks until `shutdown`.
pub async fn deliver(app: App, shutdown: Shutdown) {
    deliveries::run(app, shutdown).await;
}

/// Runs the sandbox until `shutdown`.
pub async fn serve(config: SandboxConfig, shutdown: Shutdown) -> anyhow::Result<()> {
    let pool = kit::db::connect(&config.database, &shutdown).await?;
    let app = App::new(pool.clone(), Client::new()?, config.merchant);
    let delivering = tokio::spawn(deliver(app.clone(), shutdown.clone()));
    let readiness = Readiness::new().required("postgres", move || {
        let pool = pool.clone();
        async move { sqlx::query("SELECT 1").execute(&pool).await }
    });
    kit::server::serve(config.server, router(app), readiness, shutdown).await?;
    delivering.await?;
    Ok(())
}
