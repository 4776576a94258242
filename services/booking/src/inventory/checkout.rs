//! Checkout: the total is frozen and the hold prolonged, once. Where nothing is to pay, the booking is confirmed.

use axum::http::StatusCode;
use contracts::{BookingId, UserId};
use kit::{
    Problem,
    idempotency::{self, Begin, Kept, Scope},
};
use sqlx::PgConnection;

use super::{Inventory, error::Error, lock_bookings, work::Work};
use crate::{
    domain::{Booking, BookingStatus, Refusal, booking::Reason},
    store::bookings::{self, Record},
};

impl Inventory {
    /// Freezes the total and prolongs the hold, once. A free booking is confirmed.
    pub async fn checkout(
        &self,
        user: UserId,
        id: BookingId,
        key: Option<Scope>,
    ) -> Result<Kept, Problem> {
        let mut transaction = self.core.pool.begin().await?;
        let seen = owned(&mut transaction, user, id).await?.booking;
        if seen.total.is_zero() {
            drop(transaction);
            let work = Work::ConfirmFree { user, booking: id };
            return self.change(seen.event_id, work, key).await;
        }
        if let Some(scope) = &key
            && let Begin::Replay(kept) = idempotency::begin(&mut transaction, scope).await?
        {
            return Ok(kept);
        }
        lock_bookings(&mut transaction, &[id]).await?;
        let record = owned(&mut transaction, user, id).await?;
        may_become(&record, BookingStatus::Confirmed)?;
        let booking = self.prolong(&mut transaction, record).await?;
        let kept = Kept {
            status: StatusCode::OK,
            body: serde_json::to_value(&booking).map_err(Problem::internal)?,
        };
        if let Some(scope) = &key {
            idempotency::finish(&mut transaction, scope, kept.status, &kept.body).await?;
        }
        transaction.commit().await?;
        Ok(kept)
    }

    async fn prolong(
        &self,
        connection: &mut PgConnection,
        record: Record,
    ) -> Result<Booking, Error> {
        let mut booking = record.booking;
        if record.checked_out {
            return Ok(booking);
        }
        let seconds = self.core.times.checkout.as_secs_f64();
        let row = sqlx::query!(
            r#"WITH prolonged AS (
                 UPDATE bookings SET checked_out_at = clock_timestamp(), version = version + 1,
                   expires_at = greatest(expires_at, clock_timestamp() + make_interval(secs => $2))
                 WHERE id = $1 RETURNING id, version, checked_out_at, expires_at),
               noted AS (
                 INSERT INTO booking_history (booking_id, version, at, from_status, to_status, reason)
                 SELECT id, version, checked_out_at, 'held', 'held', $3 FROM prolonged)
               SELECT version, expires_at FROM prolonged"#,
            booking.id.as_uuid(),
            seconds,
            Reason::Checkout.as_str()
        )
        .fetch_one(connection)
        .await?;
        booking.version = row.version;
        booking.expires_at = row.expires_at;
        Ok(booking)
    }
}

async fn owned(
    connection: &mut PgConnection,
    user: UserId,
    id: BookingId,
) -> Result<Record, Error> {
    let record = bookings::owned(connection, id, user).await?;
    Ok(record.ok_or(Refusal::NotFound("booking"))?)
}

/// Whether its buyer may take a held booking to `next`.
pub(super) fn may_become(record: &Record, next: BookingStatus) -> Result<(), Refusal> {
    let booking = &record.booking;
    if record.due || booking.status == BookingStatus::Expired {
        return Err(Refusal::HoldExpired(booking.expires_at));
    }
    // An expired hold may still be confirmed, but only by a payment.
    if booking.status != BookingStatus::Held {
        return Err(Refusal::InvalidTransition {
            from: booking.status,
            to: next,
        });
    }
    if record.event.status == contracts::EventStatus::Cancelled {
        return Err(Refusal::EventNotOnSale);
    }
    Ok(())
}
