//! What goes over the wire: objects, errors, and who may call.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{App, intents::Intent, refunds::Refund};

/// An answer that is no success: `{"error": {"code", "message"}}`.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(super) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "resource_missing",
            "There is no such object.",
        )
    }

    pub(super) fn body(&self) -> Value {
        json!({"error": {"code": self.code, "message": self.message}})
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!("the sandbox's database: {error}");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again.")
    }
}

/// The caller has sent the merchant's key.
pub(super) struct Merchant;

impl FromRequestParts<App> for Merchant {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let sent = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
            .unwrap_or_default();
        let key = app.merchant.sandbox_api_key.expose_secret().as_bytes();
        if aws_lc_rs::constant_time::verify_slices_are_equal(sent, key).is_ok() {
            return Ok(Self);
        }
        Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Send the API key as \"Authorization: Bearer …\".",
        ))
    }
}

/// The `Idempotency-Key`, which every call that changes something needs.
pub(super) struct Key(pub(super) String);

impl FromRequestParts<App> for Key {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        parts
            .headers
            .get("idempotency-key")
            .and_then(|value| value.to_str().ok())
            .filter(|key| (1..=255).contains(&key.len()))
            .map(|key| Self(key.to_owned()))
            .ok_or_else(|| {
                Refusal::invalid(
                    "idempotency_key_required",
                    "Send an Idempotency-Key of 1 to 255 characters.",
                )
            })
    }
}

pub(super) fn intent(app: &App, intent: &Intent) -> Value {
    let next_action = (intent.status == "requires_action").then(|| {
        let url = app
            .merchant
            .sandbox_public_url
            .join(format!("/authenticate/{}", intent.id));
        json!({"type": "redirect", "url": url})
    });
    let last_error = intent.error_code.as_ref().map(|code| {
        json!({"code": "card_declined", "decline_code": code, "message": intent.error_message})
    });
    json!({
        "id": intent.id, "object": "payment_intent", "reference": intent.reference, "amount": intent.amount,
        "currency": intent.currency, "description": intent.description, "payment_method": intent.payment_method,
        "status": intent.status, "amount_captured": intent.amount_captured, "amount_refunded": intent.amount_refunded,
        "last_error": last_error, "next_action": next_action, "created": intent.created.timestamp(),
    })
}

pub(super) fn refund(refund: &Refund) -> Value {
    let last_error = refund
        .error_code
        .as_ref()
        .map(|code| json!({"code": code, "message": refund.error_message}));
    json!({
        "id": refund.id, "object": "refund", "payment_intent": refund.intent_id, "payment_reference": refund.payment_reference,
        "reference": refund.reference, "amount": refund.amount, "currency": refund.currency, "status": refund.status,
        "last_error": last_error, "created": refund.created.timestamp(),
    })
}
