//! The client of the sandbox's HTTP API: what each answer, and each missing one, means.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::IntoResponse as _,
};
use contracts::PaymentId;
use payment::{
    domain::payment::ProviderState,
    providers::{Authorisation, Provider as _, ProviderError, RefundState, Sandbox},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Mutex};

use crate::shop::eur;

const TIMEOUT: Duration = Duration::from_millis(300);

/// A server that gives one answer to everything, and remembers what it was asked.
#[derive(Clone)]
struct Server {
    status: StatusCode,
    body: Value,
    delay: Duration,
    asked: Arc<Mutex<Vec<(String, HeaderMap, Value)>>>,
}

impl Server {
    fn new(status: u16, body: Value) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap(),
            body,
            delay: Duration::ZERO,
            asked: Arc::default(),
        }
    }

    async fn client(&self) -> Sandbox {
        let router = Router::new().fallback(answer).with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        client(&url)
    }
}

async fn answer(State(server): State<Server>, request: Request) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let line = format!("{} {}", parts.method, parts.uri);
    server.asked.lock().await.push((line, parts.headers, body));
    tokio::time::sleep(server.delay).await;
    (server.status, Json(server.body)).into_response()
}

fn client(url: &str) -> Sandbox {
    Sandbox::new(
        url.parse().unwrap(),
        "sk_test".into(),
        "whsec".into(),
        TIMEOUT,
    )
    .unwrap()
}

fn order() -> Authorisation {
    Authorisation {
        payment_id: PaymentId::new(),
        amount: eur(2_000),
        method: "pm_card_visa".into(),
        return_url: Some("http://localhost:3000/x".into()),
        description: "Hamlet".into(),
    }
}

fn intent(status: &str) -> Value {
    json!({"id": "pi_1", "status": status, "amount": 2000, "currency": "EUR", "last_error": null,
        "next_action": {"type": "redirect", "url": "http://bank.example/1"}})
}

#[tokio::test]
async fn an_order_carries_its_key_and_what_to_reserve() {
    let server = Server::new(200, intent("requires_capture"));
    let order = order();
    let answer = server.client().await.authorise(&order).await.unwrap();
    assert_eq!(answer.state, ProviderState::Authorised);
    assert_eq!(
        (answer.reference.as_str(), answer.amount),
        ("pi_1", eur(2_000))
    );
    let asked = server.asked.lock().await;
    let (line, headers, body) = &asked[0];
    assert_eq!(line, "POST /v1/payment_intents");
    assert_eq!(headers[AUTHORIZATION], "Bearer sk_test");
    assert_eq!(
        headers["idempotency-key"],
        order.payment_id.to_string().as_str()
    );
    assert_eq!(body["amount"], 2000);
    assert_eq!(body["currency"], "EUR");
    assert_eq!(body["reference"], json!(order.payment_id));
    assert_eq!(body["payment_method"], "pm_card_visa");
}

#[tokio::test]
async fn every_state_is_understood() {
    for (status, state) in [
        ("processing", ProviderState::Processing),
        (
            "requires_action",
            ProviderState::RequiresAction("http://bank.example/1".into()),
        ),
        ("requires_capture", ProviderState::Authorised),
        ("succeeded", ProviderState::Captured),
        ("canceled", ProviderState::Cancelled),
    ] {
        let list = Server::new(200, json!({"data": [intent(status)]}));
        let answer = list.client().await.fetch(PaymentId::new()).await.unwrap();
        assert_eq!(answer.unwrap().state, state);
    }
    let none = Server::new(200, json!({"data": []}));
    let answer = none.client().await.fetch(PaymentId::new()).await.unwrap();
    assert_eq!(answer, None);
    // What a later release of theirs may invent is no answer.
    let strange = Server::new(200, intent("quantum"));
    let error = strange
        .client()
        .await
        .authorise(&order())
        .await
        .unwrap_err();
    assert!(matches!(error, ProviderError::Unclear(_)), "{error:?}");
}

#[tokio::test]
async fn a_decline_brings_its_payment() {
    let mut declined = intent("failed");
    declined["last_error"] = json!({"code": "card_declined", "decline_code": "insufficient_funds",
        "message": "The card has insufficient funds."});
    let error =
        json!({"code": "card_declined", "message": "Declined.", "payment_intent": declined});
    let server = Server::new(402, json!({"error": error}));
    let answer = server.client().await.authorise(&order()).await.unwrap();
    let ProviderState::Failed(failure) = answer.state else {
        panic!("{answer:?}");
    };
    assert_eq!(failure.code, "insufficient_funds");
}

#[tokio::test]
async fn tells_refusals_from_what_nobody_knows() {
    let kind = |error: &ProviderError| match error {
        ProviderError::UnknownMethod => "unknown method",
        ProviderError::Refused(_) => "refused",
        ProviderError::NotSent(_) => "not sent",
        ProviderError::Unclear(_) => "unclear",
    };
    for (status, code, wanted) in [
        (400, "payment_method_unknown", "unknown method"),
        (400, "amount_too_small", "refused"),
        (401, "invalid_api_key", "not sent"),
        (404, "", "not sent"),
        (409, "idempotency_key_in_use", "unclear"),
        (429, "rate_limit", "unclear"),
        (500, "", "unclear"),
        (503, "", "unclear"),
    ] {
        let body = json!({"error": {"code": code, "message": "No."}});
        let server = Server::new(status, body);
        let error = server.client().await.authorise(&order()).await.unwrap_err();
        assert_eq!(kind(&error), wanted, "{status} {code}");
    }
    // Too late is not the same as never.
    let mut slow = Server::new(200, intent("requires_capture"));
    slow.delay = TIMEOUT * 3;
    let error = slow.client().await.authorise(&order()).await.unwrap_err();
    assert_eq!(kind(&error), "unclear");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&url).authorise(&order()).await.unwrap_err();
    assert_eq!(kind(&error), "not sent");
}

#[tokio::test]
async fn captures_voids_and_refunds_under_their_keys() {
    let server = Server::new(200, intent("succeeded"));
    let bank = server.client().await;
    bank.capture("pi_1", "key-1").await.unwrap();
    bank.void("pi_1", "key-2").await.unwrap();
    let paid = Server::new(200, json!({"id": "re_1", "status": "succeeded"}));
    let answer = paid
        .client()
        .await
        .refund("pi_1", eur(500), "key-3")
        .await
        .unwrap();
    assert_eq!(
        (answer.reference.as_str(), answer.state),
        ("re_1", RefundState::Succeeded)
    );
    let mut asked = server.asked.lock().await.clone();
    asked.extend(paid.asked.lock().await.clone());
    let lines: Vec<_> = asked
        .iter()
        .map(|(line, headers, _)| (line.as_str(), headers["idempotency-key"].to_str().unwrap()))
        .collect();
    assert_eq!(
        lines,
        [
            ("POST /v1/payment_intents/pi_1/capture", "key-1"),
            ("POST /v1/payment_intents/pi_1/cancel", "key-2"),
            ("POST /v1/refunds", "key-3"),
        ]
    );
    assert_eq!(asked[2].2["amount"], 500);
    for (status, state) in [
        ("pending", RefundState::Pending),
        (
            "failed",
            RefundState::Failed(payment::domain::payment::Failure::new("closed", "Closed.")),
        ),
    ] {
        let body = json!({"id": "re_1", "status": status, "last_error": {"code": "closed", "message": "Closed."}});
        let server = Server::new(200, body);
        let answer = server
            .client()
            .await
            .refund("pi_1", eur(1), "k")
            .await
            .unwrap();
        assert_eq!(answer.state, state);
    }
    let list = Server::new(
        200,
        json!({"data": [{"id": "re_1", "status": "succeeded"}]}),
    );
    let answer = list.client().await.fetch_refund("key-3").await.unwrap();
    assert_eq!(answer.unwrap().state, RefundState::Succeeded);
    let asked = list.asked.lock().await;
    assert_eq!(asked[0].0, "GET /v1/refunds?reference=key-3");
}
