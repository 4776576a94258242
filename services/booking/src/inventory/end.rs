//! Holds that end without tickets: released by their buyer, expired, or swept away with a cancelled event.

use contracts::{
    BookingId, Message, UserId, messages::BookingRef, messages::HoldEnded, ticket::BookingLine,
};
use kit::metrics;
use sqlx::{PgConnection, types::Json};

use super::{
    batch::Batch,
    changes::Changes,
    error::Error,
    waiting,
    work::{Outcome, Work},
};
use crate::domain::{BookingStatus, SeatStatus, WaitingStatus, booking::Reason};

/// Expires the holds that jobs name, as far as their time is over.
pub(super) async fn expire_due(
    connection: &mut PgConnection,
    changes: &mut Changes,
    batch: &mut Batch<'_>,
) -> Result<(), Error> {
    let mut named = Vec::new();
    for (place, job) in batch.open().collect::<Vec<_>>() {
        if let Work::Expire(ids) = &job.work {
            named.extend_from_slice(ids);
            batch.answer(place, Ok(Outcome::Nothing));
        }
    }
    if named.is_empty() {
        return Ok(());
    }
    let due = sqlx::query_scalar!(
        r#"SELECT id AS "id: BookingId" FROM bookings
           WHERE id = ANY($1) AND status = 'held' AND expires_at <= clock_timestamp() ORDER BY id FOR UPDATE"#,
        &named as &[BookingId]
    )
    .fetch_all(&mut *connection)
    .await?;
    metrics::counter!("booking_holds_expired_total").increment(due.len() as u64);
    end(
        connection,
        changes,
        &due,
        BookingStatus::Expired,
        Reason::Expired,
    )
    .await
}

/// Ends the holds `ids`, which must be locked and held: their places are free again.
pub(super) async fn end(
    connection: &mut PgConnection,
    changes: &mut Changes,
    ids: &[BookingId],
    to: BookingStatus,
    reason: Reason,
) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let holds = sqlx::query!(
        r#"UPDATE bookings SET status = $2, version = version + 1
           WHERE id = ANY($1) AND status = 'held'
           RETURNING id AS "id: BookingId", user_id AS "user_id: UserId", quantity, version, offered,
             items AS "items: Json<Vec<BookingLine>>""#,
        ids as &[BookingId],
        to.as_str()
    )
    .fetch_all(&mut *connection)
    .await?;
    if holds.len() != ids.len() {
        return Err(Error::Inconsistent(format!(
            "{} of {} holds were held",
            holds.len(),
            ids.len()
        )));
    }
    let offers: Vec<BookingId> = holds
        .iter()
        .filter(|hold| hold.offered)
        .map(|hold| hold.id)
        .collect();
    let ended = match reason {
        Reason::Buyer => WaitingStatus::Declined,
        _ => WaitingStatus::Expired,
    };
    waiting::end_offers(connection, &offers, ended).await?;
    for hold in holds {
        let owner = Some(hold.id);
        changes.shift_lines(&hold.items.0, -1, 0)?;
        changes.move_seats(
            &hold.items.0,
            (SeatStatus::Held, owner),
            (SeatStatus::Free, None),
        );
        changes.count_buyer(hold.user_id, -hold.quantity);
        changes.record(hold.id, hold.version, Some(BookingStatus::Held), to, reason);
        let ended = HoldEnded {
            booking: BookingRef {
                booking_id: hold.id,
                user_id: hold.user_id,
                event_id: changes.event_id,
                seats: hold.quantity.try_into().unwrap_or(0),
                version: hold.version,
            },
        };
        let message = if to == BookingStatus::Expired {
            Message::BookingExpired(ended)
        } else {
            Message::BookingReleased(ended)
        };
        changes.tell_of(hold.id, message);
    }
    Ok(())
}
