//! A platform with something on sale, and what buyers do there.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use contracts::{BookingId, PaymentId};
use serde_json::json;
use sqlx::PgPool;
use testkit::{
    audit::Audit,
    platform::{Answer, OnSale, Options, Part, Person, Platform, comes_true, id, until_answered},
};

pub(super) const PRICE: i64 = 2500;
/// Places in each booking.
pub(super) const SEATS: u32 = 2;

pub(super) struct Shop {
    pub(super) platform: Platform,
    sale: OnSale,
    buyers: usize,
}

/// What became of a booking and its money.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) booking: String,
    pub(super) payments: BTreeMap<String, usize>,
    pub(super) valid_tickets: usize,
    /// Captured and not given back, by the provider's own books, in minor units.
    pub(super) kept_money: i64,
}

impl Outcome {
    /// Tickets and money.
    pub(super) fn sold() -> Self {
        Self {
            booking: "confirmed".into(),
            payments: BTreeMap::from([("captured".into(), 1)]),
            valid_tickets: SEATS as usize,
            kept_money: PRICE * i64::from(SEATS),
        }
    }
}

impl Shop {
    pub(super) async fn open(name: &str) -> Result<Self> {
        let options = Options::default()
            .with("RECONCILE_AFTER", "2s")
            .with("PROVIDER_TIMEOUT", "2s");
        let platform = Platform::start(name, options).await?;
        let sale = OnSale::publish(&platform, 10_000, PRICE).await?;
        Ok(Self {
            platform,
            sale,
            buyers: 0,
        })
    }

    /// Somebody new, with a hold.
    pub(super) async fn held(&mut self) -> Result<(Person, BookingId)> {
        self.buyers += 1;
        let buyer = Person::register(&self.platform, &format!("buyer{}", self.buyers)).await?;
        let held = buyer
            .hold(&self.platform, self.sale.event, SEATS)
            .await?
            .ok()?;
        Ok((buyer, id(&held["id"])?))
    }

    /// Pays in the background, as often as it takes.
    pub(super) fn paying(
        &self,
        buyer: &Person,
        booking: BookingId,
        method: &'static str,
    ) -> tokio::task::JoinHandle<Result<Answer>> {
        let url = format!("{}/payments", self.platform.url(Part::Payment));
        let body = json!({"booking_id": booking, "payment_method": method});
        let buyer = buyer.clone();
        tokio::spawn(async move { until_answered(&buyer, &url, &body).await })
    }

    /// Buys, and waits until the money is taken.
    pub(super) async fn bought(&mut self) -> Result<(Person, BookingId, PaymentId)> {
        let (buyer, booking) = self.held().await?;
        let paid = self.paying(&buyer, booking, "pm_card_visa").await??.ok()?;
        self.ends_as(&buyer, booking, &Outcome::sold()).await?;
        Ok((buyer, booking, id(&paid["id"])?))
    }

    /// Asks for all of the money back in the background, as often as it takes.
    pub(super) fn refunding(
        &self,
        buyer: &Person,
        payment: PaymentId,
    ) -> tokio::task::JoinHandle<Result<Answer>> {
        let url = format!(
            "{}/payments/{payment}/refunds",
            self.platform.url(Part::Payment)
        );
        let buyer = buyer.clone();
        tokio::spawn(async move { until_answered(&buyer, &url, &json!({})).await })
    }

    /// Gives a hold back in the background, as often as it takes.
    pub(super) fn releasing(
        &self,
        buyer: &Person,
        booking: BookingId,
    ) -> tokio::task::JoinHandle<Result<Answer>> {
        let url = format!(
            "{}/bookings/{booking}/cancel",
            self.platform.url(Part::Booking)
        );
        let buyer = buyer.clone();
        tokio::spawn(async move { until_answered(&buyer, &url, &json!({})).await })
    }

    pub(super) async fn outcome(&self, buyer: &Person, booking: BookingId) -> Result<Outcome> {
        let status = buyer.booking(&self.platform, booking).await?["status"].clone();
        let mut payments = BTreeMap::new();
        let mut kept_money = 0;
        let sandbox = self.platform.databases.pool("sandbox").await?;
        for payment in buyer.payments(&self.platform, booking).await? {
            let status = payment["status"]
                .as_str()
                .context("a payment has a status")?;
            *payments.entry(status.to_owned()).or_insert(0) += 1;
            kept_money += kept(
                &sandbox,
                payment["id"].as_str().context("a payment has an id")?,
            )
            .await?;
        }
        let tickets = buyer
            .tickets(&self.platform, booking)
            .await
            .unwrap_or_default();
        Ok(Outcome {
            booking: status
                .as_str()
                .context("a booking has a status")?
                .to_owned(),
            payments,
            valid_tickets: tickets
                .iter()
                .filter(|ticket| ticket["status"] == "valid")
                .count(),
            kept_money,
        })
    }

    /// Waits for an outcome; when it does not come, says what there is.
    pub(super) async fn ends_as(
        &self,
        buyer: &Person,
        booking: BookingId,
        expected: &Outcome,
    ) -> Result<()> {
        let came = comes_true("the expected end", async || {
            Ok(self.outcome(buyer, booking).await? == *expected)
        })
        .await;
        if came.is_err() {
            let outcome = self.outcome(buyer, booking).await?;
            ensure!(
                outcome == *expected,
                "ended as {outcome:?}, not as {expected:?}"
            );
        }
        Ok(())
    }

    pub(super) async fn audit(&self) -> Result<()> {
        Audit::of(&self.platform).await?.passes().await
    }
}

/// What the provider took for a payment and did not give back.
async fn kept(sandbox: &PgPool, payment: &str) -> Result<i64> {
    let sum: Option<i64> = sqlx::query_scalar(
        "SELECT sum(CASE l.kind WHEN 'captured' THEN l.amount WHEN 'refunded' THEN -l.amount ELSE 0 END)::bigint
         FROM ledger l JOIN intents i ON i.id = l.intent_id WHERE i.reference = $1",
    )
    .bind(payment)
    .fetch_one(sandbox)
    .await?;
    Ok(sum.unwrap_or(0))
}
