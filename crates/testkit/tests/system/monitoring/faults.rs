//! A fault fires the alert that is about it and no other; without one none fires.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use contracts::topology::Queue;
use lapin::BasicProperties;
use serde_json::json;
use sqlx::Connection as _;
use testkit::{
    broker, dashboards,
    platform::{OnSale, Options, Part, Person, Platform, booking_id, comes_true, payment_id},
    prometheus::Prometheus,
};

use super::watch::Watch;

/// What has been told since the rules were first judged, and is expected.
struct Told<'a> {
    prometheus: &'a Prometheus,
    expected: BTreeSet<String>,
}

impl Told<'_> {
    /// Waits until it fires; nothing else may have, before or meanwhile.
    async fn fires(&mut self, alert: &str) -> Result<()> {
        let alone = BTreeSet::from([alert.to_owned()]);
        self.prometheus
            .comes_true(alert, async || Ok(self.prometheus.firing().await? == alone))
            .await?;
        self.expected.insert(alert.to_owned());
        self.nothing_else().await
    }

    /// Waits until nothing fires any more.
    async fn is_over(&self) -> Result<()> {
        self.prometheus
            .comes_true("nothing fires any more", async || {
                Ok(self.prometheus.firing().await?.is_empty())
            })
            .await?;
        self.nothing_else().await
    }

    async fn nothing_else(&self) -> Result<()> {
        let fired = self.prometheus.ever_fired().await?;
        ensure!(
            fired == self.expected,
            "{fired:?} fired, expected were {:?}",
            self.expected
        );
        Ok(())
    }
}

/// All but the operator's, which needs a cluster: its tests look at that one.
const DASHBOARDS: [&str; 4] = ["on-sale", "money", "services", "backends"];
/// Longer than any alert but those of hours waits before it fires, in seconds of a fast clock.
const AT_REST: u64 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_fires_its_alert_and_no_other() -> Result<()> {
    let mut platform = Platform::start("monitoring", Options::default()).await?;
    let watch = Watch::begin(&platform).await?;
    let prometheus = &watch.prometheus;
    let mut told = Told {
        prometheus,
        expected: BTreeSet::new(),
    };
    let sale = OnSale::publish(&platform, 100, 1500).await?;
    somebody_buys_and_cancels(&platform, &sale).await?;
    dashboards::show_something(prometheus, &DASHBOARDS).await?;
    prometheus.judges(AT_REST).await?;
    told.nothing_else().await?;

    platform.kill(Part::Worker).await?;
    told.fires("ServiceDown worker").await?;
    platform.restart(Part::Worker).await?;
    told.is_over().await?;

    let channel = platform.vhost.broker().channel().await?;
    let queue = Queue::Worker;
    broker::put(
        &channel,
        queue.name(),
        b"no message of ours",
        BasicProperties::default(),
    )
    .await?;
    told.fires("DeadLetters booking_queue").await?;
    let dead = broker::take(&channel, &queue.dead_name()).await?;
    ensure!(dead.is_some(), "there is no dead letter");
    told.is_over().await?;

    let url = platform.databases.url("booking");
    let mut holder = sqlx::PgConnection::connect(&url).await?;
    let buyer = Person::register(&platform, "ada").await?;
    let booking = booking_id(buyer.hold(&platform, sale.event, 1).await?)?;
    let mut lock = holder.begin().await?;
    sqlx::query("SELECT FROM stock FOR UPDATE")
        .execute(&mut *lock)
        .await?;
    let pool = platform.databases.pool("booking").await?;
    sqlx::query("UPDATE bookings SET expires_at = now() - interval '1 minute' WHERE id = $1")
        .bind(booking.as_uuid())
        .execute(&pool)
        .await?;
    told.fires("HoldsNotReturned").await?;
    lock.rollback().await?;
    told.is_over().await
}

/// All that a quiet evening has: a hold, a payment, a refund.
async fn somebody_buys_and_cancels(platform: &Platform, sale: &OnSale) -> Result<()> {
    let buyer = Person::register(platform, "ben").await?;
    let booking = booking_id(buyer.hold(platform, sale.event, 2).await?)?;
    let payment = payment_id(buyer.pay(platform, booking, "pm_card_visa").await?)?;
    let captured = async || {
        let payments = buyer.payments(platform, booking).await?;
        Ok(payments
            .iter()
            .any(|payment| payment["status"] == "captured"))
    };
    comes_true("the money is taken", captured).await?;
    let refunds = format!("{}/payments/{payment}/refunds", platform.url(Part::Payment));
    buyer.post(refunds, &json!({})).await?.ok()?;
    comes_true("the booking is cancelled", async || {
        Ok(buyer.booking(platform, booking).await?["status"] == "cancelled")
    })
    .await
}
