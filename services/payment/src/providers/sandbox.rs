//! The sandbox as a provider: a client of its HTTP API, which could as well be another company's.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use contracts::{Currency, Money, PaymentId};
use kit::{
    client::{Call, CallError, Client},
    config::BaseUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Answer, Authorisation, Event, Intent, Provider, ProviderError, RefundState, Repayment,
    WebhookError, signature,
};
use crate::domain::payment::{Failure, ProviderState};

/// The header that carries a webhook's signature.
pub const SIGNATURE_HEADER: &str = "sandbox-signature";

/// A client of the sandbox.
pub struct Sandbox {
    client: Client,
    url: BaseUrl,
    api_key: SecretString,
    webhook_secret: SecretString,
}

#[derive(Deserialize)]
struct IntentBody {
    id: String,
    status: String,
    amount: i64,
    currency: Currency,
    last_error: Option<ErrorBody>,
    next_action: Option<NextAction>,
}

#[derive(Deserialize)]
struct NextAction {
    url: String,
}

#[derive(Deserialize)]
struct ErrorBody {
    code: String,
    decline_code: Option<String>,
    message: String,
}

#[derive(Deserialize)]
struct RefundBody {
    id: String,
    status: String,
    last_error: Option<ErrorBody>,
}

#[derive(Deserialize)]
struct EventBody {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: EventObject,
}

#[derive(Deserialize)]
struct EventObject {
    /// Refunds carry their payment's.
    payment_reference: Option<String>,
    reference: Option<String>,
}

impl From<ErrorBody> for Failure {
    fn from(error: ErrorBody) -> Self {
        Self::new(error.decline_code.unwrap_or(error.code), error.message)
    }
}

impl TryFrom<IntentBody> for Intent {
    type Error = ProviderError;

    fn try_from(body: IntentBody) -> Result<Self, ProviderError> {
        let state = match body.status.as_str() {
            "processing" => ProviderState::Processing,
            "requires_action" => ProviderState::RequiresAction(
                body.next_action
                    .ok_or_else(|| unclear("a payment that requires an action names none"))?
                    .url,
            ),
            "requires_capture" => ProviderState::Authorised,
            "succeeded" => ProviderState::Captured,
            "failed" => ProviderState::Failed(body.last_error.map_or_else(
                || Failure::new("declined", "The payment was declined."),
                Failure::from,
            )),
            "canceled" => ProviderState::Cancelled,
            other => return Err(unclear(&format!("unknown status {other:?}"))),
        };
        Ok(Self {
            reference: body.id,
            amount: Money::new(body.amount, body.currency),
            state,
        })
    }
}

impl TryFrom<RefundBody> for Repayment {
    type Error = ProviderError;

    fn try_from(refund: RefundBody) -> Result<Self, ProviderError> {
        let state = match refund.status.as_str() {
            "pending" => RefundState::Pending,
            "succeeded" => RefundState::Succeeded,
            "failed" => RefundState::Failed(refund.last_error.map_or_else(
                || Failure::new("refund_failed", "The refund was refused."),
                Failure::from,
            )),
            other => return Err(unclear(&format!("unknown status {other:?} of a refund"))),
        };
        Ok(Self {
            reference: refund.id,
            state,
        })
    }
}

fn unclear(what: &str) -> ProviderError {
    ProviderError::Unclear(anyhow::anyhow!("{what}"))
}

impl Sandbox {
    /// `timeout` bounds each call; fails only when TLS can't be set up.
    pub fn new(
        url: BaseUrl,
        api_key: SecretString,
        webhook_secret: SecretString,
        timeout: Duration,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::with_timeout(timeout)?,
            url,
            api_key,
            webhook_secret,
        })
    }

    fn get(&self, path: &str) -> Call {
        self.client
            .get(self.url.join(path))
            .bearer(self.api_key.expose_secret())
    }

    fn post(&self, path: &str, key: &str, body: &Value) -> Call {
        self.client
            .post(self.url.join(path))
            .bearer(self.api_key.expose_secret())
            .idempotency_key(key)
            .body(body)
    }

    async fn intent(&self, call: Call) -> Result<Intent, ProviderError> {
        match call.json::<IntentBody>().await {
            Ok(body) => body.try_into(),
            // A decline comes with the payment that it is about.
            Err(CallError::Refused { status, body, .. })
                if status == StatusCode::PAYMENT_REQUIRED
                    && body["error"]["payment_intent"].is_object() =>
            {
                serde_json::from_value::<IntentBody>(body["error"]["payment_intent"].clone())
                    .map_err(|error| ProviderError::Unclear(error.into()))?
                    .try_into()
            }
            Err(error) => Err(refusal(error)),
        }
    }
}

/// Tells what was refused from what nobody knows.
fn refusal(error: CallError) -> ProviderError {
    match &error {
        CallError::Unreachable { source, .. } if source.is_connect() => {
            ProviderError::NotSent(error.into())
        }
        CallError::Refused { status, body, .. } if status.is_client_error() => {
            let code = body["error"]["code"].as_str().unwrap_or_default();
            match status.as_u16() {
                // It did nothing yet: too many calls, or the same key is being worked on.
                409 | 429 => ProviderError::Unclear(error.into()),
                // Our key or address is wrong, which somebody will put right.
                401 | 403 | 404 | 405 => ProviderError::NotSent(error.into()),
                _ if code == "payment_method_unknown" => ProviderError::UnknownMethod,
                _ => ProviderError::Refused(Failure::new(
                    if code.is_empty() { "refused" } else { code },
                    body["error"]["message"]
                        .as_str()
                        .unwrap_or("The payment provider refused."),
                )),
            }
        }
        _ => ProviderError::Unclear(error.into()),
    }
}

impl Provider for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn test_mode(&self) -> bool {
        true
    }

    fn authorise<'a>(&'a self, order: &'a Authorisation) -> Answer<'a, Intent> {
        let reference = order.payment_id.to_string();
        let body = json!({
            "amount": order.amount.amount,
            "currency": order.amount.currency,
            "payment_method": order.method,
            "reference": reference,
            "description": order.description,
            "return_url": order.return_url,
        });
        Box::pin(self.intent(self.post("/v1/payment_intents", &reference, &body)))
    }

    fn fetch(&self, payment: PaymentId) -> Answer<'_, Option<Intent>> {
        #[derive(Deserialize)]
        struct List {
            data: Vec<IntentBody>,
        }
        Box::pin(async move {
            let path = format!("/v1/payment_intents?reference={payment}");
            let list: List = self.get(&path).json().await.map_err(refusal)?;
            list.data
                .into_iter()
                .next()
                .map(TryInto::try_into)
                .transpose()
        })
    }

    fn capture<'a>(&'a self, reference: &'a str, key: &'a str) -> Answer<'a, Intent> {
        let path = format!("/v1/payment_intents/{reference}/capture");
        Box::pin(self.intent(self.post(&path, key, &json!({}))))
    }

    fn void<'a>(&'a self, reference: &'a str, key: &'a str) -> Answer<'a, Intent> {
        let path = format!("/v1/payment_intents/{reference}/cancel");
        Box::pin(self.intent(self.post(&path, key, &json!({}))))
    }

    fn refund<'a>(
        &'a self,
        reference: &'a str,
        amount: Money,
        key: &'a str,
    ) -> Answer<'a, Repayment> {
        Box::pin(async move {
            let body = json!({
                "payment_intent": reference,
                "amount": amount.amount,
                "currency": amount.currency,
                "reference": key,
            });
            let refund: RefundBody = self
                .post("/v1/refunds", key, &body)
                .json()
                .await
                .map_err(refusal)?;
            refund.try_into()
        })
    }

    fn fetch_refund<'a>(&'a self, key: &'a str) -> Answer<'a, Option<Repayment>> {
        #[derive(Deserialize)]
        struct List {
            data: Vec<RefundBody>,
        }
        Box::pin(async move {
            let path = format!("/v1/refunds?reference={key}");
            let list: List = self.get(&path).json().await.map_err(refusal)?;
            list.data
                .into_iter()
                .next()
                .map(TryInto::try_into)
                .transpose()
        })
    }

    fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Event, WebhookError> {
        let header = headers
            .get(SIGNATURE_HEADER)
            .and_then(|value| value.to_str().ok())
            .ok_or(WebhookError::Malformed)?;
        signature::verify(&self.webhook_secret, header, body, now)?;
        let event: EventBody =
            serde_json::from_slice(body).map_err(|_| WebhookError::Unreadable)?;
        if event.id.is_empty() || event.id.contains('\0') || event.kind.contains('\0') {
            return Err(WebhookError::Unreadable);
        }
        let object = event.data.object;
        let reference = object.payment_reference.or(object.reference);
        Ok(Event {
            id: event.id,
            kind: event.kind,
            payment_id: reference.and_then(|reference| reference.parse().ok()),
        })
    }
}
