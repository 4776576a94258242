//! A cancelled event: its stock is closed first, then its bookings end in batches.

use contracts::{BookingId, EventId, messages::CancelReason};
use sqlx::PgConnection;

use super::{
    Inventory,
    cancel::{Cancel, Selection, cancel},
    changes::Changes,
    end::end,
    error::Error,
    outcomes::Outcomes,
    waiting,
};
use crate::{
    domain::{BookingStatus, Refusal, booking::Reason},
    events,
    store::bookings,
};

/// Bookings ended in one transaction, so that nobody waits long for the stock's lock.
const BATCH: i64 = 200;

/// Locks the event's stock before its row in `events` is touched. Without stock there is nothing to lock.
pub async fn close_stock(connection: &mut PgConnection, event_id: EventId) -> Result<(), Error> {
    match Changes::lock(connection, event_id).await {
        Ok(_) | Err(Error::Refused(Refusal::NotFound(_))) => Ok(()),
        Err(error) => Err(error),
    }
}

/// After the event's row says cancelled: nothing is sold any more, also of what was stocked meanwhile.
pub async fn announce_closed(
    connection: &mut PgConnection,
    event_id: EventId,
) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE stock SET closed = true, revision = (SELECT max(revision) + 1 FROM stock WHERE event_id = $1)
         WHERE event_id = $1 AND NOT closed",
        event_id.as_uuid()
    )
    .execute(&mut *connection)
    .await?;
    waiting::close(&mut *connection, event_id).await?;
    events::notify(connection, event_id).await?;
    Ok(())
}

impl Inventory {
    /// Ends every hold and cancels every ticket of a closed event. May be called again after a crash, and by several: it
    /// goes over what is left.
    pub async fn end_all(&self, event_id: EventId) -> Result<(), Error> {
        let mut after: Option<BookingId> = None;
        loop {
            let mut transaction = self.core.pool.begin().await?;
            let ended = end_batch(&mut transaction, event_id, after).await?;
            transaction.commit().await?;
            self.committed(event_id);
            let Some((last, outcomes)) = ended else {
                return Ok(());
            };
            outcomes.count();
            after = Some(last);
        }
    }
}

/// Ends the next bookings after `after`; the last of them and what became of all, `None` when there were none.
async fn end_batch(
    connection: &mut PgConnection,
    event_id: EventId,
    after: Option<BookingId>,
) -> Result<Option<(BookingId, Outcomes)>, Error> {
    let mut changes = match Changes::lock(&mut *connection, event_id).await {
        Ok(changes) => changes,
        // An event that was cancelled before anybody asked for it has no stock and no bookings.
        Err(Error::Refused(Refusal::NotFound(_))) => return Ok(None),
        Err(error) => return Err(error),
    };
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: BookingId" FROM bookings
           WHERE event_id = $1 AND status IN ('held', 'confirmed') AND ($2::uuid IS NULL OR id > $2)
           ORDER BY id LIMIT $3 FOR UPDATE"#,
        event_id.as_uuid(),
        after.map(BookingId::as_uuid),
        BATCH
    )
    .fetch_all(&mut *connection)
    .await?;
    let Some(last) = ids.last().copied() else {
        return Ok(None);
    };
    let (held, confirmed): (Vec<_>, Vec<_>) = bookings::load(&mut *connection, &ids)
        .await?
        .into_iter()
        .partition(|record| record.booking.status == BookingStatus::Held);
    let held: Vec<_> = held.iter().map(|record| record.booking.id).collect();
    end(
        &mut *connection,
        &mut changes,
        &held,
        BookingStatus::Released,
        Reason::EventCancelled,
    )
    .await?;
    let confirmed = confirmed
        .into_iter()
        .map(|record| Cancel {
            record,
            selection: Selection::All,
            why: CancelReason::EventCancelled,
        })
        .collect();
    cancel(&mut *connection, &mut changes, confirmed).await?;
    let outcomes = changes.outcomes();
    changes.write(connection).await?;
    Ok(Some((last, outcomes)))
}
