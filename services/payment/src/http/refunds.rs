//! Refunds.

use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use contracts::{Money, PaymentId, RefundId, TicketId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path},
    idempotency::{self, Begin, Kept, Key, Scope},
    openapi,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{payments, visible_to};
use crate::{
    App,
    answer::FailureBody,
    domain::refund::RefundStatus,
    refund,
    store::{
        payments::Payment,
        refunds::{self, Refund},
    },
};

/// Most tickets in one request.
const MAX_TICKETS: usize = 100;

/// Money that goes back for tickets.
#[derive(Serialize, ToSchema)]
#[schema(as = Refund)]
pub(super) struct RefundBody {
    #[schema(value_type = uuid::Uuid)]
    id: RefundId,
    #[schema(value_type = uuid::Uuid)]
    payment_id: PaymentId,
    status: RefundStatus,
    /// Null until the tickets are cancelled
    #[schema(required)]
    amount: Option<Money>,
    /// The tickets; null while all that are left are asked for
    #[schema(required, value_type = Option<Vec<uuid::Uuid>>)]
    ticket_ids: Option<Vec<TicketId>>,
    /// Why it failed; null otherwise
    #[schema(required)]
    failure: Option<FailureBody>,
    created_at: DateTime<Utc>,
    /// When it succeeded or failed
    #[schema(required)]
    ended_at: Option<DateTime<Utc>>,
}

impl RefundBody {
    fn new(payment: &Payment, refund: Refund) -> sqlx::Result<Self> {
        let currency = payment.order()?.amount.currency;
        Ok(Self {
            id: refund.id,
            payment_id: refund.payment_id,
            status: refund.status,
            amount: refund.amount.map(|amount| Money::new(amount, currency)),
            ticket_ids: refund.tickets,
            failure: refund.failure.map(|failure| FailureBody {
                code: failure.code,
                message: failure.message,
            }),
            created_at: refund.created_at,
            ended_at: refund.ended_at,
        })
    }
}

/// Which tickets to give back.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct RefundRequest {
    /// Tickets of the payment; absent: all that are left
    #[schema(value_type = Option<Vec<uuid::Uuid>>, min_items = 1, max_items = 100)]
    ticket_ids: Option<Vec<TicketId>>,
}

impl RefundRequest {
    fn check(&self) -> Result<(), Problem> {
        let Some(ids) = &self.ticket_ids else {
            return Ok(());
        };
        if !(1..=MAX_TICKETS).contains(&ids.len()) {
            let message = format!("must have 1 to {MAX_TICKETS} entries");
            return Err(Problem::invalid("/ticket_ids", message));
        }
        match (0..ids.len()).find(|index| ids[..*index].contains(&ids[*index])) {
            Some(index) => Err(Problem::invalid(
                format!("/ticket_ids/{index}"),
                "is named twice",
            )),
            None => Ok(()),
        }
    }
}

/// Ask for money back
///
/// Cancels tickets and gives back what they cost, each once. It ends as `succeeded`, with a credit note, or as `failed`, for
/// instance when a ticket was used. Asking again for tickets whose refund the provider refused tries that refund again.
#[utoipa::path(
    post,
    path = "/payments/{id}/refunds",
    tag = "Refunds",
    params(
        ("id" = uuid::Uuid, Path, description = "The payment"),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255,
            description = "Names this request; the same key with the same body gets the first answer again for 24 hours"),
    ),
    request_body(content = RefundRequest, example = json!({"ticket_ids": ["0192f0c1-0000-7000-8000-000000000003"]})),
    responses(
        (status = 202, description = "It is being worked on: read the list of refunds", body = RefundBody),
        (status = 400, description = "`idempotency_key_required`, `malformed_json`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`payment_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`nothing_to_refund`: no money was taken, or all of it went or goes back; `already_refunded` (with `ticket_ids`)", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: not a ticket of this payment; `idempotency_key_invalid`, `idempotency_key_reused`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_requests`, with Retry-After", body = openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn request_refund(
    State(app): State<App>,
    principal: Principal,
    key: Key,
    Path(id): Path<PaymentId>,
    Json(body): Json<RefundRequest>,
) -> Result<Kept, Problem> {
    body.check()?;
    app.limits.refund(principal.user_id).await?;
    let path = format!("/payments/{id}/refunds");
    let scope = Scope::new(principal.user_id, "POST", path, key, &body)?;
    let mut transaction = app.pool.begin().await?;
    if let Begin::Replay(kept) = idempotency::begin(&mut transaction, &scope).await? {
        return Ok(kept);
    }
    let owner = visible_to(&principal);
    let (payment, refund) =
        refund::request(&mut transaction, id, owner, body.ticket_ids.as_deref()).await?;
    let status = StatusCode::ACCEPTED;
    let body =
        serde_json::to_value(RefundBody::new(&payment, refund)?).map_err(Problem::internal)?;
    idempotency::finish(&mut transaction, &scope, status, &body).await?;
    transaction.commit().await?;
    app.wake();
    Ok(Kept { status, body })
}

/// Refunds of a payment.
#[derive(Serialize, ToSchema)]
pub(super) struct Refunds {
    items: Vec<RefundBody>,
}

/// List a payment's refunds
///
/// Newest first, also those that failed.
#[utoipa::path(
    get,
    path = "/payments/{id}/refunds",
    tag = "Refunds",
    params(("id" = uuid::Uuid, Path, description = "The payment")),
    responses(
        (status = 200, description = "All of them", body = Refunds),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`payment_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list_refunds(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<PaymentId>,
) -> Result<Json<Refunds>, Problem> {
    let payment = payments::find(&app, &principal, id).await?;
    let items = refunds::list(&app.pool, payment.id)
        .await?
        .into_iter()
        .map(|refund| RefundBody::new(&payment, refund))
        .collect::<Result<_, _>>()?;
    Ok(Json(Refunds { items }))
}
