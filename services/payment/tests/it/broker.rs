//! The saga over RabbitMQ: what comes in is handled, and what follows goes out.

use std::time::Duration;

use contracts::{Message, topology::Queue};
use kit::{outbox::Relay, process::Shutdown};
use payment::{consume, work};
use sqlx::PgPool;
use testkit::{Vhost, broker, eventually};

use crate::world::World;

#[sqlx::test(migrations = "../../migrations/payment")]
async fn messages_come_in_and_go_out(pool: PgPool) {
    let vhost = Vhost::create().await.unwrap();
    let (shutdown, connection) = (Shutdown::new(), vhost.broker());
    let world = World::new(&pool).await;
    tokio::spawn(consume::run(
        world.app.clone(),
        connection.clone(),
        shutdown.clone(),
    ));
    tokio::spawn(work::run(world.app.clone(), shutdown.clone()));
    let _relay = Relay::spawn(pool.clone(), connection.clone(), shutdown.clone());

    let (_, held, id) = world.authorised(1).await;
    // Booking confirms: its message goes through the exchange to our queue.
    let confirmed = held.confirmed(id);
    let mut database = pool.acquire().await.unwrap();
    kit::outbox::add(&mut database, &confirmed).await.unwrap();
    drop(database);
    let patience = Duration::from_secs(20);
    eventually("captured", patience, async || {
        Ok(world.status(id).await == "captured")
    })
    .await
    .unwrap();

    let mut database = pool.acquire().await.unwrap();
    kit::outbox::add(&mut database, &held.cancelled(id, 0, 1))
        .await
        .unwrap();
    drop(database);
    let channel = connection.channel().await.unwrap();
    let mut seen = Vec::new();
    eventually("the worker is told", patience, async || {
        while let Some(message) = broker::take(&channel, Queue::Worker.name()).await? {
            let message: Message = serde_json::from_slice(&message.delivery.data)?;
            seen.push(message.routing_key());
        }
        Ok(seen.contains(&"payment.refunded"))
    })
    .await
    .unwrap();
    shutdown.trigger();
}
