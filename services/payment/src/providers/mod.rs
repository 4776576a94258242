//! The edge to payment providers.
//!
//! Every change at a provider goes out under an idempotency key of ours, so that it can be sent again until its outcome is
//! known. Nothing here is called inside a database transaction.

mod sandbox;
pub mod signature;

use std::{pin::Pin, sync::Arc};

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use contracts::{Money, PaymentId};

pub use self::sandbox::{SIGNATURE_HEADER, Sandbox};
use crate::domain::payment::{Failure, ProviderState};

/// An order to reserve money.
#[derive(Clone, Debug)]
pub struct Authorisation {
    /// Our reference at the provider, and the idempotency key.
    pub payment_id: PaymentId,
    pub amount: Money,
    /// The provider's name for the buyer's means of payment; never card data.
    pub method: String,
    /// Where the buyer goes after confirming at the provider's page.
    pub return_url: Option<String>,
    /// What the buyer reads on the provider's page.
    pub description: String,
}

/// A payment as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The provider's name for it.
    pub reference: String,
    /// What was ordered.
    pub amount: Money,
    pub state: ProviderState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// Accepted, but not paid yet.
    Pending,
    Succeeded,
    /// Refused for good.
    Failed(Failure),
}

/// A refund as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repayment {
    pub reference: String,
    pub state: RefundState,
}

/// Something happened, says the provider. What exactly is always asked: events come late, twice and out of order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: String,
    pub kind: String,
    /// Our reference, when the event names one that can be ours.
    pub payment_id: Option<PaymentId>,
}

#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The provider does not know this means of payment; nothing was done.
    #[error("the provider does not know this payment method")]
    UnknownMethod,
    /// Refused for good; trying again changes nothing.
    #[error("refused: {} ({})", .0.message, .0.code)]
    Refused(Failure),
    /// The order did not reach the provider: nothing was done.
    #[error("the provider can't be reached: {0:#}")]
    NotSent(anyhow::Error),
    /// Nobody knows whether it was done; the same order with the same key finds out.
    #[error("no clear answer from the provider: {0:#}")]
    Unclear(anyhow::Error),
}

/// Why a webhook is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    #[error("the signature is missing or malformed")]
    Malformed,
    #[error("the signature is too old or from the future")]
    Stale,
    #[error("the signature does not fit the body")]
    Mismatch,
    #[error("the body is no event")]
    Unreadable,
}

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ProviderError>> + Send + 'a>>;

/// A payment provider. `key` is the idempotency key of an order.
pub trait Provider: Send + Sync {
    /// Its name in our API and in `POST /webhooks/{provider}`.
    fn name(&self) -> &'static str;

    /// Whether no real money moves.
    fn test_mode(&self) -> bool;

    /// Reserves money, or begins to.
    fn authorise<'a>(&'a self, order: &'a Authorisation) -> Answer<'a, Intent>;

    /// What it knows of a payment; `None` when it never heard of it.
    fn fetch(&self, payment: PaymentId) -> Answer<'_, Option<Intent>>;

    /// Takes the whole of what was reserved.
    fn capture<'a>(&'a self, reference: &'a str, key: &'a str) -> Answer<'a, Intent>;

    /// Lets go what was reserved, or ends an attempt that waits for the buyer.
    fn void<'a>(&'a self, reference: &'a str, key: &'a str) -> Answer<'a, Intent>;

    /// Gives back a part of what was taken. `key` is also our reference for it.
    fn refund<'a>(
        &'a self,
        reference: &'a str,
        amount: Money,
        key: &'a str,
    ) -> Answer<'a, Repayment>;

    /// What it knows of the refund under this key, for the answer to an order stays what it first was; `None` when it never heard
    /// of it.
    fn fetch_refund<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Repayment>>;

    /// Checks a webhook's signature over its raw body, and reads it.
    fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Event, WebhookError>;
}

/// The providers that payments may be with; new ones go to the first.
#[derive(Clone)]
pub struct Providers(Arc<[Arc<dyn Provider>]>);

impl Providers {
    pub fn new(first: Arc<dyn Provider>) -> Self {
        Self(Arc::new([first]))
    }

    /// The one that new payments go to.
    pub fn current(&self) -> &dyn Provider {
        &*self.0[0]
    }

    pub fn get(&self, name: &str) -> Option<&dyn Provider> {
        self.0
            .iter()
            .find(|provider| provider.name() == name)
            .map(|provider| &**provider)
    }
}
