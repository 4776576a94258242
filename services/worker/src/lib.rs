//! Notifies people of what happens to their bookings.
//!
//! Messages from `booking_queue` become rows of the mail ledger ([`notifications`]); the [`post`] office renders the due ones
//! ([`letter`]) and hands them to the mail server.

mod config;
pub mod dead_letters;
mod incoming;
mod letter;
mod notifications;
mod post;
mod store;

use contracts::topology::Queue;
use kit::{
    amqp::Broker, config::DatabaseConfig, http::ApiRouter, process::Shutdown, server::Readiness,
};
use sqlx::{PgPool, migrate::Migrator};

pub use config::{Config, MailConfig};
pub use post::PostOffice;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/worker");

/// Messages handled at once.
const PREFETCH: u16 = 64;

/// Runs until `shutdown`.
pub async fn serve(config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    let pool = kit::db::connect(&config.database, &shutdown).await?;
    let broker = Broker::connect(&config.broker, &shutdown);
    let post = PostOffice::open(pool.clone(), &config.mail)?;
    let sending = tokio::spawn(post.clone().run(shutdown.clone()));

    let readiness = {
        let (pool, broker) = (pool.clone(), broker.clone());
        Readiness::new()
            .required("postgres", move || {
                let pool = pool.clone();
                async move { sqlx::query("SELECT 1").execute(&pool).await }
            })
            .informative("rabbitmq", move || {
                let broker = broker.clone();
                async move { broker.ping() }
            })
    };
    let consuming = tokio::spawn(consume(pool, broker, post, shutdown.clone()));
    kit::server::serve(config.server, ApiRouter::new(), readiness, shutdown).await?;
    consuming.await?;
    sending.await?;
    Ok(())
}

/// Enters in the ledger what comes in by `booking_queue`, until `shutdown`.
pub async fn consume(pool: PgPool, broker: Broker, post: PostOffice, shutdown: Shutdown) {
    kit::consumer::run(broker, Queue::Worker, PREFETCH, shutdown, move |delivery| {
        incoming::handle(pool.clone(), post.clone(), delivery)
    })
    .await;
}

/// Brings the schema up to date.
pub async fn migrate(config: &DatabaseConfig, shutdown: &Shutdown) -> anyhow::Result<()> {
    let pool = kit::db::connect(config, shutdown).await?;
    kit::db::migrate(&pool, &MIGRATIONS).await
}
