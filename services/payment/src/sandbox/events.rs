//! Events, each kept as the very bytes that its webhooks carry.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{
    intents::{Intent, new_id},
    methods::{LATE, Webhooks},
    refunds::Refund,
    wire,
};

/// Notes what has become of an intent, and the webhooks that shall tell.
pub(super) async fn of_intent(connection: &mut PgConnection, intent: &Intent) -> sqlx::Result<()> {
    let (kind, age) = match intent.status.as_str() {
        "processing" => ("payment_intent.processing", 2),
        "requires_action" => ("payment_intent.requires_action", 2),
        "requires_capture" => ("payment_intent.amount_capturable_updated", 1),
        "succeeded" => ("payment_intent.succeeded", 0),
        "canceled" => ("payment_intent.canceled", 0),
        _ => ("payment_intent.payment_failed", 0),
    };
    // A webhook says what happened; the next step's page is told to who asks.
    let object = json!({
        "id": intent.id, "object": "payment_intent", "reference": intent.reference, "status": intent.status,
        "amount": intent.amount, "currency": intent.currency,
    });
    add(connection, intent, kind, age, object).await
}

pub(super) async fn of_refund(
    connection: &mut PgConnection,
    intent: &Intent,
    refund: &Refund,
) -> sqlx::Result<()> {
    add(
        connection,
        intent,
        "refund.updated",
        0,
        wire::refund(refund),
    )
    .await
}

async fn add(
    connection: &mut PgConnection,
    intent: &Intent,
    kind: &str,
    age: i32,
    object: Value,
) -> sqlx::Result<()> {
    let id = new_id("evt");
    let now = Utc::now();
    let payload =
        json!({"id": id, "type": kind, "created": now.timestamp(), "data": {"object": object}});
    sqlx::query("INSERT INTO events (id, kind, intent_id, payload) VALUES ($1, $2, $3, $4)")
        .bind(&id)
        .bind(kind)
        .bind(&intent.id)
        .bind(payload.to_string())
        .execute(&mut *connection)
        .await?;
    let late = |times: i32| now + Duration::from_std(LATE).unwrap_or_default() * times;
    let due: &[DateTime<Utc>] = match intent.method().webhooks {
        Webhooks::Once => &[now],
        Webhooks::Twice => &[now, now],
        Webhooks::Late => &[late(1)],
        Webhooks::Backwards => &[late(age)],
        Webhooks::Lost => &[],
    };
    sqlx::query("INSERT INTO deliveries (event_id, due_at) SELECT $1, unnest($2::timestamptz[])")
        .bind(&id)
        .bind(due)
        .execute(connection)
        .await?;
    Ok(())
}
