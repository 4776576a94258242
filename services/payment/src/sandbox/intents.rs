//! Payment intents: authorised, captured, cancelled. Every change locks the intent's row, and writes ledger and events with it.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use rand::{Rng as _, distr::Alphanumeric};
use serde_json::Value;
use sqlx::{PgConnection, types::Json};

use super::{
    events,
    methods::{self, Authorising, Capturing, Decline, Method, NOT_APPROVED, RESULT_AFTER},
    wire::Refusal,
};

/// How often a capture that "fails twice" fails.
const CAPTURE_FAILURES: i64 = 2;

#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) description: String,
    pub(super) payment_method: String,
    pub(super) return_url: Option<String>,
    pub(super) status: String,
    pub(super) error_code: Option<String>,
    pub(super) error_message: Option<String>,
    pub(super) amount_captured: i64,
    pub(super) amount_refunded: i64,
    pub(super) faults: Json<Value>,
    pub(super) created: DateTime<Utc>,
}

impl Intent {
    /// How it goes; a method that a later release has dropped goes well.
    pub(super) fn method(&self) -> &'static Method {
        methods::find(&self.payment_method).unwrap_or(&methods::METHODS[0])
    }
}

pub(super) struct NewIntent<'a> {
    pub(super) reference: &'a str,
    pub(super) amount: i64,
    pub(super) currency: &'a str,
    pub(super) description: &'a str,
    pub(super) return_url: Option<&'a str>,
    pub(super) method: &'static Method,
}

/// An id that nobody can guess.
pub(super) fn new_id(prefix: &str) -> String {
    let random: String = rand::rng()
        .sample_iter(Alphanumeric)
        .take(24)
        .map(char::from)
        .collect();
    format!("{prefix}_{random}")
}

pub(super) async fn create(
    connection: &mut PgConnection,
    new: &NewIntent<'_>,
) -> Result<Intent, Refusal> {
    let (status, decline, later) = match new.method.authorising {
        Authorising::Succeeds => ("requires_capture", None, None),
        Authorising::Declines(decline) => ("failed", Some(decline), None),
        Authorising::AsksBuyer => ("requires_action", None, None),
        Authorising::Later(_) => ("processing", None, Some(Utc::now() + RESULT_AFTER)),
    };
    let intent: Option<Intent> = sqlx::query_as(
        "INSERT INTO intents (id, reference, amount, currency, description, payment_method, return_url, status, error_code,
           error_message, resolves_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (reference) DO NOTHING RETURNING *",
    )
    .bind(new_id("pi"))
    .bind(new.reference)
    .bind(new.amount)
    .bind(new.currency)
    .bind(new.description)
    .bind(new.method.name)
    .bind(new.return_url)
    .bind(status)
    .bind(decline.map(|decline| decline.code))
    .bind(decline.map(|decline| decline.message))
    .bind(later)
    .fetch_optional(&mut *connection)
    .await?;
    let intent = intent.ok_or_else(|| {
        Refusal::invalid("reference_taken", "The reference names another payment.")
    })?;
    if intent.status == "requires_capture" {
        book(
            &mut *connection,
            &intent,
            &intent.reference,
            "authorised",
            intent.amount,
        )
        .await?;
    }
    events::of_intent(connection, &intent).await?;
    Ok(intent)
}

pub(super) async fn find(connection: &mut PgConnection, id: &str) -> sqlx::Result<Option<Intent>> {
    sqlx::query_as("SELECT * FROM intents WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
}

pub(super) async fn by_reference(
    connection: &mut PgConnection,
    reference: &str,
) -> sqlx::Result<Vec<Intent>> {
    sqlx::query_as("SELECT * FROM intents WHERE reference = $1")
        .bind(reference)
        .fetch_all(connection)
        .await
}

pub(super) async fn lock(connection: &mut PgConnection, id: &str) -> Result<Intent, Refusal> {
    let intent = sqlx::query_as("SELECT * FROM intents WHERE id = $1 FOR UPDATE")
        .bind(id)
        .fetch_optional(connection)
        .await?;
    intent.ok_or_else(Refusal::not_found)
}

/// Takes the money that was authorised; done already, it is as it was.
pub(super) async fn capture(
    connection: &mut PgConnection,
    intent: Intent,
) -> Result<Intent, Refusal> {
    match intent.status.as_str() {
        "requires_capture" => {}
        "succeeded" => return Ok(intent),
        _ => return Err(unexpected_state(&intent)),
    }
    match intent.method().capturing {
        Capturing::Succeeds => {}
        Capturing::Refused => {
            let message = "The bank takes its word back.";
            return Err(Refusal::new(
                StatusCode::PAYMENT_REQUIRED,
                "capture_refused",
                message,
            ));
        }
        Capturing::FailsTwice => {
            if intent.faults["capture"].as_i64().unwrap_or(0) < CAPTURE_FAILURES {
                return Err(Refusal::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "Something broke.",
                ));
            }
        }
    }
    let intent: Intent = sqlx::query_as(
        "UPDATE intents SET status = 'succeeded', amount_captured = amount, updated = now() WHERE id = $1 RETURNING *",
    )
    .bind(&intent.id)
    .fetch_one(&mut *connection)
    .await?;
    book(
        &mut *connection,
        &intent,
        &intent.reference,
        "captured",
        intent.amount,
    )
    .await?;
    events::of_intent(connection, &intent).await?;
    Ok(intent)
}

/// Counts a failure of an operation that is to fail some more times.
pub(super) async fn count_failure(
    connection: &mut PgConnection,
    id: &str,
    operation: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE intents SET faults = faults || jsonb_build_object($2::text, coalesce((faults ->> $2)::int, 0) + 1) WHERE id = $1",
    )
    .bind(id)
    .bind(operation)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets go what was not captured; done already, or failed, it is as it was.
pub(super) async fn cancel(
    connection: &mut PgConnection,
    intent: Intent,
) -> Result<Intent, Refusal> {
    match intent.status.as_str() {
        "requires_capture" | "requires_action" | "processing" => {}
        "canceled" | "failed" => return Ok(intent),
        _ => return Err(unexpected_state(&intent)),
    }
    if intent.status == "requires_capture" {
        book(
            &mut *connection,
            &intent,
            &intent.reference,
            "canceled",
            intent.amount,
        )
        .await?;
    }
    let intent: Intent = sqlx::query_as(
        "UPDATE intents SET status = 'canceled', resolves_at = NULL, updated = now() WHERE id = $1 RETURNING *",
    )
    .bind(&intent.id)
    .fetch_one(&mut *connection)
    .await?;
    events::of_intent(connection, &intent).await?;
    Ok(intent)
}

/// What the buyer said on the sandbox's page; said already, it is as it was.
pub(super) async fn answer(
    connection: &mut PgConnection,
    intent: Intent,
    approved: bool,
) -> Result<Intent, Refusal> {
    if intent.status != "requires_action" {
        return Ok(intent);
    }
    resolve(
        connection,
        &intent,
        if approved { None } else { Some(&NOT_APPROVED) },
    )
    .await
}

/// Results that were to come later and are due now; how many there were.
pub(super) async fn resolve_due(connection: &mut PgConnection) -> Result<usize, Refusal> {
    let due: Vec<Intent> = sqlx::query_as(
        "SELECT * FROM intents WHERE resolves_at <= now() ORDER BY resolves_at LIMIT 20 FOR UPDATE SKIP LOCKED",
    )
    .fetch_all(&mut *connection)
    .await?;
    for intent in &due {
        let decline = match intent.method().authorising {
            Authorising::Later(decline) => decline,
            _ => None,
        };
        resolve(&mut *connection, intent, decline).await?;
    }
    Ok(due.len())
}

async fn resolve(
    connection: &mut PgConnection,
    intent: &Intent,
    decline: Option<&Decline>,
) -> Result<Intent, Refusal> {
    let intent: Intent = sqlx::query_as(
        "UPDATE intents SET status = $2, error_code = $3, error_message = $4, resolves_at = NULL, updated = now()
         WHERE id = $1 RETURNING *",
    )
    .bind(&intent.id)
    .bind(if decline.is_some() { "failed" } else { "requires_capture" })
    .bind(decline.map(|decline| decline.code))
    .bind(decline.map(|decline| decline.message))
    .fetch_one(&mut *connection)
    .await?;
    if decline.is_none() {
        book(
            &mut *connection,
            &intent,
            &intent.reference,
            "authorised",
            intent.amount,
        )
        .await?;
    }
    events::of_intent(connection, &intent).await?;
    Ok(intent)
}

/// A movement of money in the sandbox's books.
pub(super) async fn book(
    connection: &mut PgConnection,
    intent: &Intent,
    reference: &str,
    kind: &str,
    amount: i64,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO ledger (intent_id, reference, kind, amount, currency) VALUES ($1, $2, $3, $4, $5)")
        .bind(&intent.id)
        .bind(reference)
        .bind(kind)
        .bind(amount)
        .bind(&intent.currency)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) fn unexpected_state(intent: &Intent) -> Refusal {
    let message = format!("The payment is {}.", intent.status);
    Refusal::invalid("payment_intent_unexpected_state", message)
}
