//! What payment providers tell us.

use axum::{
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, StatusCode},
};
use chrono::Utc;
use kit::{Problem, http::Path, openapi};
use metrics::counter;

use crate::{App, news, providers::WebhookError};

/// The largest body, in bytes; an event has a few hundred.
const MAX_BODY: usize = 65_536;

/// Take a provider's event
///
/// For payment providers. The header `Sandbox-Signature: t=<seconds since 1970>,v1=<hex>` is the HMAC-SHA256 of `<t>.<body>`,
/// at most 300 s old. Events may come late, twice and in any order: what is true is asked of the provider. Send one again until
/// it is answered with 204.
#[utoipa::path(
    post,
    path = "/webhooks/{provider}",
    tag = "Webhooks",
    params(
        ("provider" = String, Path, example = "sandbox", description = "Who sends it"),
        ("Sandbox-Signature" = Option<String>, Header, nullable = false, description = "`t=…,v1=…`; without it nothing is read"),
    ),
    request_body(content = Object, description = "At most 64 KiB", example = json!({
        "id": "evt_0192f0c1", "type": "payment_intent.succeeded",
        "data": {"object": {"id": "pi_0192f0c1", "reference": "0192f0c1-0000-7000-8000-000000000004"}},
    })),
    responses(
        (status = 204, description = "Understood, or known already"),
        (status = 400, description = "`webhook_signature_invalid`: missing, forged or too old; `webhook_unreadable`: signed, but no event", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such provider", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: send it again later", body = openapi::Problem, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(super) async fn receive_webhook(
    State(app): State<App>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let provider = app
        .providers
        .get(&provider)
        .ok_or_else(|| Problem::not_found("provider"))?;
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "Body too large",
        )
    })?;
    let event = provider
        .verify(&headers, &body, Utc::now())
        .map_err(|error| {
            counter!("webhooks_total", "outcome" => "refused").increment(1);
            tracing::warn!(
                provider = provider.name(),
                "a webhook is not believed: {error}"
            );
            let (code, title) = match error {
                WebhookError::Unreadable => ("webhook_unreadable", "Unreadable webhook"),
                WebhookError::Malformed | WebhookError::Stale | WebhookError::Mismatch => {
                    ("webhook_signature_invalid", "Invalid webhook signature")
                }
            };
            Problem::new(StatusCode::BAD_REQUEST, code, title).detail(error.to_string())
        })?;
    news::take(&app, provider, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
