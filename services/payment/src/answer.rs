//! A payment as its buyer sees it, and the answer to the request that began it.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use contracts::{BookingId, Money, PaymentId};
use kit::idempotency::Kept;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{App, domain::payment::Status, store::payments::Payment};

/// A payment for a booking. It ends as `captured`, `voided` or `failed`; a failed one may be followed by another.
#[derive(Serialize, ToSchema)]
#[schema(as = Payment)]
pub(crate) struct PaymentBody {
    id: PaymentId,
    booking_id: BookingId,
    status: Status,
    /// What is paid, as the checkout froze it
    amount: Money,
    /// Who moves the money
    #[schema(example = "sandbox")]
    provider: String,
    /// No real money moves
    test_mode: bool,
    /// What was given back so far
    refunded: Money,
    /// Why it failed; null otherwise
    #[schema(required)]
    failure: Option<FailureBody>,
    /// What the buyer has to do; null when nothing
    #[schema(required)]
    next_action: Option<NextAction>,
    created_at: DateTime<Utc>,
    #[schema(required)]
    captured_at: Option<DateTime<Utc>>,
}

/// Why a payment or refund failed
#[derive(Serialize, ToSchema)]
#[schema(as = Failure)]
pub(crate) struct FailureBody {
    /// Stable, for programs
    #[schema(example = "insufficient_funds")]
    pub(crate) code: String,
    /// For the buyer
    #[schema(example = "The card has insufficient funds.")]
    pub(crate) message: String,
}

/// What the buyer has to do
#[derive(Serialize, ToSchema)]
pub(crate) struct NextAction {
    r#type: NextActionType,
    /// Open this page; it leads back to `return_url`
    #[schema(
        format = "uri",
        example = "http://localhost:3000/sandbox/authenticate/pi_0c…"
    )]
    url: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NextActionType {
    Redirect,
}

impl PaymentBody {
    /// An error for a payment that checkout has not priced, which nobody but the request that began it may see.
    pub(crate) fn new(app: &App, payment: &Payment) -> sqlx::Result<Self> {
        let amount = payment.order()?.amount;
        let test_mode = app
            .providers
            .get(&payment.provider)
            .is_some_and(crate::providers::Provider::test_mode);
        Ok(Self {
            id: payment.id,
            booking_id: payment.booking_id,
            status: payment.status,
            amount,
            provider: payment.provider.clone(),
            test_mode,
            refunded: Money::new(payment.refunded, amount.currency),
            failure: payment.failure.as_ref().map(|failure| FailureBody {
                code: failure.code.clone(),
                message: failure.message.clone(),
            }),
            next_action: payment.next_action_url.clone().map(|url| NextAction {
                r#type: NextActionType::Redirect,
                url,
            }),
            created_at: payment.created_at,
            captured_at: payment.captured_at,
        })
    }
}

/// What `POST /payments` answers about a payment as it stands: 201 when the money is reserved, 202 while that is open, 402 when
/// it failed.
pub(crate) fn answer(app: &App, payment: &Payment) -> sqlx::Result<Kept> {
    let status = match payment.status {
        Status::Created | Status::RequiresAction => StatusCode::ACCEPTED,
        Status::Authorised | Status::Captured | Status::Voided => StatusCode::CREATED,
        Status::Failed => return Ok(declined(payment)),
    };
    let body = serde_json::to_value(PaymentBody::new(app, payment)?)
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    Ok(Kept { status, body })
}

/// The problem as JSON, so that it can be kept and sent again.
fn declined(payment: &Payment) -> Kept {
    let (code, message) = payment
        .failure
        .as_ref()
        .map_or(("declined", "The payment was declined."), |failure| {
            (&failure.code, &failure.message)
        });
    let mut body = json!({
        "type": "/problems/payment-declined",
        "title": "Payment declined",
        "status": StatusCode::PAYMENT_REQUIRED.as_u16(),
        "code": "payment_declined",
        "detail": format!("{message} Your places are still held; try another means of payment."),
        "payment_id": payment.id,
        "decline_code": code,
    });
    if let Some(trace_id) = kit::telemetry::trace_id() {
        body["trace_id"] = trace_id.into();
    }
    Kept {
        status: StatusCode::PAYMENT_REQUIRED,
        body,
    }
}
