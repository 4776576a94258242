//! Payments.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::{
    BookingId, Currency, EventId, Money, PaymentId, UserId,
    messages::{PaymentChanged, PaymentRef},
};
use sqlx::{PgConnection, PgExecutor, types::Json};

use super::unreadable;
use crate::domain::{
    payment::{Failure, Status},
    purchase::Purchase,
};

/// What checkout froze.
#[derive(Clone, Debug)]
pub struct Order {
    pub event_id: EventId,
    /// How many places.
    pub seats: u32,
    pub amount: Money,
    pub purchase: Purchase,
    /// When the hold ends.
    pub pay_until: DateTime<Utc>,
}

/// A payment as it stands.
#[derive(Clone, Debug)]
pub struct Payment {
    pub id: PaymentId,
    pub booking_id: BookingId,
    pub user_id: UserId,
    pub status: Status,
    pub provider: String,
    pub method: String,
    pub return_url: Option<String>,
    pub idempotency_key: String,
    /// Absent until checkout has answered; the provider knows nothing of it before.
    pub order: Option<Order>,
    /// The provider's name for it.
    pub reference: Option<String>,
    pub next_action_url: Option<String>,
    pub failure: Option<Failure>,
    /// Minor units that refunds give or gave back.
    pub refund_reserved: i64,
    /// Minor units that were given back.
    pub refunded: i64,
    pub version: i64,
    /// How often the reconciler has looked since the last change.
    pub checks: u32,
    pub traceparent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub authorised_at: Option<DateTime<Utc>>,
    pub captured_at: Option<DateTime<Utc>>,
}

impl Payment {
    /// The order; an error for one that was never priced, which only a `created` payment can be.
    pub fn order(&self) -> sqlx::Result<&Order> {
        self.order
            .as_ref()
            .ok_or_else(|| sqlx::Error::Decode("a payment without an order".into()))
    }

    /// What every message about it carries.
    pub fn as_message(&self) -> sqlx::Result<PaymentRef> {
        let order = self.order()?;
        Ok(PaymentRef {
            payment_id: self.id,
            booking_id: self.booking_id,
            user_id: self.user_id,
            event_id: order.event_id,
            seats: order.seats,
            amount: order.amount,
            version: self.version,
        })
    }

    pub fn as_changed(&self) -> sqlx::Result<PaymentChanged> {
        Ok(PaymentChanged {
            payment: self.as_message()?,
        })
    }
}

struct Row {
    id: PaymentId,
    booking_id: BookingId,
    user_id: UserId,
    status: String,
    provider: String,
    payment_method: String,
    return_url: Option<String>,
    idempotency_key: String,
    event_id: Option<EventId>,
    seats: Option<i32>,
    amount: Option<i64>,
    currency: Option<String>,
    purchase: Option<Json<Purchase>>,
    pay_until: Option<DateTime<Utc>>,
    provider_reference: Option<String>,
    next_action_url: Option<String>,
    failure_code: Option<String>,
    failure_message: Option<String>,
    refund_reserved: i64,
    refunded: i64,
    version: i64,
    checks: i32,
    traceparent: Option<String>,
    created_at: DateTime<Utc>,
    authorised_at: Option<DateTime<Utc>>,
    captured_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Payment {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let order = match (
            row.event_id,
            row.seats,
            row.amount,
            row.currency,
            row.purchase,
            row.pay_until,
        ) {
            (
                Some(event_id),
                Some(seats),
                Some(amount),
                Some(currency),
                Some(Json(purchase)),
                Some(pay_until),
            ) => Some(Order {
                event_id,
                seats: u32::try_from(seats).map_err(unreadable)?,
                amount: Money::new(amount, currency.parse::<Currency>().map_err(unreadable)?),
                purchase,
                pay_until,
            }),
            _ => None,
        };
        let message = row.failure_message.unwrap_or_default();
        Ok(Self {
            id: row.id,
            booking_id: row.booking_id,
            user_id: row.user_id,
            status: row.status.parse().map_err(unreadable)?,
            provider: row.provider,
            method: row.payment_method,
            return_url: row.return_url,
            idempotency_key: row.idempotency_key,
            order,
            reference: row.provider_reference,
            next_action_url: row.next_action_url,
            failure: row.failure_code.map(|code| Failure { code, message }),
            refund_reserved: row.refund_reserved,
            refunded: row.refunded,
            version: row.version,
            checks: u32::try_from(row.checks).unwrap_or(u32::MAX),
            traceparent: row.traceparent,
            created_at: row.created_at,
            authorised_at: row.authorised_at,
            captured_at: row.captured_at,
        })
    }
}

/// Reads rows of `payments` as [`Row`]s; the rest of the statement and its arguments follow.
macro_rules! select {
    ($rest:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id AS "id: PaymentId", booking_id AS "booking_id: BookingId", user_id AS "user_id: UserId",
                 status, provider, payment_method, return_url, idempotency_key, event_id AS "event_id: EventId", seats, amount,
                 currency, purchase AS "purchase: Json<Purchase>", pay_until, provider_reference, next_action_url, failure_code,
                 failure_message, refund_reserved, refunded, version, checks, traceparent, created_at, authorised_at, captured_at
               FROM payments "# + $rest
            $(, $argument)*
        )
    };
}

/// A payment to begin.
#[derive(Clone, Debug)]
pub struct NewPayment<'a> {
    pub id: PaymentId,
    pub booking_id: BookingId,
    pub user_id: UserId,
    pub provider: &'a str,
    pub method: &'a str,
    pub return_url: Option<&'a str>,
    pub idempotency_key: &'a str,
    /// After this long the reconciler asks what became of it.
    pub check_after: Duration,
    pub traceparent: Option<String>,
}

/// Begins a payment; false when the booking has one that is open or captured.
pub async fn open(connection: &mut PgConnection, new: &NewPayment<'_>) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO payments (id, booking_id, user_id, provider, payment_method, return_url, idempotency_key, next_check_at,
           traceparent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8::float8 * interval '1 second', $9)
         ON CONFLICT (booking_id, user_id) WHERE status IN ('created', 'requires_action', 'authorised', 'captured') DO NOTHING",
        new.id as PaymentId,
        new.booking_id as BookingId,
        new.user_id as UserId,
        new.provider,
        new.method,
        new.return_url,
        new.idempotency_key,
        new.check_after.as_secs_f64(),
        new.traceparent
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Notes what is to be paid, before the provider is asked; false when the reconciler has given the payment up.
pub async fn price(
    executor: impl PgExecutor<'_>,
    id: PaymentId,
    order: &Order,
) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "UPDATE payments SET event_id = $2, seats = $3, amount = $4, currency = $5, purchase = $6, pay_until = $7
         WHERE id = $1 AND amount IS NULL",
        id as PaymentId,
        order.event_id as EventId,
        i32::try_from(order.seats).map_err(unreadable)?,
        order.amount.amount,
        order.amount.currency.as_str(),
        Json(&order.purchase) as _,
        order.pay_until
    )
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Forgets a payment that no provider knows of; false when there is none.
pub async fn forget_unpriced(connection: &mut PgConnection, id: PaymentId) -> sqlx::Result<bool> {
    let deleted = sqlx::query!(
        "DELETE FROM payments WHERE id = $1 AND status = 'created' AND amount IS NULL",
        id as PaymentId
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

pub async fn find(executor: impl PgExecutor<'_>, id: PaymentId) -> sqlx::Result<Option<Payment>> {
    let row = select!("WHERE id = $1", id as PaymentId)
        .fetch_optional(executor)
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The payment when it belongs to `owner`; anybody's when that is absent.
pub async fn find_of(
    executor: impl PgExecutor<'_>,
    id: PaymentId,
    owner: Option<UserId>,
) -> sqlx::Result<Option<Payment>> {
    let row = select!(
        "WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2)",
        id as PaymentId,
        owner as Option<UserId>
    )
    .fetch_optional(executor)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// Takes the payment's lock until the transaction ends.
pub async fn lock(connection: &mut PgConnection, id: PaymentId) -> sqlx::Result<Option<Payment>> {
    let row = select!("WHERE id = $1 FOR UPDATE", id as PaymentId)
        .fetch_optional(connection)
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The same for `owner`'s payment; anybody's when that is absent.
pub async fn lock_of(
    connection: &mut PgConnection,
    id: PaymentId,
    owner: Option<UserId>,
) -> sqlx::Result<Option<Payment>> {
    let row = select!(
        "WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2) FOR UPDATE",
        id as PaymentId,
        owner as Option<UserId>
    )
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The open or captured payment of a booking.
pub async fn find_open(
    executor: impl PgExecutor<'_>,
    booking: BookingId,
    user: UserId,
) -> sqlx::Result<Option<Payment>> {
    let row = select!(
        "WHERE booking_id = $1 AND user_id = $2 AND status IN ('created', 'requires_action', 'authorised', 'captured')",
        booking as BookingId,
        user as UserId
    )
    .fetch_optional(executor)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// Somebody's payments that are priced, newest first.
pub async fn list(
    executor: impl PgExecutor<'_>,
    user: UserId,
    booking: Option<BookingId>,
    before: Option<PaymentId>,
    limit: i64,
) -> sqlx::Result<Vec<Payment>> {
    let rows = select!(
        "WHERE user_id = $1 AND ($2::uuid IS NULL OR booking_id = $2) AND ($3::uuid IS NULL OR id < $3)
         AND amount IS NOT NULL ORDER BY id DESC LIMIT $4",
        user as UserId,
        booking as Option<BookingId>,
        before as Option<PaymentId>,
        limit
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Writes `status`, `reference`, `next_action_url` and `failure` of a locked payment, with the next version, which it sets.
///
/// `check_after` is when the reconciler looks; never when absent.
pub async fn save(
    connection: &mut PgConnection,
    payment: &mut Payment,
    check_after: Option<Duration>,
) -> sqlx::Result<()> {
    let failure = payment.failure.as_ref();
    let row = sqlx::query!(
        "UPDATE payments SET status = $2, provider_reference = $3, next_action_url = $4, failure_code = $5, failure_message = $6,
           next_check_at = now() + $7::float8 * interval '1 second', checks = 0, version = version + 1,
           authorised_at = CASE WHEN $2 = 'authorised' THEN now() ELSE authorised_at END,
           captured_at = CASE WHEN $2 = 'captured' THEN now() ELSE captured_at END,
           ended_at = CASE WHEN $2 IN ('captured', 'failed', 'voided') THEN now() END
         WHERE id = $1 RETURNING version, authorised_at, captured_at",
        payment.id as PaymentId,
        payment.status.as_str(),
        payment.reference,
        payment.next_action_url,
        failure.map(|failure| &failure.code),
        failure.map(|failure| &failure.message),
        check_after.map(|after| after.as_secs_f64())
    )
    .fetch_one(connection)
    .await?;
    payment.version = row.version;
    payment.authorised_at = row.authorised_at;
    payment.captured_at = row.captured_at;
    Ok(())
}

/// Writes what Booking confirmed.
pub async fn save_purchase(
    connection: &mut PgConnection,
    id: PaymentId,
    purchase: &Purchase,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE payments SET purchase = $2 WHERE id = $1",
        id as PaymentId,
        Json(purchase) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}
