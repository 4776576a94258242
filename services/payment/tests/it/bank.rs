//! A payment provider in the test's own process, which does what the test says.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use contracts::{Money, PaymentId};
use payment::{
    domain::payment::{Failure, ProviderState},
    providers::{
        Answer, Authorisation, Event, Intent, Provider, ProviderError, RefundState, Repayment,
        SIGNATURE_HEADER, Sandbox, WebhookError, signature,
    },
};
use serde_json::{Value, json};
use testkit::Api;

pub(crate) const SECRET: &str = "whsec_of_the_tests";

/// What happens to the next call of a kind; without one, it goes well.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The card is declined with this code.
    Decline(&'static str),
    /// The buyer has to confirm.
    Challenge,
    /// It is done, but the answer gets lost.
    LostAnswer,
    /// Nobody is there: nothing is done.
    Unreachable,
    /// Refused for good.
    Refuse(&'static str),
    /// It does not know the payment method.
    UnknownMethod,
    /// It is accepted, and paid later.
    Pending,
    /// It takes this long, and goes well.
    Slow(Duration),
}

#[derive(Default)]
struct Books {
    intents: HashMap<PaymentId, Intent>,
    /// Money that went back, by idempotency key.
    repaid: HashMap<String, (String, i64)>,
    /// Keys of refunds whose first answer was that they are pending, which is the answer for ever.
    pending: HashSet<String>,
    /// Every call that changed something, with its key.
    ledger: Vec<(&'static str, String)>,
    faults: HashMap<&'static str, VecDeque<Fault>>,
}

#[derive(Clone)]
pub(crate) struct Bank {
    books: Arc<Mutex<Books>>,
    signatures: Arc<Sandbox>,
}

impl Bank {
    pub(crate) fn new() -> Self {
        let url = "http://127.0.0.1:9".parse().unwrap();
        let timeout = Duration::from_secs(1);
        let sandbox = Sandbox::new(url, "unused".into(), SECRET.into(), timeout).unwrap();
        Self {
            books: Arc::default(),
            signatures: Arc::new(sandbox),
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// Makes the next call of a kind (`authorise`, `fetch`, `capture`, `void`, `refund`) go like this; several queue up.
    pub(crate) fn next(&self, kind: &'static str, fault: Fault) {
        self.books()
            .faults
            .entry(kind)
            .or_default()
            .push_back(fault);
    }

    fn fault(&self, kind: &'static str) -> Option<Fault> {
        self.books().faults.get_mut(kind)?.pop_front()
    }

    /// What it knows about a payment.
    pub(crate) fn state(&self, id: PaymentId) -> Option<ProviderState> {
        Some(self.books().intents.get(&id)?.state.clone())
    }

    /// Something happened there by itself.
    pub(crate) fn set(&self, id: PaymentId, state: ProviderState) {
        self.books().intents.get_mut(&id).unwrap().state = state;
    }

    pub(crate) fn set_amount(&self, id: PaymentId, amount: i64) {
        self.books().intents.get_mut(&id).unwrap().amount.amount = amount;
    }

    /// It never heard of the payment.
    pub(crate) fn forget(&self, id: PaymentId) {
        self.books().intents.remove(&id);
    }

    /// Captures under a key, as a process did that died after it.
    pub(crate) async fn capture_as(&self, id: PaymentId, key: &str) {
        self.capture(&format!("pi_{id}"), key).await.unwrap();
    }

    /// How often money was moved like this.
    pub(crate) fn count(&self, kind: &str) -> usize {
        let books = self.books();
        books.ledger.iter().filter(|(did, _)| *did == kind).count()
    }

    /// All money that went back, in minor units.
    pub(crate) fn repaid(&self) -> i64 {
        self.books().repaid.values().map(|(_, sum)| sum).sum()
    }

    fn change(
        &self,
        kind: &'static str,
        reference: &str,
        key: &str,
        from: &ProviderState,
        to: ProviderState,
    ) -> Result<Intent, ProviderError> {
        let mut books = self.books();
        let intent = books
            .intents
            .values_mut()
            .find(|intent| intent.reference == reference)
            .ok_or_else(|| refusal("unknown"))?;
        let answer = if intent.state == to {
            return Ok(intent.clone());
        } else if intent.state == *from || matches!(to, ProviderState::Cancelled) {
            intent.state = to;
            intent.clone()
        } else {
            return Err(refusal("wrong_state"));
        };
        books.ledger.push((kind, key.to_owned()));
        Ok(answer)
    }
}

fn refusal(code: &str) -> ProviderError {
    ProviderError::Refused(Failure::new(code, "Refused."))
}

fn unclear() -> ProviderError {
    ProviderError::Unclear(anyhow::anyhow!("the answer got lost"))
}

fn unreachable() -> ProviderError {
    ProviderError::NotSent(anyhow::anyhow!("nobody is there"))
}

/// Applies a fault that is the same for all calls that change a payment.
async fn outcome<T>(
    fault: Option<Fault>,
    act: impl FnOnce() -> Result<T, ProviderError>,
) -> Result<T, ProviderError> {
    match fault {
        Some(Fault::Unreachable) => Err(unreachable()),
        Some(Fault::Refuse(code)) => Err(refusal(code)),
        Some(Fault::LostAnswer) => act().and_then(|_| Err(unclear())),
        Some(Fault::Slow(time)) => {
            tokio::time::sleep(time).await;
            act()
        }
        _ => act(),
    }
}

impl Provider for Bank {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn test_mode(&self) -> bool {
        true
    }

    fn authorise<'a>(&'a self, order: &'a Authorisation) -> Answer<'a, Intent> {
        let fault = self.fault("authorise");
        let state = match &fault {
            Some(Fault::Decline(code)) => {
                ProviderState::Failed(Failure::new(*code, "The card was declined."))
            }
            Some(Fault::Challenge) => {
                ProviderState::RequiresAction("http://bank.example/confirm".into())
            }
            _ => ProviderState::Authorised,
        };
        Box::pin(async move {
            if matches!(fault, Some(Fault::UnknownMethod)) {
                return Err(ProviderError::UnknownMethod);
            }
            outcome(fault, || {
                let mut books = self.books();
                if let Some(known) = books.intents.get(&order.payment_id) {
                    return Ok(known.clone());
                }
                let intent = Intent {
                    reference: format!("pi_{}", order.payment_id),
                    amount: order.amount,
                    state,
                };
                books.intents.insert(order.payment_id, intent.clone());
                books
                    .ledger
                    .push(("authorise", order.payment_id.to_string()));
                Ok(intent)
            })
            .await
        })
    }

    fn fetch(&self, payment: PaymentId) -> Answer<'_, Option<Intent>> {
        let fault = self.fault("fetch");
        Box::pin(outcome(fault, move || {
            Ok(self.books().intents.get(&payment).cloned())
        }))
    }

    fn capture<'a>(&'a self, reference: &'a str, key: &'a str) -> Answer<'a, Intent> {
        let fault = self.fault("capture");
        Box::pin(outcome(fault, move || {
            let (from, to) = (ProviderState::Authorised, ProviderState::Captured);
            self.change("capture", reference, key, &from, to)
        }))
    }

    fn void<'a>(&'a self, reference: &'a str, key: &'a str) -> Answer<'a, Intent> {
        let fault = self.fault("void");
        Box::pin(outcome(fault, move || {
            let (from, to) = (ProviderState::Authorised, ProviderState::Cancelled);
            self.change("void", reference, key, &from, to)
        }))
    }

    fn refund<'a>(&'a self, _: &'a str, amount: Money, key: &'a str) -> Answer<'a, Repayment> {
        let fault = self.fault("refund");
        let pending = matches!(fault, Some(Fault::Pending));
        Box::pin(outcome(fault, move || {
            let mut books = self.books();
            if pending {
                books.pending.insert(key.to_owned());
            }
            let state = if books.pending.contains(key) {
                RefundState::Pending
            } else {
                RefundState::Succeeded
            };
            let number = books.repaid.len();
            let (reference, _) = books
                .repaid
                .entry(key.to_owned())
                .or_insert_with(|| (format!("re_{number}"), amount.amount));
            Ok(Repayment {
                reference: reference.clone(),
                state,
            })
        }))
    }

    fn fetch_refund<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Repayment>> {
        let state = match self.fault("fetch_refund") {
            Some(Fault::Pending) => RefundState::Pending,
            _ => RefundState::Succeeded,
        };
        Box::pin(async move {
            Ok(self
                .books()
                .repaid
                .get(key)
                .map(|(reference, _)| Repayment {
                    reference: reference.clone(),
                    state,
                }))
        })
    }

    fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Event, WebhookError> {
        self.signatures.verify(headers, body, now)
    }
}

/// An event about a payment, as the provider sends it.
pub(crate) fn event(id: &str, payment: PaymentId) -> Value {
    json!({
        "id": id, "type": "payment_intent.updated",
        "data": {"object": {"id": format!("pi_{payment}"), "reference": payment}},
    })
}

/// Sends an event with a signature of `at`.
pub(crate) async fn send(api: &Api, event: &Value, at: DateTime<Utc>) -> testkit::Answer {
    let body = event.to_string();
    let signature = signature::sign(&SECRET.into(), body.as_bytes(), at);
    api.request(axum::http::Method::POST, "/webhooks/sandbox")
        .header(SIGNATURE_HEADER, &signature)
        .body(body)
        .send()
        .await
}
