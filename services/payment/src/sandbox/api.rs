//! The merchant's API.

use axum::{
    Json,
    extract::{Path, Query, State, rejection::JsonRejection},
    http::StatusCode,
};
use contracts::Currency;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    App, answers,
    answers::Answer,
    intents::{self, NewIntent},
    methods::{self, Answering, HELD_BACK, Method},
    refunds,
    wire::{self, Key, Merchant, Refusal},
};

/// The highest amount, in minor units.
const MAX_AMOUNT: i64 = 99_999_999_999;

#[derive(Serialize, Deserialize)]
pub(super) struct IntentRequest {
    amount: i64,
    currency: Currency,
    payment_method: String,
    reference: String,
    #[serde(default)]
    description: String,
    return_url: Option<String>,
}

pub(super) async fn create_intent(
    State(app): State<App>,
    _: Merchant,
    Key(key): Key,
    body: Result<Json<IntentRequest>, JsonRejection>,
) -> Result<Answer, Refusal> {
    let Json(request) =
        body.map_err(|error| Refusal::invalid("parameter_invalid", error.body_text()))?;
    if !(1..=MAX_AMOUNT).contains(&request.amount) {
        return Err(Refusal::invalid(
            "amount_invalid",
            format!("The amount is 1 to {MAX_AMOUNT} minor units."),
        ));
    }
    let texts = [
        (&request.reference, 1..=100),
        (&request.description, 0..=1_000),
    ];
    if texts
        .iter()
        .any(|(text, length)| !length.contains(&text.len()) || text.contains('\0'))
    {
        return Err(Refusal::invalid(
            "parameter_invalid",
            "reference has 1 to 100 bytes, description at most 1000.",
        ));
    }
    let method = methods::find(&request.payment_method).ok_or_else(|| {
        Refusal::invalid("payment_method_unknown", "There is no such payment method.")
    })?;
    let hash = answers::hash("/v1/payment_intents", &json!(request));
    if method.answering == Answering::OnlyRepeats {
        let first = answers::is_first(&mut *app.pool.acquire().await?, &key, &hash).await?;
        if first {
            tokio::time::sleep(HELD_BACK).await;
            return Err(Refusal::new(
                StatusCode::GATEWAY_TIMEOUT,
                "timeout",
                "Too late.",
            ));
        }
    }
    let mut transaction = app.pool.begin().await?;
    if let Some(known) = answers::begin(&mut transaction, &key, &hash).await? {
        return Ok(known);
    }
    let currency = request.currency.to_string();
    let new = NewIntent {
        reference: &request.reference,
        amount: request.amount,
        currency: &currency,
        description: &request.description,
        return_url: request.return_url.as_deref(),
        method,
    };
    let intent = intents::create(&mut transaction, &new).await?;
    let answer = Answer::ok(wire::intent(&app, &intent));
    answers::keep(&mut transaction, &key, &answer).await?;
    transaction.commit().await?;
    app.wake.notify_one();
    Ok(in_time(method, answer).await)
}

/// Holds an answer back where the method says so.
async fn in_time(method: &Method, answer: Answer) -> Answer {
    if method.answering == Answering::AfterTooLong {
        tokio::time::sleep(HELD_BACK).await;
    }
    answer
}

#[derive(Deserialize)]
pub(super) struct ByReference {
    reference: String,
}

pub(super) async fn list_intents(
    State(app): State<App>,
    _: Merchant,
    Query(query): Query<ByReference>,
) -> Result<Json<Value>, Refusal> {
    let found = intents::by_reference(&mut *app.pool.acquire().await?, &query.reference).await?;
    let data: Vec<_> = found
        .iter()
        .map(|intent| wire::intent(&app, intent))
        .collect();
    Ok(Json(json!({"data": data})))
}

pub(super) async fn get_intent(
    State(app): State<App>,
    _: Merchant,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let found = intents::find(&mut *app.pool.acquire().await?, &id).await?;
    Ok(Json(wire::intent(
        &app,
        &found.ok_or_else(Refusal::not_found)?,
    )))
}

pub(super) async fn capture_intent(
    State(app): State<App>,
    _: Merchant,
    Key(key): Key,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    let hash = answers::hash(&format!("/v1/payment_intents/{id}/capture"), &Value::Null);
    let mut transaction = app.pool.begin().await?;
    if let Some(known) = answers::begin(&mut transaction, &key, &hash).await? {
        return Ok(known);
    }
    let intent = intents::lock(&mut transaction, &id).await?;
    let method = intent.method();
    let answer = match intents::capture(&mut transaction, intent).await {
        Ok(intent) => Answer::ok(wire::intent(&app, &intent)),
        Err(refusal) if refusal.status.is_server_error() => {
            intents::count_failure(&mut transaction, &id, "capture").await?;
            transaction.commit().await?;
            return Err(refusal);
        }
        Err(refusal) => refusal.into(),
    };
    answers::keep(&mut transaction, &key, &answer).await?;
    transaction.commit().await?;
    app.wake.notify_one();
    Ok(in_time(method, answer).await)
}

pub(super) async fn cancel_intent(
    State(app): State<App>,
    _: Merchant,
    Key(key): Key,
    Path(id): Path<String>,
) -> Result<Answer, Refusal> {
    let hash = answers::hash(&format!("/v1/payment_intents/{id}/cancel"), &Value::Null);
    let mut transaction = app.pool.begin().await?;
    if let Some(known) = answers::begin(&mut transaction, &key, &hash).await? {
        return Ok(known);
    }
    let intent = intents::lock(&mut transaction, &id).await?;
    let answer = match intents::cancel(&mut transaction, intent).await {
        Ok(intent) => Answer::ok(wire::intent(&app, &intent)),
        Err(refusal) if refusal.status.is_server_error() => return Err(refusal),
        Err(refusal) => refusal.into(),
    };
    answers::keep(&mut transaction, &key, &answer).await?;
    transaction.commit().await?;
    app.wake.notify_one();
    Ok(answer)
}

#[derive(Serialize, Deserialize)]
pub(super) struct RefundRequest {
    payment_intent: String,
    amount: i64,
    currency: Currency,
    reference: String,
}

pub(super) async fn create_refund(
    State(app): State<App>,
    _: Merchant,
    Key(key): Key,
    body: Result<Json<RefundRequest>, JsonRejection>,
) -> Result<Answer, Refusal> {
    let Json(request) =
        body.map_err(|error| Refusal::invalid("parameter_invalid", error.body_text()))?;
    if !(1..=MAX_AMOUNT).contains(&request.amount) {
        return Err(Refusal::invalid(
            "amount_invalid",
            format!("The amount is 1 to {MAX_AMOUNT} minor units."),
        ));
    }
    if !(1..=100).contains(&request.reference.len()) {
        return Err(Refusal::invalid(
            "parameter_invalid",
            "reference has 1 to 100 bytes.",
        ));
    }
    let hash = answers::hash("/v1/refunds", &json!(request));
    let mut transaction = app.pool.begin().await?;
    if let Some(known) = answers::begin(&mut transaction, &key, &hash).await? {
        return Ok(known);
    }
    let intent = intents::lock(&mut transaction, &request.payment_intent).await?;
    if intent.currency != request.currency.to_string() {
        return Err(Refusal::invalid(
            "currency_mismatch",
            "The payment has another currency.",
        ));
    }
    let answer = match refunds::create(
        &mut transaction,
        &intent,
        request.amount,
        &request.reference,
    )
    .await
    {
        Ok(refund) => Answer::ok(wire::refund(&refund)),
        Err(refusal) if refusal.status.is_server_error() => return Err(refusal),
        Err(refusal) => refusal.into(),
    };
    answers::keep(&mut transaction, &key, &answer).await?;
    transaction.commit().await?;
    app.wake.notify_one();
    Ok(in_time(intent.method(), answer).await)
}

pub(super) async fn list_refunds(
    State(app): State<App>,
    _: Merchant,
    Query(query): Query<ByReference>,
) -> Result<Json<Value>, Refusal> {
    let found = refunds::by_reference(&mut *app.pool.acquire().await?, &query.reference).await?;
    let data: Vec<_> = found.iter().map(wire::refund).collect();
    Ok(Json(json!({"data": data})))
}
