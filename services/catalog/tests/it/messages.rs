//! What the catalog learns by message.

use std::time::Duration;

use contracts::{
    EventId, Message, TicketTypeId, UserId,
    messages::{CapacityChanged, StockChanged, User},
};
use kit::process::Shutdown;
use lapin::{BasicProperties, Channel};
use serde_json::json;
use sqlx::PgPool;
use testkit::{Vhost, eventually};

use crate::world::{World, id};

const PATIENCE: Duration = Duration::from_secs(10);

async fn send(channel: &Channel, message_id: &str, message: &Message) {
    let properties = BasicProperties::default().with_message_id(message_id.into());
    let body = serde_json::to_vec(message).unwrap();
    testkit::broker::put(channel, "catalog.events", &body, properties)
        .await
        .unwrap();
}

#[sqlx::test(migrations = "../../migrations/catalog")]
async fn capacity_and_stock_follow_booking_in_any_order(pool: PgPool) {
    let world = World::new(&pool).await;
    let vhost = Vhost::create().await.unwrap();
    let shutdown = Shutdown::new();
    let consuming = tokio::spawn(catalog::consume(
        pool.clone(),
        vhost.broker(),
        shutdown.clone(),
    ));
    let channel = vhost.broker().channel().await.unwrap();
    let olga = world.organiser().await;
    let event = olga.published(json!({})).await;
    let event_id: EventId = id(&event).parse().unwrap();
    let ticket_type_id: TicketTypeId = id(&event["ticket_types"][0]).parse().unwrap();
    let capacity = |capacity, version| {
        Message::CapacityChanged(CapacityChanged {
            event_id,
            ticket_type_id,
            capacity,
            version,
        })
    };
    send(&channel, "c3", &capacity(500, 3)).await;
    // Late, twice, and as it already is.
    send(&channel, "c2", &capacity(400, 2)).await;
    send(&channel, "c3", &capacity(500, 3)).await;
    send(&channel, "c4", &capacity(500, 4)).await;
    let stock = |version| StockChanged { event_id, version };
    send(&channel, "s6", &Message::StockAvailable(stock(6))).await;
    send(&channel, "s5", &Message::StockSoldOut(stock(5))).await;
    send(&channel, "s7", &Message::StockSoldOut(stock(7))).await;
    let user = User {
        user_id: UserId::new(),
        email: "ada@example.com".into(),
        name: "Ada".into(),
        version: 2,
    };
    send(&channel, "u2", &Message::UserUpdated(user.clone())).await;
    send(
        &channel,
        "u1",
        &Message::UserRegistered(User {
            name: "Old".into(),
            version: 1,
            ..user
        }),
    )
    .await;

    let handled = async || {
        let handled: i64 = sqlx::query_scalar("SELECT count(*) FROM inbox")
            .fetch_one(&pool)
            .await?;
        Ok(handled == 8)
    };
    eventually("all are handled", PATIENCE, handled)
        .await
        .unwrap();
    let row: (i64, bool, i64) = sqlx::query_as(
        "SELECT (ticket_types -> 0 ->> 'capacity')::bigint, sold_out, version FROM events",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let version = event["version"].as_i64().unwrap();
    assert_eq!((row.0, row.1), (500, true));
    assert!(row.2 > version, "what is cached by version must change");
    let name: String = sqlx::query_scalar("SELECT name FROM people")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(name, "Ada");
    shutdown.trigger();
    consuming.await.unwrap();
}
