//! kill -9 right before each write.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use testkit::platform::Stall;

use super::{
    shop::{Outcome, Shop},
    steps::{CAPTURE_REFUSED, PAY, REFUND, Step, VOID},
};

impl Shop {
    async fn stall(&self, step: &Step) -> Result<Stall> {
        let url = self.platform.databases.url(step.database);
        Stall::before(&url, step.write, step.table, step.condition).await
    }

    /// Waits for the write, kills the process before it, and starts it again.
    async fn kill_at(&mut self, step: &Step, mut stall: Stall) -> Result<()> {
        stall.reached().await?;
        self.platform.kill(step.part).await?;
        // Only who died loses the write; another's waits until it may go on.
        if step.part.database() == step.database {
            stall.end_waiting().await?;
        }
        stall.lift().await?;
        self.platform.restart(step.part).await
    }
}

fn neither(booking: &str, payment: &str) -> Outcome {
    Outcome {
        booking: booking.into(),
        payments: BTreeMap::from([(payment.into(), 1)]),
        valid_tickets: 0,
        kept_money: 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_finished_whoever_dies() -> Result<()> {
    let mut shop = Shop::open("saga_pay").await?;
    for step in PAY {
        let (buyer, booking) = shop.held().await?;
        let stall = shop.stall(step).await?;
        let paying = shop.paying(&buyer, booking, "pm_card_visa");
        let killed = async {
            shop.kill_at(step, stall).await?;
            paying.await??.ok()?;
            shop.ends_as(&buyer, booking, &Outcome::sold()).await
        };
        killed.await.with_context(|| format!("{step:?}"))?;
    }
    shop.audit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_finished_whoever_dies() -> Result<()> {
    let mut shop = Shop::open("saga_refund").await?;
    for step in REFUND {
        let (buyer, booking, payment) = shop.bought().await?;
        let stall = shop.stall(step).await?;
        let refunding = shop.refunding(&buyer, payment);
        let killed = async {
            shop.kill_at(step, stall).await?;
            refunding.await??.ok()?;
            shop.ends_as(&buyer, booking, &neither("cancelled", "captured"))
                .await
        };
        killed.await.with_context(|| format!("{step:?}"))?;
    }
    shop.audit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_without_a_booking_is_voided_whoever_dies() -> Result<()> {
    let mut shop = Shop::open("saga_void").await?;
    for step in VOID {
        let (buyer, booking) = shop.held().await?;
        // Booking hears of the authorisation only after the buyer has given the hold back.
        shop.platform.vhost.allow(false).await?;
        shop.platform.vhost.disconnect_all().await?;
        shop.paying(&buyer, booking, "pm_card_visa").await??.ok()?;
        shop.releasing(&buyer, booking).await??.ok()?;
        let stall = shop.stall(step).await?;
        shop.platform.vhost.allow(true).await?;
        let killed = async {
            shop.kill_at(step, stall).await?;
            shop.ends_as(&buyer, booking, &neither("released", "voided"))
                .await
        };
        killed.await.with_context(|| format!("{step:?}"))?;
    }
    shop.audit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_capture_cancels_the_booking_whoever_dies() -> Result<()> {
    let mut shop = Shop::open("saga_capture_refused").await?;
    for step in CAPTURE_REFUSED {
        let (buyer, booking) = shop.held().await?;
        let stall = shop.stall(step).await?;
        let paying = shop.paying(&buyer, booking, "pm_sandbox_captureRefused");
        let killed = async {
            shop.kill_at(step, stall).await?;
            paying.await??.ok()?;
            shop.ends_as(&buyer, booking, &neither("cancelled", "failed"))
                .await
        };
        killed.await.with_context(|| format!("{step:?}"))?;
    }
    shop.audit().await
}
