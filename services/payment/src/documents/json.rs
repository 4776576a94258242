//! A document as JSON.

use chrono::{DateTime, Utc};
use contracts::{BookingId, Money, PaymentId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    document::{Buyer, Document, Line, Seller},
    purchase::PurchasedEvent,
};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DocumentKind {
    Receipt,
    CreditNote,
}

/// A receipt, or a credit note, which says what of a receipt was given back. It never changes.
#[derive(Serialize, ToSchema)]
#[schema(as = Document)]
pub(crate) struct DocumentBody {
    kind: DocumentKind,
    /// Consecutive, without gaps, for each kind
    #[schema(pattern = "^[RC]-[0-9]{6,}$", example = "R-000042")]
    number: String,
    /// On a credit note the receipt that it belongs to; null on a receipt
    #[schema(required, pattern = "^R-[0-9]{6,}$", example = json!(null))]
    receipt_number: Option<String>,
    issued_at: DateTime<Utc>,
    #[schema(value_type = uuid::Uuid)]
    payment_id: PaymentId,
    #[schema(value_type = uuid::Uuid)]
    booking_id: BookingId,
    seller: Seller,
    /// Null when the account was not known
    #[schema(required)]
    buyer: Option<Buyer>,
    event: PurchasedEvent,
    lines: Vec<Line>,
    /// What was paid, or on a credit note what was given back
    total: Money,
    /// Who moved the money
    #[schema(example = "sandbox")]
    provider: String,
    /// No real money moved
    test_mode: bool,
}

impl From<Document> for DocumentBody {
    fn from(document: Document) -> Self {
        let kind = if document.is_credit_note() {
            DocumentKind::CreditNote
        } else {
            DocumentKind::Receipt
        };
        Self {
            kind,
            number: document.number,
            receipt_number: document.receipt_number,
            issued_at: document.issued_at,
            payment_id: document.payment_id,
            booking_id: document.booking_id,
            seller: document.seller,
            buyer: document.buyer,
            event: document.event,
            lines: document.lines,
            total: document.total,
            provider: document.provider,
            test_mode: document.test_mode,
        }
    }
}
