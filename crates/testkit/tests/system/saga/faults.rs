//! The provider misbehaves: answers that come too late or never, webhooks that come late, twice and out of order; and a broker
//! that takes nothing.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use super::shop::{Outcome, Shop};

/// Methods after which there are tickets and money, however roundabout.
const ENDS_WELL: &[&str] = &[
    "pm_card_visa",
    "pm_sandbox_asyncSuccess",
    "pm_sandbox_timeoutAfterCharge",
    "pm_sandbox_timeoutBeforeCharge",
    "pm_sandbox_webhooksTwice",
    "pm_sandbox_webhooksLate",
    "pm_sandbox_webhooksOutOfOrder",
    "pm_sandbox_captureFailsTwice",
];

/// Methods after which there is neither, and the hold is still there to try again.
const DECLINED: &[&str] = &[
    "pm_card_chargeDeclined",
    "pm_card_chargeDeclinedInsufficientFunds",
    "pm_sandbox_asyncFailure",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_the_provider_ends_with_both_or_neither() -> Result<()> {
    let mut shop = Shop::open("saga_faults").await?;
    for method in ENDS_WELL {
        let (buyer, booking) = shop.held().await?;
        let ended = async {
            shop.paying(&buyer, booking, method).await??.ok()?;
            shop.ends_as(&buyer, booking, &Outcome::sold()).await
        };
        ended.await.with_context(|| (*method).to_owned())?;
    }
    for method in DECLINED {
        let (buyer, booking) = shop.held().await?;
        let declined = Outcome {
            booking: "held".into(),
            payments: BTreeMap::from([("failed".into(), 1)]),
            valid_tickets: 0,
            kept_money: 0,
        };
        let ended = async {
            let answer = shop.paying(&buyer, booking, method).await??;
            ensure!([202, 402].contains(&answer.status.as_u16()), "{answer:?}");
            shop.ends_as(&buyer, booking, &declined).await?;
            // The hold is kept, and another card works.
            shop.paying(&buyer, booking, "pm_card_visa").await??.ok()?;
            let sold = Outcome {
                payments: BTreeMap::from([("failed".into(), 1), ("captured".into(), 1)]),
                ..Outcome::sold()
            };
            shop.ends_as(&buyer, booking, &sold).await
        };
        ended.await.with_context(|| (*method).to_owned())?;
    }
    shop.audit().await
}

/// The provider gives money back only later, and no webhook may be waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_takes_its_time_ends() -> Result<()> {
    let mut shop = Shop::open("saga_refund_later").await?;
    let (buyer, booking) = shop.held().await?;
    let paid = shop
        .paying(&buyer, booking, "pm_sandbox_refundLater")
        .await??
        .ok()?;
    shop.ends_as(&buyer, booking, &Outcome::sold()).await?;
    shop.refunding(&buyer, testkit::platform::id(&paid["id"])?)
        .await??
        .ok()?;
    let refunded = Outcome {
        booking: "cancelled".into(),
        payments: BTreeMap::from([("captured".into(), 1)]),
        valid_tickets: 0,
        kept_money: 0,
    };
    shop.ends_as(&buyer, booking, &refunded).await?;
    shop.audit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_is_published_when_the_broker_is_back() -> Result<()> {
    use testkit::platform::Part;

    let mut shop = Shop::open("saga_broker").await?;
    for killed in [Part::Payment, Part::Booking] {
        let (buyer, booking) = shop.held().await?;
        // Without its connections, since the broker asks once a channel whether it may publish.
        shop.platform.vhost.allow(false).await?;
        shop.platform.vhost.disconnect_all().await?;
        shop.paying(&buyer, booking, "pm_card_visa").await??.ok()?;
        shop.platform.kill(killed).await?;
        shop.platform.vhost.allow(true).await?;
        shop.platform.restart(killed).await?;
        shop.ends_as(&buyer, booking, &Outcome::sold())
            .await
            .with_context(|| format!("{killed:?}"))?;
    }
    shop.audit().await
}
