//! Changes of one booking: checkout, release, cancel.

use axum::http::StatusCode;
use contracts::{
    BookingId, PaymentId, TicketId, UserId, messages::CancelReason, messages::RefundRequested,
};
use kit::{
    Problem,
    idempotency::{self, Begin, Kept, Scope},
};
use sqlx::{PgConnection, Postgres, Transaction};

use super::{
    Inventory,
    cancel::{Selection, cancel},
    changes::Changes,
    confirm,
    end::end,
    error::Error,
    lock_bookings,
    reserve::answer,
};
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
        let mut transaction = self.pool.begin().await?;
        if let Some(kept) = begin(&mut transaction, key.as_ref()).await? {
            return Ok(kept);
        }
        let booking = self.check_out(&mut transaction, user, id).await?;
        self.finish(transaction, key, booking).await
    }

    async fn check_out(
        &self,
        connection: &mut PgConnection,
        user: UserId,
        id: BookingId,
    ) -> Result<Booking, Error> {
        let seen = owned(&mut *connection, user, id).await?;
        if !seen.booking.total.is_zero() {
            lock_bookings(&mut *connection, &[id]).await?;
            let record = owned(&mut *connection, user, id).await?;
            may_become(&record, BookingStatus::Confirmed)?;
            return self.prolong(connection, record).await;
        }
        let changes = Changes::lock(&mut *connection, seen.booking.event_id).await?;
        lock_bookings(&mut *connection, &[id]).await?;
        let record = owned(&mut *connection, user, id).await?;
        may_become(&record, BookingStatus::Confirmed)?;
        confirm::confirm_free(connection, &self.keys, changes, record).await
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
        let seconds = self.times.checkout.as_secs_f64();
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

    /// Gives a hold back, or cancels tickets of a confirmed booking: all that can be, or exactly `tickets`.
    pub async fn cancel(
        &self,
        user: UserId,
        id: BookingId,
        tickets: Option<&[TicketId]>,
        key: Option<Scope>,
    ) -> Result<Kept, Problem> {
        let mut transaction = self.pool.begin().await?;
        if let Some(kept) = begin(&mut transaction, key.as_ref()).await? {
            return Ok(kept);
        }
        let booking = give_back(&mut transaction, user, id, tickets).await?;
        self.finish(transaction, key, booking).await
    }

    /// Commits, with the answer under its key.
    async fn finish(
        &self,
        mut transaction: Transaction<'static, Postgres>,
        key: Option<Scope>,
        booking: Booking,
    ) -> Result<Kept, Problem> {
        let kept = Kept {
            status: StatusCode::OK,
            body: answer(&booking),
        };
        if let Some(scope) = key {
            idempotency::finish(&mut transaction, &scope, kept.status, &kept.body).await?;
        }
        transaction.commit().await?;
        self.committed(booking.event_id);
        Ok(kept)
    }

    /// Cancels what a buyer wants refunded, as far as that can be: only the owner's, only what that payment paid, nothing
    /// that is redeemed or cancelled already. Runs in the caller's transaction.
    pub async fn cancel_for_refund(
        &self,
        connection: &mut PgConnection,
        request: &RefundRequested,
    ) -> Result<(), Error> {
        let selection = match &request.ticket_ids {
            Some(ids) => Selection::Among(ids),
            None => Selection::All,
        };
        let allowed = |record: &Record| {
            record.booking.user_id == request.user_id
                && record.booking.payment_id == Some(request.payment_id)
                && record.event.ends_at > chrono::Utc::now()
        };
        let cancelled = cancel_confirmed(
            connection,
            request.booking_id,
            selection,
            CancelReason::Buyer,
            allowed,
        )
        .await?;
        if !cancelled {
            tracing::warn!(booking_id = %request.booking_id, payment_id = %request.payment_id,
                "a refund was asked for, but there is nothing to cancel");
        }
        Ok(())
    }

    /// Takes the tickets back that an authorised payment got, which then could not be captured.
    pub async fn cancel_uncaptured(
        &self,
        connection: &mut PgConnection,
        booking: BookingId,
        payment: PaymentId,
    ) -> Result<(), Error> {
        let paid = |record: &Record| record.booking.payment_id == Some(payment);
        cancel_confirmed(
            connection,
            booking,
            Selection::All,
            CancelReason::CaptureFailed,
            paid,
        )
        .await?;
        Ok(())
    }
}

/// The answer that the key has already; `None` to go on.
async fn begin(
    connection: &mut PgConnection,
    key: Option<&Scope>,
) -> Result<Option<Kept>, Problem> {
    match key {
        Some(scope) => match idempotency::begin(connection, scope).await? {
            Begin::Proceed => Ok(None),
            Begin::Replay(kept) => Ok(Some(kept)),
        },
        None => Ok(None),
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
fn may_become(record: &Record, next: BookingStatus) -> Result<(), Refusal> {
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

async fn give_back(
    connection: &mut PgConnection,
    user: UserId,
    id: BookingId,
    tickets: Option<&[TicketId]>,
) -> Result<Booking, Error> {
    let seen = owned(&mut *connection, user, id).await?;
    let mut changes = Changes::lock(&mut *connection, seen.booking.event_id).await?;
    lock_bookings(&mut *connection, &[id]).await?;
    let record = owned(&mut *connection, user, id).await?;
    if record.booking.status == BookingStatus::Confirmed {
        if record.event.ends_at <= changes.now {
            return Err(Refusal::EventOver.into());
        }
        let selection = tickets.map_or(Selection::All, Selection::Exactly);
        let changed = cancel(
            &mut *connection,
            &mut changes,
            vec![record],
            selection,
            CancelReason::Buyer,
        )
        .await?;
        let booking = changed.into_iter().next().ok_or(Refusal::NothingToCancel)?;
        changes.write(connection).await?;
        return Ok(booking);
    }
    if record.booking.status == BookingStatus::Cancelled {
        return Err(Refusal::InvalidTransition {
            from: BookingStatus::Cancelled,
            to: BookingStatus::Cancelled,
        }
        .into());
    }
    match may_become(&record, BookingStatus::Released) {
        // The hold of a cancelled event may be given back like any other.
        Ok(()) | Err(Refusal::EventNotOnSale) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    if tickets.is_some() {
        return Err(Refusal::invalid("/ticket_ids", "a hold has no tickets yet").into());
    }
    end(
        &mut *connection,
        &mut changes,
        &[id],
        BookingStatus::Released,
        Reason::Buyer,
    )
    .await?;
    changes.write(&mut *connection).await?;
    Ok(owned(connection, user, id).await?.booking)
}

/// Cancels tickets of a booking if it is confirmed and `allowed`. Whether anything was.
async fn cancel_confirmed(
    connection: &mut PgConnection,
    id: BookingId,
    selection: Selection<'_>,
    why: CancelReason,
    allowed: impl Fn(&Record) -> bool,
) -> Result<bool, Error> {
    let Some(event_id) = bookings::event_of(&mut *connection, id).await? else {
        return Ok(false);
    };
    let mut changes = Changes::lock(&mut *connection, event_id).await?;
    lock_bookings(&mut *connection, &[id]).await?;
    let record = bookings::get(&mut *connection, id).await?;
    let Some(record) = record
        .filter(|record| record.booking.status == BookingStatus::Confirmed && allowed(record))
    else {
        return Ok(false);
    };
    let changed = cancel(&mut *connection, &mut changes, vec![record], selection, why).await?;
    if changed.is_empty() {
        return Ok(false);
    }
    changes.write(connection).await?;
    Ok(true)
}
