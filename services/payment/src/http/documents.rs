//! Receipts and credit notes.

use axum::{extract::State, response::Response};
use contracts::PaymentId;
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path},
    openapi,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    format::{Format, FormatQuery},
    payments, visible_to,
};
use crate::{App, documents::DocumentBody, domain::document::Kind, store::documents};

/// A file in PDF
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct PdfFile(Vec<u8>);

/// Get a receipt
///
/// There is one as soon as the payment is captured. As JSON, as a page to show or print, or as PDF: by `Accept` or `format`.
#[utoipa::path(
    get,
    path = "/payments/{id}/receipt",
    tag = "Receipts",
    params(("id" = uuid::Uuid, Path, description = "The payment"), FormatQuery),
    responses(
        (status = 200, description = "The receipt", content(
            (DocumentBody = "application/json"), (String = "text/html"), (PdfFile = "application/pdf"))),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`payment_not_found`, or `receipt_not_found` for one that is not captured", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 406, description = "`not_acceptable`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: no such `format`", body = openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get_receipt(
    State(app): State<App>,
    principal: Principal,
    format: Format,
    Path(id): Path<PaymentId>,
) -> Result<Response, Problem> {
    if let Some(document) = documents::receipt(&app.pool, id, visible_to(&principal)).await? {
        return format.answer(document);
    }
    payments::find(&app, &principal, id).await?;
    Err(Problem::not_found("receipt"))
}

/// Documents of a payment.
#[derive(Serialize, ToSchema)]
pub(super) struct Documents {
    items: Vec<DocumentBody>,
}

/// List a payment's credit notes
///
/// One for each refund that was paid, oldest first.
#[utoipa::path(
    get,
    path = "/payments/{id}/credit-notes",
    tag = "Receipts",
    params(("id" = uuid::Uuid, Path, description = "The payment")),
    responses(
        (status = 200, description = "All of them", body = Documents),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`payment_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list_credit_notes(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<PaymentId>,
) -> Result<Json<Documents>, Problem> {
    let found = documents::credit_notes(&app.pool, id, visible_to(&principal)).await?;
    if found.is_empty() {
        payments::find(&app, &principal, id).await?;
    }
    let items = found.into_iter().map(DocumentBody::from).collect();
    Ok(Json(Documents { items }))
}

/// Get a credit note
///
/// As JSON, as a page to show or print, or as PDF: by `Accept` or `format`.
#[utoipa::path(
    get,
    path = "/payments/{id}/credit-notes/{number}",
    tag = "Receipts",
    params(
        ("id" = uuid::Uuid, Path, description = "The payment"),
        ("number" = String, Path, pattern = "^C-[0-9]{6,19}$", example = "C-000007", description = "From the list, or from the mail"),
        FormatQuery,
    ),
    responses(
        (status = 200, description = "The credit note", content(
            (DocumentBody = "application/json"), (String = "text/html"), (PdfFile = "application/pdf"))),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`credit_note_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 406, description = "`not_acceptable`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: no such `format`", body = openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get_credit_note(
    State(app): State<App>,
    principal: Principal,
    format: Format,
    Path((id, number)): Path<(PaymentId, String)>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("credit_note");
    let number = Kind::CreditNote.parse_number(&number).ok_or_else(missing)?;
    let document = documents::credit_note(&app.pool, id, number, visible_to(&principal)).await?;
    format.answer(document.ok_or_else(missing)?)
}
