//! What is committed is published, whatever happens to the broker, and nothing else.

use std::collections::BTreeSet;

use contracts::topology::{EXCHANGE, Queue};
use kit::{
    outbox::{self, Relay},
    process::Shutdown,
};
use lapin::options::QueueBindOptions;
use sqlx::PgPool;
use testkit::{Vhost, broker, eventually};

use crate::{PATIENCE, message};

async fn waiting(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM outbox")
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn is_empty(pool: &PgPool) {
    eventually("the outbox is empty", PATIENCE, async || {
        Ok(waiting(pool).await == 0)
    })
    .await
    .unwrap();
}

async fn commit(pool: &PgPool, names: &[&str]) {
    let messages: Vec<_> = names.iter().map(|name| message(name).into()).collect();
    let mut transaction = pool.begin().await.unwrap();
    outbox::add_many(&mut transaction, &messages).await.unwrap();
    transaction.commit().await.unwrap();
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn only_what_is_committed_is_published(pool: PgPool) {
    let vhost = Vhost::create().await.unwrap();
    let shutdown = Shutdown::new();
    let channel = vhost.broker().channel().await.unwrap();
    let signal = Relay::spawn(pool.clone(), vhost.broker(), shutdown.clone());
    let mut transaction = pool.begin().await.unwrap();
    outbox::add(&mut transaction, &message("taken back"))
        .await
        .unwrap();
    transaction.rollback().await.unwrap();
    commit(&pool, &["ada"]).await;
    signal.wake();
    is_empty(&pool).await;
    let taken = broker::take(&channel, Queue::Payment.name())
        .await
        .unwrap()
        .unwrap();
    let body: serde_json::Value = serde_json::from_slice(&taken.delivery.data).unwrap();
    assert_eq!(
        (&body["type"], &body["name"]),
        (&"auth.user.registered".into(), &"ada".into())
    );
    let properties = &taken.delivery.properties;
    assert_eq!(properties.delivery_mode(), &Some(2));
    assert_eq!(
        properties.kind().as_ref().unwrap().as_str(),
        "auth.user.registered"
    );
    assert!(properties.message_id().is_some());
    assert!(
        broker::take(&channel, Queue::Payment.name())
            .await
            .unwrap()
            .is_none()
    );
    shutdown.trigger();
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn two_relays_share_the_rows(pool: PgPool) {
    let vhost = Vhost::create().await.unwrap();
    let shutdown = Shutdown::new();
    let channel = vhost.broker().channel().await.unwrap();
    let names: Vec<_> = (0..1000).map(|n| n.to_string()).collect();
    commit(&pool, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for _ in 0..2 {
        Relay::spawn(pool.clone(), vhost.broker(), shutdown.clone());
    }
    is_empty(&pool).await;
    let mut ids = BTreeSet::new();
    let mut count = 0;
    while let Some(taken) = broker::take(&channel, Queue::Worker.name()).await.unwrap() {
        ids.insert(
            taken
                .delivery
                .properties
                .message_id()
                .as_ref()
                .unwrap()
                .to_string(),
        );
        count += 1;
    }
    assert_eq!((ids.len(), count), (1000, 1000));
    shutdown.trigger();
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn what_nobody_is_bound_for_stays_until_somebody_is(pool: PgPool) {
    let vhost = Vhost::create().await.unwrap();
    let shutdown = Shutdown::new();
    // Whoever connects declares the bindings, so the relay's connection comes first.
    let relay = vhost.broker();
    let channel = relay.channel().await.unwrap();
    let bindings: Vec<_> = Queue::ALL
        .iter()
        .filter(|queue| queue.bindings().contains(&"auth.user.*"))
        .collect();
    for queue in &bindings {
        channel
            .queue_unbind(
                queue.name().into(),
                EXCHANGE.into(),
                "auth.user.*".into(),
                lapin::types::FieldTable::default(),
            )
            .await
            .unwrap();
    }
    commit(&pool, &["ada"]).await;
    let signal = Relay::spawn(pool.clone(), relay, shutdown.clone());
    let tried = async || {
        let reason: Option<String> =
            sqlx::query_scalar("SELECT last_error FROM outbox WHERE attempts > 0")
                .fetch_optional(&pool)
                .await?
                .flatten();
        Ok(reason.is_some_and(|reason| reason.contains("NO_ROUTE")))
    };
    eventually("it is refused and stays", PATIENCE, tried)
        .await
        .unwrap();
    for queue in bindings {
        channel
            .queue_bind(
                queue.name().into(),
                EXCHANGE.into(),
                "auth.user.*".into(),
                QueueBindOptions::default(),
                lapin::types::FieldTable::default(),
            )
            .await
            .unwrap();
    }
    signal.wake();
    is_empty(&pool).await;
    assert!(
        broker::take(&channel, Queue::Catalog.name())
            .await
            .unwrap()
            .is_some()
    );
    shutdown.trigger();
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_broker_that_takes_nothing_loses_nothing(pool: PgPool) {
    let vhost = Vhost::create().await.unwrap();
    let shutdown = Shutdown::new();
    let relay = vhost.broker();
    let channel = relay.channel().await.unwrap();
    vhost.allow(false).await.unwrap();
    let signal = Relay::spawn(pool.clone(), relay, shutdown.clone());
    commit(&pool, &["ada", "ben"]).await;
    signal.wake();
    let refused = async || {
        // The broker closes the channel of who may not publish.
        let closed = channel
            .basic_publish(
                EXCHANGE.into(),
                "auth.user.x".into(),
                lapin::options::BasicPublishOptions::default(),
                b"",
                lapin::BasicProperties::default(),
            )
            .await;
        Ok(match closed {
            Ok(confirm) => confirm.await.is_err(),
            Err(_) => true,
        })
    };
    eventually("the broker refuses", PATIENCE, refused)
        .await
        .unwrap();
    assert_eq!(waiting(&pool).await, 2);
    vhost.allow(true).await.unwrap();
    is_empty(&pool).await;
    let channel = vhost.broker().channel().await.unwrap();
    let mut names = BTreeSet::new();
    while let Some(taken) = broker::take(&channel, Queue::Worker.name()).await.unwrap() {
        let body: serde_json::Value = serde_json::from_slice(&taken.delivery.data).unwrap();
        names.insert(body["name"].as_str().unwrap().to_owned());
    }
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["ada", "ben"]);
    shutdown.trigger();
}
