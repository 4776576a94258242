//! Refunds: never more than was captured, each reference once.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{
    events,
    intents::{self, Intent},
    methods::{RESULT_AFTER, Refunding},
    wire::Refusal,
};

#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) intent_id: String,
    pub(super) reference: String,
    pub(super) amount: i64,
    pub(super) status: String,
    pub(super) error_code: Option<String>,
    pub(super) error_message: Option<String>,
    pub(super) created: DateTime<Utc>,
    /// Of its intent.
    pub(super) payment_reference: String,
    pub(super) currency: String,
}

const WITH_INTENT: &str = "SELECT r.*, i.reference AS payment_reference, i.currency FROM refunds r JOIN intents i ON i.id = r.intent_id";

/// Gives money of a locked intent back.
pub(super) async fn create(
    connection: &mut PgConnection,
    intent: &Intent,
    amount: i64,
    reference: &str,
) -> Result<Refund, Refusal> {
    if let Some(known) = by_reference(&mut *connection, reference).await? {
        return Ok(known);
    }
    if intent.status != "succeeded" {
        return Err(intents::unexpected_state(intent));
    }
    let left = intent.amount_captured - intent.amount_refunded;
    if amount > left {
        return Err(Refusal::invalid(
            "amount_too_large",
            format!("Only {left} is left to give back."),
        ));
    }
    let (status, later) = match intent.method().refunding {
        Refunding::Succeeds => ("succeeded", None),
        Refunding::Later => ("pending", Some(Utc::now() + RESULT_AFTER)),
        Refunding::Refused => {
            let message = "The card's bank takes no refunds.";
            return Err(Refusal::new(
                StatusCode::PAYMENT_REQUIRED,
                "refund_refused",
                message,
            ));
        }
    };
    sqlx::query("INSERT INTO refunds (id, intent_id, reference, amount, status, resolves_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(intents::new_id("re"))
        .bind(&intent.id)
        .bind(reference)
        .bind(amount)
        .bind(status)
        .bind(later)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "UPDATE intents SET amount_refunded = amount_refunded + $2, updated = now() WHERE id = $1",
    )
    .bind(&intent.id)
    .bind(amount)
    .execute(&mut *connection)
    .await?;
    let refund = by_reference(&mut *connection, reference)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if refund.status == "succeeded" {
        succeeded(connection, intent, &refund).await?;
    }
    Ok(refund)
}

pub(super) async fn by_reference(
    connection: &mut PgConnection,
    reference: &str,
) -> sqlx::Result<Option<Refund>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{WITH_INTENT} WHERE r.reference = $1"
    )))
    .bind(reference)
    .fetch_optional(connection)
    .await
}

async fn succeeded(
    connection: &mut PgConnection,
    intent: &Intent,
    refund: &Refund,
) -> Result<(), Refusal> {
    intents::book(
        &mut *connection,
        intent,
        &refund.reference,
        "refunded",
        refund.amount,
    )
    .await?;
    events::of_refund(connection, intent, refund).await?;
    Ok(())
}

/// Refunds whose result is due now; how many there were.
pub(super) async fn resolve_due(connection: &mut PgConnection) -> Result<usize, Refusal> {
    let query = format!(
        "{WITH_INTENT} WHERE r.resolves_at <= now() ORDER BY r.resolves_at LIMIT 20 FOR UPDATE OF r SKIP LOCKED"
    );
    let due: Vec<Refund> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .fetch_all(&mut *connection)
        .await?;
    for refund in &due {
        sqlx::query("UPDATE refunds SET status = 'succeeded', resolves_at = NULL WHERE id = $1")
            .bind(&refund.id)
            .execute(&mut *connection)
            .await?;
        let Some(intent) = intents::find(&mut *connection, &refund.intent_id).await? else {
            continue;
        };
        let refund = Refund {
            status: "succeeded".into(),
            ..refund.clone()
        };
        succeeded(&mut *connection, &intent, &refund).await?;
    }
    Ok(due.len())
}
