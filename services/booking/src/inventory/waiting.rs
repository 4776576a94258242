//! The waiting list: places that come back are offered to who waits, in the transaction that brings them back.

use std::collections::HashMap;

use contracts::{BookingId, EventId, EventSnapshot, TicketTypeId, UserId, WaitingEntryId};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    Core,
    batch::Batch,
    buyers,
    changes::{Changes, signed},
    error::Error,
    seats::Seating,
    taking::{Origin, Quantities, Taking, insert},
    work::{Outcome, Work},
};
use crate::{
    domain::{Booking, Refusal, WaitingStatus, order},
    store,
};

/// Entries looked at in one transaction, of each ticket type; who is further behind has his turn in the next.
const LOOKED_AT: i64 = 200;

/// Offers what is free of ticket types that somebody waits for: first come, first served. A group gets all its places or
/// none; one that needs more than are free is passed over, which is counted. What is left then goes on sale.
pub(super) async fn offer(
    connection: &mut PgConnection,
    core: &Core,
    changes: &mut Changes,
    seating: &mut Option<Seating>,
) -> Result<(), Error> {
    let types = changes.waited_for();
    if types.is_empty() {
        return Ok(());
    }
    let event = snapshot(&mut *connection, changes.event_id).await?;
    let seated = types
        .iter()
        .any(|id| order::ticket_type(&event, *id).is_some_and(order::is_seated));
    if seated {
        *seating =
            Some(Seating::current(&mut *connection, changes, seating.take(), &core.seats).await?);
    }
    for id in types {
        let Some(kind) = order::ticket_type(&event, id) else {
            continue;
        };
        if order::check_line(&event, kind, 0, changes.now).is_err() {
            continue;
        }
        offer_type(&mut *connection, core, changes, seating, &event, id).await?;
    }
    if seated && let Some(seating) = seating {
        seating.moved(changes);
    }
    Ok(())
}

async fn offer_type(
    connection: &mut PgConnection,
    core: &Core,
    changes: &mut Changes,
    seating: &mut Option<Seating>,
    event: &EventSnapshot,
    id: TicketTypeId,
) -> Result<(), Error> {
    let waiting = next(&mut *connection, changes, id).await?;
    let users: Vec<Uuid> = waiting.iter().map(|entry| entry.user.as_uuid()).collect();
    let had = if event.max_per_buyer.is_some() {
        buyers::have(&mut *connection, changes.event_id, &users).await?
    } else {
        HashMap::new()
    };
    let mut offers: Vec<Booking> = Vec::new();
    let mut offered: Vec<&Waiting> = Vec::new();
    for entry in &waiting {
        if entry.quantity > changes.available(id) {
            continue;
        }
        let have = had.get(&entry.user).copied().unwrap_or(0) + changes.counted(entry.user);
        if event
            .max_per_buyer
            .is_some_and(|max| i64::from(have) + i64::from(entry.quantity) > i64::from(max))
        {
            continue;
        }
        let seated = order::ticket_type(event, id).is_some_and(order::is_seated);
        let seats = match seating.as_mut().map(Seating::map).filter(|_| seated) {
            Some(map) => match map.take_best(id, entry.quantity as usize, true) {
                Some(seats) => seats,
                None => continue,
            },
            None => Vec::new(),
        };
        let taking = Taking {
            event,
            booking_id: BookingId::new(),
            user_id: entry.user,
            wanted: Quantities::from([(id, (entry.quantity, seats))]),
            expires_at: changes.now
                + chrono::TimeDelta::from_std(core.times.offer).unwrap_or(chrono::TimeDelta::MAX),
            origin: Origin::WaitingList,
        };
        offers.push(taking.apply(changes, seating.as_mut().map(Seating::map))?);
        offered.push(entry);
    }
    let Some(last) = offered.last() else {
        return Ok(());
    };
    insert(&mut *connection, changes, &offers).await?;
    changes.count_waiting(
        id,
        -signed(u32::try_from(offered.len()).unwrap_or(u32::MAX))?,
    )?;
    let entries: Vec<Uuid> = offered.iter().map(|entry| entry.id.as_uuid()).collect();
    let bookings: Vec<Uuid> = offers.iter().map(|booking| booking.id.as_uuid()).collect();
    sqlx::query!(
        "UPDATE waiting_list SET status = 'offered', booking_id = offer.booking, updated_at = $1
         FROM unnest($2::uuid[], $3::uuid[]) AS offer (entry, booking) WHERE id = offer.entry",
        changes.now,
        &entries,
        &bookings
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE waiting_list SET skips = skips + 1
         WHERE event_id = $1 AND ticket_type_id = $2 AND status = 'waiting' AND place < $3",
        changes.event_id.as_uuid(),
        id.as_uuid(),
        last.place
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Somebody who waits.
struct Waiting {
    id: WaitingEntryId,
    place: i64,
    user: UserId,
    quantity: u32,
}

/// The first who need no more than is free.
async fn next(
    connection: &mut PgConnection,
    changes: &Changes,
    id: TicketTypeId,
) -> Result<Vec<Waiting>, Error> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: WaitingEntryId", place, user_id AS "user: UserId", quantity FROM waiting_list
           WHERE event_id = $1 AND ticket_type_id = $2 AND status = 'waiting' AND quantity <= $3
           ORDER BY place LIMIT $4"#,
        changes.event_id.as_uuid(),
        id.as_uuid(),
        signed(changes.available(id))?,
        LOOKED_AT
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Waiting {
            id: row.id,
            place: row.place,
            user: row.user,
            quantity: store::count(row.quantity),
        })
        .collect())
}

async fn snapshot(connection: &mut PgConnection, event: EventId) -> Result<EventSnapshot, Error> {
    let snapshot = sqlx::query_scalar!(
        r#"SELECT snapshot AS "snapshot: Json<EventSnapshot>" FROM events WHERE id = $1"#,
        event.as_uuid()
    )
    .fetch_one(connection)
    .await?;
    Ok(snapshot.0)
}

/// Puts people on the list, and takes them off.
pub(super) async fn run(
    connection: &mut PgConnection,
    changes: &mut Changes,
    batch: &mut Batch<'_>,
) -> Result<(), Error> {
    for (place, job) in batch.open().collect::<Vec<_>>() {
        let answer = match &job.work {
            Work::Join(wish) => join(&mut *connection, changes, wish).await?,
            Work::Leave { user, ticket_type } => {
                leave(&mut *connection, changes, *user, *ticket_type).await?;
                Ok(Outcome::Nothing)
            }
            _ => continue,
        };
        batch.answer(place, answer);
    }
    Ok(())
}

/// A buyer's wish to be told when places come back.
#[derive(Clone, Debug)]
pub struct WaitingWish {
    pub user: UserId,
    pub ticket_type: TicketTypeId,
    pub quantity: u32,
}

/// One entry per buyer and ticket type: the same wish again changes nothing.
async fn join(
    connection: &mut PgConnection,
    changes: &mut Changes,
    wish: &WaitingWish,
) -> Result<Result<Outcome, Error>, Error> {
    if changes.closed {
        return Ok(Err(Refusal::EventNotOnSale.into()));
    }
    if changes.stock(wish.ticket_type).is_none() {
        return Ok(Err(Refusal::NotFound("ticket_type").into()));
    }
    let open = store::waiting_list::open(
        &mut *connection,
        changes.event_id,
        wish.ticket_type,
        wish.user,
    )
    .await?;
    if let Some(entry) = open {
        return Ok(if entry.quantity == wish.quantity {
            Ok(Outcome::Waiting(entry.id))
        } else {
            Err(Refusal::AlreadyWaiting {
                quantity: entry.quantity,
            }
            .into())
        });
    }
    let available = changes.available(wish.ticket_type);
    if available >= wish.quantity {
        return Ok(Err(Refusal::NotSoldOut { available }.into()));
    }
    let id = WaitingEntryId::new();
    sqlx::query!(
        "INSERT INTO waiting_list (id, event_id, ticket_type_id, user_id, quantity) VALUES ($1, $2, $3, $4, $5)",
        id.as_uuid(),
        changes.event_id.as_uuid(),
        wish.ticket_type.as_uuid(),
        wish.user.as_uuid(),
        signed(wish.quantity)?
    )
    .execute(connection)
    .await?;
    changes.count_waiting(wish.ticket_type, 1)?;
    Ok(Ok(Outcome::Waiting(id)))
}

/// Takes a buyer's waiting entries off the list: of one ticket type, or all.
async fn leave(
    connection: &mut PgConnection,
    changes: &mut Changes,
    user: UserId,
    ticket_type: Option<TicketTypeId>,
) -> Result<(), Error> {
    let left = sqlx::query_scalar!(
        r#"UPDATE waiting_list SET status = 'left', updated_at = clock_timestamp()
           WHERE event_id = $1 AND user_id = $2 AND ($3::uuid IS NULL OR ticket_type_id = $3) AND status = 'waiting'
           RETURNING ticket_type_id AS "ticket_type: TicketTypeId""#,
        changes.event_id.as_uuid(),
        user.as_uuid(),
        ticket_type.map(TicketTypeId::as_uuid)
    )
    .fetch_all(connection)
    .await?;
    for id in left {
        changes.count_waiting(id, -1)?;
    }
    Ok(())
}

/// What became of offers whose bookings have changed.
pub(super) async fn end_offers(
    connection: &mut PgConnection,
    bookings: &[BookingId],
    to: WaitingStatus,
) -> Result<(), Error> {
    if !bookings.is_empty() {
        sqlx::query!(
            "UPDATE waiting_list SET status = $2, updated_at = clock_timestamp() WHERE booking_id = ANY($1)",
            bookings as &[BookingId],
            to.as_str()
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// Nobody waits any more: the event was cancelled.
pub(super) async fn close(connection: &mut PgConnection, event: EventId) -> Result<(), Error> {
    sqlx::query!(
        "WITH ended AS (
           UPDATE waiting_list SET status = 'expired', updated_at = clock_timestamp()
           WHERE event_id = $1 AND status = 'waiting')
         UPDATE stock SET waiting = 0 WHERE event_id = $1 AND waiting > 0",
        event.as_uuid()
    )
    .execute(connection)
    .await?;
    Ok(())
}
