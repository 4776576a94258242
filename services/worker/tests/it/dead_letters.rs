//! What can't be handled is put aside with a reason, holds nothing else up, and can be given another try.

use anyhow::Result;
use contracts::{Message, UserId};
use kit::config::BrokerConfig;
use lapin::BasicProperties;
use sqlx::PgPool;
use testkit::{broker::take, eventually};
use worker::dead_letters::{self, Action, Service};

use crate::shop::{PATIENCE, Shop};

#[sqlx::test(migrations = "../../migrations/worker")]
async fn poison_dies_at_once_and_holds_nothing_up(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    for poison in [
        "",
        "no json",
        "{}",
        r#"{"type":"no.such.thing"}"#,
        r#"{"booking_id":1,"user_id":2,"event_id":3,"seats":-1}"#,
    ] {
        shop.put(poison.into(), BasicProperties::default()).await?;
    }
    shop.send(&Message::BookingConfirmed(shop.confirmed()))
        .await?;
    shop.mails(1).await?;
    for _ in 0..5 {
        let mut dead = None;
        eventually("a dead letter", PATIENCE, async || {
            dead = take(&shop.channel, "booking_queue.dead").await?;
            Ok(dead.is_some())
        })
        .await?;
        let headers = dead
            .and_then(|dead| dead.delivery.properties.headers().clone())
            .unwrap_or_default();
        assert!(headers.inner().contains_key(kit::consumer::REASON));
    }
    Ok(())
}

/// Whoever is not known yet is waited for; a dead letter that is replayed is handled.
#[sqlx::test(migrations = "../../migrations/worker")]
async fn a_replayed_letter_is_handled(pool: PgPool) -> Result<()> {
    let shop = Shop::open(&pool).await?;
    let mut confirmed = shop.confirmed();
    confirmed.booking.user_id = UserId::new();
    let mut user = shop.user.clone();
    (user.user_id, user.email) = (confirmed.booking.user_id, "bob@example.com".into());

    let body = serde_json::to_vec(&Message::BookingConfirmed(confirmed))?;
    let properties = BasicProperties::default().with_message_id("the-one".into());
    testkit::broker::put(&shop.channel, "booking_queue.dead", &body, properties).await?;
    shop.send(&Message::UserRegistered(user)).await?;

    let config = BrokerConfig {
        url: shop.vhost.amqp_url().to_owned().into(),
    };
    let replay = |id: &str| Action::Replay {
        queue: Service::Worker,
        id: Some(id.into()),
    };
    assert!(
        dead_letters::run(&config, &replay("another"), &shop.shutdown)
            .await
            .is_err()
    );
    dead_letters::run(
        &config,
        &Action::List {
            queue: Service::Worker,
        },
        &shop.shutdown,
    )
    .await?;
    dead_letters::run(&config, &replay("the-one"), &shop.shutdown).await?;
    assert_eq!(shop.mails(1).await?[0].to, ["bob@example.com"]);
    assert!(take(&shop.channel, "booking_queue.dead").await?.is_none());
    Ok(())
}
