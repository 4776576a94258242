//! The HTTP interface: a file per resource.

mod documents;
mod format;
mod new_payment;
mod payments;
mod refunds;
mod webhooks;

use contracts::UserId;
use kit::{auth::Principal, http::ApiRouter};
use utoipa_axum::routes;

use crate::App;

/// All of payment's operations.
pub(crate) fn router() -> ApiRouter<App> {
    ApiRouter::with_openapi(kit::openapi::base(
        "Payment",
        env!("CARGO_PKG_VERSION"),
        include_str!("description.md"),
    ))
    .routes(routes!(payments::create_payment, payments::list_payments))
    .routes(routes!(payments::get_payment))
    .routes(routes!(documents::get_receipt))
    .routes(routes!(refunds::request_refund, refunds::list_refunds))
    .routes(routes!(documents::list_credit_notes))
    .routes(routes!(documents::get_credit_note))
    .routes(routes!(webhooks::receive_webhook))
}

/// Whose payments the caller may see: their own, or with `None`, as an admin, everybody's.
fn visible_to(principal: &Principal) -> Option<UserId> {
    (!principal.is_admin()).then_some(principal.user_id)
}
