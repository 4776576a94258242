//! Putting the parts together and running them.

use std::{sync::Arc, time::Duration};

use contracts::topology::Queue;
use kit::{
    amqp::Broker, auth::Verifier, client::Client, config::DatabaseConfig, consumer, idempotency,
    inbox, memberships::Memberships, outbox::Relay, process::Shutdown, server::Readiness,
};
use sqlx::PgPool;

use crate::{
    config::Config,
    events::{Events, catalog::Catalog, listen},
    figures,
    inventory::{Inventory, sweeper},
    limits::HoldLimit,
    live::{self, Live},
    queue::Queues,
    router, saga,
    state::App,
};

/// Messages worked on at once. Those of one event go into one transaction.
const PREFETCH: u16 = 32;
/// How often what is only remembered for a while is forgotten.
const CLEAN_UP: Duration = Duration::from_mins(10);

/// Runs booking until `shutdown`, then drains.
pub async fn serve(config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    let keys = Arc::new(config.booking.ticket_keys()?);
    let (for_batches, database) = shared_out(config.database)?;
    let pool = kit::db::connect(&database, &shutdown).await?;
    let redis = kit::redis::connect(&config.redis, &shutdown).await?;
    let broker = Broker::connect(&config.broker, &shutdown);
    let client = Client::new()?;

    let outbox = Relay::spawn(pool.clone(), broker.clone(), shutdown.clone());
    let live = Live::new(pool.clone(), shutdown.clone());
    let events = Events::new(
        pool.clone(),
        Catalog::new(client.clone(), config.peers.catalog.clone()),
    );
    let inventory = Inventory::new(
        pool.clone(),
        for_batches,
        keys.clone(),
        config.booking.hold_times(),
        outbox,
        live.clone(),
    )?;
    let queue = Queues::new(
        redis.clone(),
        pool.clone(),
        events.clone(),
        inventory.clone(),
        &keys,
        config.booking.queue_settings(),
        shutdown.clone(),
    );
    let app = App {
        pool: pool.clone(),
        verifier: Verifier::new(&config.token, &config.peers.auth, client.clone()),
        memberships: Memberships::new(client, config.peers.catalog.clone()),
        limit: HoldLimit::new(config.server.rate_limit),
        events: events.clone(),
        inventory: inventory.clone(),
        live: live.clone(),
        queue,
        keys,
    };

    tokio::spawn(listen(pool.clone(), events, shutdown.clone()));
    tokio::spawn(live::run(live, redis.clone(), config.redis.clone()));
    tokio::spawn(sweeper::run(inventory, shutdown.clone()));
    tokio::spawn(figures::run(pool.clone(), shutdown.clone()));
    tokio::spawn(clean_up(pool.clone(), shutdown.clone()));
    let consumer = tokio::spawn(consumer::run(
        broker.clone(),
        Queue::Booking,
        PREFETCH,
        shutdown.clone(),
        {
            let app = app.clone();
            move |delivery| saga::handle(app.clone(), delivery)
        },
    ));

    let readiness = readiness(&pool, &redis, &broker);
    kit::server::serve(config.server, router(app), readiness, shutdown).await?;
    // What was begun is finished; it is short.
    consumer.await?;
    Ok(())
}

/// Listening and the relay may keep one each.
const FEWEST_CONNECTIONS: u32 = 6;

/// Half of the connections are for batches; the rest is for reading.
fn shared_out(mut database: DatabaseConfig) -> anyhow::Result<(u32, DatabaseConfig)> {
    anyhow::ensure!(
        database.max_connections >= FEWEST_CONNECTIONS,
        "DATABASE_MAX_CONNECTIONS is {}; booking needs {FEWEST_CONNECTIONS} or more, half of them for batches",
        database.max_connections
    );
    let half = database.max_connections / 2;
    database.max_connections -= half;
    Ok((half, database))
}

fn readiness(pool: &PgPool, redis: &kit::redis::Redis, broker: &Broker) -> Readiness {
    let (pool, redis, broker) = (pool.clone(), redis.clone(), broker.clone());
    Readiness::new()
        .required("postgres", move || {
            let pool = pool.clone();
            async move { sqlx::query("SELECT 1").execute(&pool).await }
        })
        .informative("redis", move || {
            let redis = redis.clone();
            async move { kit::redis::ping(&redis).await }
        })
        .informative("rabbitmq", move || {
            let broker = broker.clone();
            async move { broker.ping() }
        })
}

/// Forgets idempotency keys and handled messages when their time is over.
async fn clean_up(pool: PgPool, shutdown: Shutdown) {
    shutdown
        .until(async {
            loop {
                let forgotten = async {
                    idempotency::forget(&pool).await?;
                    let mut connection = pool.acquire().await?;
                    inbox::forget(&mut connection).await
                };
                if let Err(error) = forgotten.await {
                    tracing::warn!("nothing was cleaned up: {error}");
                }
                tokio::time::sleep(CLEAN_UP).await;
            }
        })
        .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_shared_out_when_there_are_enough() {
        let shared_out = |max_connections| {
            let url = String::new().into();
            super::shared_out(DatabaseConfig {
                url,
                max_connections,
            })
            .map(|(batches, rest)| (batches, rest.max_connections))
        };
        assert_eq!(shared_out(6).ok(), Some((3, 3)));
        assert_eq!(shared_out(9).ok(), Some((4, 5)));
        assert!(shared_out(5).is_err());
    }
}
