//! Payments.

use axum::extract::State;
use contracts::{BookingId, PaymentId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path, Query},
    idempotency::{Kept, Key, Scope},
    openapi,
    page::{Page, PageQuery},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{new_payment::NewPayment, visible_to};
use crate::{
    App,
    answer::PaymentBody,
    pay::pay,
    store::{
        keys,
        payments::{self, Payment},
    },
};

/// Pay for a booking
///
/// Freezes the booking's total, prolongs its hold, and reserves the money; it is taken once the booking has its tickets. Try
/// again with the same key when an answer is lost, with a new one after a decline.
#[utoipa::path(
    post,
    path = "/payments",
    tag = "Payments",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 255,
        description = "Names this attempt; the same key with the same body gets the first answer again for 24 hours")),
    request_body(content = NewPayment, example = json!({
        "booking_id": "0192f0c1-0000-7000-8000-000000000001", "payment_method": "pm_card_visa",
        "return_url": "http://localhost:3000/bookings",
    })),
    responses(
        (status = 201, description = "The money is reserved, or by now taken", body = PaymentBody),
        (status = 202, description = "The buyer has to confirm at `next_action.url`; without one, the result comes later", body = PaymentBody),
        (status = 400, description = "`idempotency_key_required`, `malformed_json`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 402, description = "`payment_declined` (with `decline_code`, `payment_id`): no money was taken", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`booking_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`payment_in_progress` (with `payment_id`), `already_paid`, `nothing_to_pay`, `request_in_progress`, \
            `invalid_transition`, `event_not_on_sale`, `sales_closed`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 410, description = "`hold_expired`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`, `idempotency_key_invalid`, `idempotency_key_reused`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_requests`, with Retry-After", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After: no money was taken", body = openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn create_payment(
    State(app): State<App>,
    principal: Principal,
    key: Key,
    Json(body): Json<NewPayment>,
) -> Result<Kept, Problem> {
    app.limits.payment(principal.user_id).await?;
    let scope = Scope::new(
        principal.user_id,
        keys::METHOD,
        keys::PATH,
        key.clone(),
        &body,
    )?;
    let request = body.check(&key, &app.settings.public_url)?;
    pay(&app, principal, &scope, request).await
}

/// Narrows the list of payments.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PaymentFilter {
    /// Only payments for this booking
    #[param(value_type = Option<uuid::Uuid>, nullable = false)]
    booking_id: Option<BookingId>,
}

/// One page of payments.
#[derive(Serialize, ToSchema)]
pub(super) struct PaymentPage {
    items: Vec<PaymentBody>,
    /// Send it as `cursor` to get the next page; null on the last
    #[schema(required)]
    next_cursor: Option<String>,
}

/// List my payments
///
/// Newest first; with `booking_id`, the attempts to pay for that booking.
#[utoipa::path(
    get,
    path = "/payments",
    tag = "Payments",
    params(PaymentFilter, PageQuery),
    responses(
        (status = 200, description = "A page of payments", body = PaymentPage),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: a parameter can't be right", body = openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list_payments(
    State(app): State<App>,
    principal: Principal,
    Query(filter): Query<PaymentFilter>,
    Query(query): Query<PageQuery>,
) -> Result<Json<PaymentPage>, Problem> {
    let before = query.after::<PaymentId>()?;
    let found = payments::list(
        &app.pool,
        principal.user_id,
        filter.booking_id,
        before,
        query.rows(),
    )
    .await?;
    let page = Page::new(found, &query, |payment: &Payment| payment.id);
    let items = page
        .items
        .iter()
        .map(|payment| PaymentBody::new(&app, payment))
        .collect::<Result<_, _>>()?;
    Ok(Json(PaymentPage {
        items,
        next_cursor: page.next_cursor,
    }))
}

/// Get a payment
///
/// Read it again while `status` is `created` or `requires_action`. Admins see everybody's.
#[utoipa::path(
    get,
    path = "/payments/{id}",
    tag = "Payments",
    params(("id" = uuid::Uuid, Path, description = "The payment")),
    responses(
        (status = 200, description = "The payment as it is now", body = PaymentBody),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`payment_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get_payment(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<PaymentId>,
) -> Result<Json<PaymentBody>, Problem> {
    let payment = find(&app, &principal, id).await?;
    Ok(Json(PaymentBody::new(&app, &payment)?))
}

/// A payment that the caller may see, once it is known what is to be paid.
pub(super) async fn find(
    app: &App,
    principal: &Principal,
    id: PaymentId,
) -> Result<Payment, Problem> {
    payments::find_of(&app.pool, id, visible_to(principal))
        .await?
        .filter(|payment| payment.order.is_some())
        .ok_or_else(|| Problem::not_found("payment"))
}
