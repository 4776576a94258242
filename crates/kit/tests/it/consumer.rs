//! Messages are handled, retried or put aside with the reason; none is lost and none holds up the others.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use contracts::{Message, topology::Queue};
use kit::{
    consumer::{self, Delivery, Failure, REASON, RETRIES},
    process::Shutdown,
};
use lapin::{
    BasicProperties, Channel,
    message::BasicGetMessage,
    types::{AMQPValue, FieldTable},
};
use testkit::{Vhost, broker, eventually};

use crate::{PATIENCE, message};

const QUEUE: Queue = Queue::Catalog;

async fn send(channel: &Channel, name: &str) {
    send_with(channel, name, FieldTable::default()).await;
}

async fn send_with(channel: &Channel, name: &str, headers: FieldTable) {
    let body = serde_json::to_vec(&message(name)).unwrap();
    let properties = BasicProperties::default()
        .with_message_id(name.into())
        .with_headers(headers);
    broker::put(channel, QUEUE.name(), &body, properties)
        .await
        .unwrap();
}

/// What a handler saw.
#[derive(Clone, Default)]
struct Seen(Arc<std::sync::Mutex<Vec<String>>>);

impl Seen {
    fn add(&self, name: &str) {
        self.0.lock().unwrap().push(name.to_owned());
    }

    async fn are(&self, count: usize) -> Vec<String> {
        let seen = || self.0.lock().unwrap().clone();
        eventually(&format!("{count} are handled"), PATIENCE, async || {
            Ok(seen().len() >= count)
        })
        .await
        .unwrap();
        seen()
    }
}

fn name(delivery: &Delivery) -> String {
    match &delivery.message {
        Message::UserRegistered(user) => user.name.clone(),
        other => other.routing_key().to_owned(),
    }
}

async fn dead(channel: &Channel) -> (BasicGetMessage, String) {
    let found = std::sync::Mutex::new(None);
    eventually("a dead letter", PATIENCE, async || {
        let taken = broker::take(channel, &QUEUE.dead_name()).await?;
        let there = taken.is_some();
        *found.lock().unwrap() = taken;
        Ok(there)
    })
    .await
    .unwrap();
    let taken: BasicGetMessage = found.into_inner().unwrap().unwrap();
    let headers = taken
        .delivery
        .properties
        .headers()
        .clone()
        .unwrap_or_default();
    let Some(AMQPValue::LongString(reason)) = headers.inner().get(REASON) else {
        panic!("a dead letter without a reason");
    };
    let reason = String::from_utf8_lossy(reason.as_bytes()).into_owned();
    (taken, reason)
}

#[tokio::test]
async fn a_failure_is_retried_and_nothing_waits_for_it() {
    let vhost = Vhost::create().await.unwrap();
    let (channel, shutdown, seen) = (
        vhost.broker().channel().await.unwrap(),
        Shutdown::new(),
        Seen::default(),
    );
    let tries = Arc::new(AtomicUsize::new(0));
    let handler = {
        let (seen, tries) = (seen.clone(), tries.clone());
        move |delivery: Delivery| {
            let (seen, tries) = (seen.clone(), tries.clone());
            async move {
                if name(&delivery) == "shaky" && tries.fetch_add(1, Ordering::SeqCst) == 0 {
                    return Err(Failure::Retry(anyhow::anyhow!("not now")));
                }
                assert!(
                    name(&delivery) != "panics" || tries.fetch_add(1, Ordering::SeqCst) > 2,
                    "a fault of ours"
                );
                seen.add(&name(&delivery));
                Ok(())
            }
        }
    };
    let running = tokio::spawn(consumer::run(
        vhost.broker(),
        QUEUE,
        1,
        shutdown.clone(),
        handler,
    ));
    send(&channel, "shaky").await;
    send(&channel, "sound").await;
    assert_eq!(seen.are(2).await, ["sound", "shaky"]);
    tries.store(2, Ordering::SeqCst);
    send(&channel, "panics").await;
    send(&channel, "second").await;
    assert_eq!(seen.are(4).await[2..], ["second", "panics"]);
    shutdown.trigger();
    running.await.unwrap();
}

#[tokio::test]
async fn what_fails_for_good_is_put_aside_with_the_reason() {
    let vhost = Vhost::create().await.unwrap();
    let (channel, shutdown) = (vhost.broker().channel().await.unwrap(), Shutdown::new());
    let handler = |delivery: Delivery| async move {
        match name(&delivery).as_str() {
            "hopeless" => Err(Failure::Reject("it names nobody".into())),
            _ => Err(Failure::Retry(anyhow::anyhow!("the disk is full"))),
        }
    };
    let running = tokio::spawn(consumer::run(
        vhost.broker(),
        QUEUE,
        8,
        shutdown.clone(),
        handler,
    ));
    send(&channel, "hopeless").await;
    assert_eq!(dead(&channel).await.1, "it names nobody");

    let mut headers = FieldTable::default();
    headers.insert(RETRIES.into(), AMQPValue::LongLongInt(5));
    send_with(&channel, "tired", headers).await;
    let (letter, reason) = dead(&channel).await;
    assert_eq!(reason, "the disk is full");
    assert_eq!(
        letter
            .delivery
            .properties
            .message_id()
            .as_ref()
            .unwrap()
            .as_str(),
        "tired"
    );

    broker::put(
        &channel,
        QUEUE.name(),
        b"{\"type\":\"no.such\"",
        BasicProperties::default(),
    )
    .await
    .unwrap();
    let (letter, reason) = dead(&channel).await;
    assert!(reason.starts_with("it can't be read"), "{reason}");
    assert_eq!(letter.delivery.data, b"{\"type\":\"no.such\"");
    shutdown.trigger();
    running.await.unwrap();
}

#[tokio::test]
async fn what_was_begun_is_finished_at_shutdown() {
    let vhost = Vhost::create().await.unwrap();
    let (channel, shutdown, seen) = (
        vhost.broker().channel().await.unwrap(),
        Shutdown::new(),
        Seen::default(),
    );
    let begun = Arc::new(tokio::sync::Notify::new());
    let go_on = Arc::new(tokio::sync::Notify::new());
    let handler = {
        let (seen, begun, go_on) = (seen.clone(), begun.clone(), go_on.clone());
        move |delivery: Delivery| {
            let (seen, begun, go_on) = (seen.clone(), begun.clone(), go_on.clone());
            async move {
                begun.notify_one();
                go_on.notified().await;
                seen.add(&name(&delivery));
                Ok(())
            }
        }
    };
    let running = tokio::spawn(consumer::run(
        vhost.broker(),
        QUEUE,
        1,
        shutdown.clone(),
        handler,
    ));
    send(&channel, "long").await;
    begun.notified().await;
    shutdown.trigger();
    go_on.notify_one();
    running.await.unwrap();
    assert_eq!(seen.are(1).await, ["long"]);
    assert!(
        broker::take(&channel, QUEUE.name())
            .await
            .unwrap()
            .is_none(),
        "it was acknowledged"
    );
}

#[tokio::test]
async fn a_broker_that_went_away_is_consumed_from_again() {
    let vhost = Vhost::create().await.unwrap();
    let (shutdown, seen) = (Shutdown::new(), Seen::default());
    let handler = {
        let seen = seen.clone();
        move |delivery: Delivery| {
            seen.add(&name(&delivery));
            std::future::ready(Ok::<_, Failure>(()))
        }
    };
    let running = tokio::spawn(consumer::run(
        vhost.broker(),
        QUEUE,
        8,
        shutdown.clone(),
        handler,
    ));
    send(&vhost.broker().channel().await.unwrap(), "before").await;
    seen.are(1).await;
    assert!(vhost.disconnect_all().await.unwrap() > 0);
    send(&vhost.broker().channel().await.unwrap(), "after").await;
    assert_eq!(seen.are(2).await, ["before", "after"]);
    shutdown.trigger();
    running.await.unwrap();
}
