//! Receipts and credit notes.

use chrono::{DateTime, Utc};
use contracts::{PaymentId, RefundId, UserId};
use sqlx::{PgConnection, PgExecutor, types::Json};

use crate::domain::document::{Document, Kind};

/// Takes the next number of a kind. Nobody else gets one before this transaction ends, and a rollback gives it back: call it
/// last.
pub async fn next_number(connection: &mut PgConnection, kind: Kind) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "UPDATE document_numbers SET last = last + 1 WHERE kind = $1 RETURNING last",
        kind.as_str()
    )
    .fetch_one(connection)
    .await
}

/// Issues a document under a number from [`next_number`].
pub async fn add(
    connection: &mut PgConnection,
    kind: Kind,
    number: i64,
    refund: Option<RefundId>,
    document: &Document,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO documents (kind, number, payment_id, refund_id, issued_at, content) VALUES ($1, $2, $3, $4, $5, $6)",
        kind.as_str(),
        number,
        document.payment_id as PaymentId,
        refund as Option<RefundId>,
        document.issued_at as DateTime<Utc>,
        Json(document) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The receipt of a payment when that belongs to `owner`; of anybody's when that is absent.
pub async fn receipt(
    executor: impl PgExecutor<'_>,
    payment: PaymentId,
    owner: Option<UserId>,
) -> sqlx::Result<Option<Document>> {
    let content = sqlx::query_scalar!(
        r#"SELECT d.content AS "content: Json<Document>" FROM documents d JOIN payments p ON p.id = d.payment_id
           WHERE d.kind = 'receipt' AND p.id = $1 AND ($2::uuid IS NULL OR p.user_id = $2)"#,
        payment as PaymentId,
        owner as Option<UserId>
    )
    .fetch_optional(executor)
    .await?;
    Ok(content.map(|Json(document)| document))
}

/// The same for a payment's credit notes, oldest first; at most 200, for a booking has fewer tickets.
pub async fn credit_notes(
    executor: impl PgExecutor<'_>,
    payment: PaymentId,
    owner: Option<UserId>,
) -> sqlx::Result<Vec<Document>> {
    let contents = sqlx::query_scalar!(
        r#"SELECT d.content AS "content: Json<Document>" FROM documents d JOIN payments p ON p.id = d.payment_id
           WHERE d.kind = 'credit_note' AND p.id = $1 AND ($2::uuid IS NULL OR p.user_id = $2)
           ORDER BY d.number LIMIT 200"#,
        payment as PaymentId,
        owner as Option<UserId>
    )
    .fetch_all(executor)
    .await?;
    Ok(contents
        .into_iter()
        .map(|Json(document)| document)
        .collect())
}

/// The same for one credit note.
pub async fn credit_note(
    executor: impl PgExecutor<'_>,
    payment: PaymentId,
    number: i64,
    owner: Option<UserId>,
) -> sqlx::Result<Option<Document>> {
    let content = sqlx::query_scalar!(
        r#"SELECT d.content AS "content: Json<Document>" FROM documents d JOIN payments p ON p.id = d.payment_id
           WHERE d.kind = 'credit_note' AND p.id = $1 AND d.number = $2 AND ($3::uuid IS NULL OR p.user_id = $3)"#,
        payment as PaymentId,
        number,
        owner as Option<UserId>
    )
    .fetch_optional(executor)
    .await?;
    Ok(content.map(|Json(document)| document))
}
