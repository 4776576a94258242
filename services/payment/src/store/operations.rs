//! Work at the provider that was decided on.

use std::{str::FromStr, time::Duration};

use contracts::{PaymentId, RefundId};
use kit::telemetry;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::unreadable;
use crate::domain::payment::Decision;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Capture,
    Void,
    Refund,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
        }
    }
}

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no such operation")]
pub struct UnknownKind;

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        [Self::Capture, Self::Void, Self::Refund]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownKind)
    }
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Done,
    /// The provider refused for good.
    Refused,
    /// It was no longer wanted before it began.
    Dropped,
}

impl End {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
        }
    }
}

/// An operation that this process has taken.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Also its idempotency key at the provider.
    pub id: Uuid,
    pub payment_id: PaymentId,
    pub kind: Kind,
    pub refund_id: Option<RefundId>,
    /// How often it was tried, this time included.
    pub attempts: u32,
    pub traceparent: Option<String>,
}

/// What stands about capturing or voiding a payment.
#[derive(Clone, Debug)]
pub struct Decided {
    pub id: Uuid,
    pub decision: Decision,
    /// Whether it may have reached the provider.
    pub begun: bool,
    pub reason: Option<String>,
}

/// Decides on capturing or voiding. The caller holds the payment's lock and has found no other decision.
pub async fn decide(
    connection: &mut PgConnection,
    payment: PaymentId,
    decision: Decision,
    reason: Option<&str>,
) -> sqlx::Result<()> {
    let kind = match decision {
        Decision::Capture => Kind::Capture,
        Decision::Void => Kind::Void,
    };
    sqlx::query!(
        "INSERT INTO operations (id, payment_id, kind, reason, traceparent) VALUES ($1, $2, $3, $4, $5)",
        Uuid::now_v7(),
        payment as PaymentId,
        kind.as_str(),
        reason,
        telemetry::traceparent()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The decision about a payment, if there is one: a void, else a capture. The caller holds the payment's lock; the decision
/// can't begin before the transaction ends.
pub async fn decided(
    connection: &mut PgConnection,
    payment: PaymentId,
) -> sqlx::Result<Option<Decided>> {
    let row = sqlx::query!(
        r#"SELECT id, kind, reason, status <> 'due' OR attempts > 0 AS "begun!" FROM operations
           WHERE payment_id = $1 AND kind <> 'refund' AND status <> 'dropped'
           ORDER BY kind = 'void' DESC LIMIT 1 FOR UPDATE"#,
        payment as PaymentId
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Decided {
        id: row.id,
        decision: if row.kind == Kind::Void.as_str() {
            Decision::Void
        } else {
            Decision::Capture
        },
        begun: row.begun,
        reason: row.reason,
    }))
}

/// Adds a refund; it waits until [`release_refunds`] unless its payment is captured.
pub async fn add_refund(
    connection: &mut PgConnection,
    payment: PaymentId,
    refund: RefundId,
    captured: bool,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO operations (id, payment_id, kind, refund_id, status, traceparent)
         VALUES ($1, $2, 'refund', $1, $3, $4)",
        refund.as_uuid(),
        payment as PaymentId,
        if captured { "due" } else { "waiting" },
        telemetry::traceparent()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets the refunds of a payment that is now captured begin.
pub async fn release_refunds(
    connection: &mut PgConnection,
    payment: PaymentId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE operations SET status = 'due', due_at = now() WHERE payment_id = $1 AND status = 'waiting'",
        payment as PaymentId
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Drops the refunds of a payment that will never be captured, and names them.
pub async fn drop_waiting_refunds(
    connection: &mut PgConnection,
    payment: PaymentId,
) -> sqlx::Result<Vec<RefundId>> {
    sqlx::query_scalar!(
        r#"UPDATE operations SET status = 'dropped', ended_at = now() WHERE payment_id = $1 AND status = 'waiting'
           RETURNING refund_id AS "refund_id!: RefundId""#,
        payment as PaymentId
    )
    .fetch_all(connection)
    .await
}

/// Ends an operation; one that has ended stays as it is.
pub async fn end(
    connection: &mut PgConnection,
    id: Uuid,
    end: End,
    error: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE operations SET status = $2, ended_at = now(), leased_until = NULL, last_error = coalesce($3, last_error)
         WHERE id = $1 AND status IN ('due', 'waiting')",
        id,
        end.as_str(),
        error
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether an operation is still to be done. The caller holds the payment's lock.
pub async fn is_due(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM operations WHERE id = $1 AND status = 'due') AS "due!""#,
        id
    )
    .fetch_one(connection)
    .await
}

/// Tries an operation again `after` this long.
pub async fn try_again(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    after: Duration,
    error: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE operations SET due_at = now() + $2::float8 * interval '1 second', leased_until = NULL, last_error = $3
         WHERE id = $1 AND status = 'due'",
        id,
        after.as_secs_f64(),
        error
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Makes what waits for a provider's answer about `payment` due at once.
pub async fn hasten(connection: &mut PgConnection, payment: PaymentId) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE operations SET due_at = now()
         WHERE payment_id = $1 AND status = 'due' AND leased_until IS NULL AND due_at > now()",
        payment as PaymentId
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes operations that are due, and keeps other replicas off them for `lease`.
pub async fn take_due(
    executor: impl PgExecutor<'_>,
    limit: i64,
    lease: Duration,
) -> sqlx::Result<Vec<Operation>> {
    let rows = sqlx::query!(
        r#"UPDATE operations SET leased_until = now() + $2::float8 * interval '1 second', attempts = attempts + 1
           WHERE id IN (SELECT id FROM operations
             WHERE status = 'due' AND due_at <= now() AND (leased_until IS NULL OR leased_until < now())
             ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
           RETURNING id, payment_id AS "payment_id: PaymentId", kind, refund_id AS "refund_id: RefundId", attempts, traceparent"#,
        limit,
        lease.as_secs_f64()
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Operation {
                id: row.id,
                payment_id: row.payment_id,
                kind: row.kind.parse().map_err(unreadable)?,
                refund_id: row.refund_id,
                attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
                traceparent: row.traceparent,
            })
        })
        .collect()
}

/// Gives a refused refund another try, under a new key, for the provider may have kept its refusal; false when it is not one.
pub async fn revive_refund(connection: &mut PgConnection, refund: RefundId) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "UPDATE operations SET id = $2, status = 'due', due_at = now(), leased_until = NULL, ended_at = NULL, traceparent = $3
         WHERE refund_id = $1 AND status = 'refused'",
        refund as RefundId,
        Uuid::now_v7(),
        telemetry::traceparent()
    )
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() == 1)
}
