//! Tickets that are taken back: stock, message and what the buyer gets, in one transaction.

use std::collections::{BTreeMap, HashMap};

use contracts::{
    BookingId, Message, Money, SeatGuid, TicketId, TicketTypeId,
    messages::{BookingCancelled, CancelReason},
    ticket::CancelledTicket,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    changes::{Changes, SeatMove, signed},
    error::Error,
};
use crate::{
    domain::{Booking, BookingStatus, Refusal, SeatStatus, TicketStatus, booking::Reason},
    store::{bookings::Record, corrupt},
};

/// A ticket of a booking; locked.
struct Ticket {
    id: TicketId,
    booking: BookingId,
    sold_as: TicketTypeId,
    seat: Option<SeatGuid>,
    price: i64,
    status: TicketStatus,
}

/// Which tickets of the bookings are meant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Selection<'a> {
    /// Every one that can be.
    All,
    /// Every one, redeemed or not: they were never paid.
    Unpaid,
    /// Exactly these; each must be there and cancellable.
    Exactly(&'a [TicketId]),
    /// Those of these that can be.
    Among(&'a [TicketId]),
}

/// What to cancel of one confirmed booking, which must be locked.
pub(super) struct Cancel<'a> {
    pub record: Record,
    pub selection: Selection<'a>,
    pub why: CancelReason,
}

/// Cancels tickets. Redeemed ones stay, unless they were never paid. A booking that is left without tickets is cancelled. For each of `cancels`, in order,
/// gives the booking in its new state, `None` when there was nothing to cancel, or what stands against it.
pub(super) async fn cancel(
    connection: &mut PgConnection,
    changes: &mut Changes,
    cancels: Vec<Cancel<'_>>,
) -> Result<Vec<Result<Option<Booking>, Refusal>>, Error> {
    if cancels.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<BookingId> = cancels
        .iter()
        .map(|cancel| cancel.record.booking.id)
        .collect();
    let mut tickets: HashMap<BookingId, Vec<Ticket>> = HashMap::new();
    for ticket in lock_tickets(&mut *connection, &ids).await? {
        tickets.entry(ticket.booking).or_default().push(ticket);
    }
    let mut cancelled = Vec::new();
    let mut outcomes = Vec::with_capacity(cancels.len());
    for cancel in cancels {
        let mut booking = cancel.record.booking;
        let all = tickets.remove(&booking.id).unwrap_or_default();
        let chosen = match choose(&all, cancel.selection) {
            Ok(chosen) if chosen.is_empty() => {
                outcomes.push(Ok(None));
                continue;
            }
            Ok(chosen) => chosen,
            Err(refusal) => {
                outcomes.push(Err(refusal));
                continue;
            }
        };
        let left = all
            .iter()
            .filter(|ticket| ticket.status != TicketStatus::Cancelled)
            .count();
        let whole = left == chosen.len();
        apply(changes, &mut booking, &chosen, whole, cancel.why)?;
        cancelled.extend(
            chosen
                .iter()
                .map(|ticket| (ticket.id, refund(cancel.why, ticket))),
        );
        outcomes.push(Ok(Some(booking)));
    }
    write_tickets(&mut *connection, changes, &cancelled).await?;
    write_bookings(connection, outcomes.iter().flatten().flatten()).await?;
    Ok(outcomes)
}

fn choose<'a>(all: &'a [Ticket], selection: Selection<'_>) -> Result<Vec<&'a Ticket>, Refusal> {
    let valid = all
        .iter()
        .filter(|ticket| ticket.status == TicketStatus::Valid);
    match selection {
        Selection::All => Ok(valid.collect()),
        Selection::Unpaid => Ok(all
            .iter()
            .filter(|ticket| ticket.status != TicketStatus::Cancelled)
            .collect()),
        Selection::Among(ids) => Ok(valid.filter(|ticket| ids.contains(&ticket.id)).collect()),
        Selection::Exactly(ids) => {
            let mut chosen = Vec::new();
            for (index, id) in ids.iter().enumerate() {
                let ticket = all.iter().find(|ticket| ticket.id == *id).ok_or_else(|| {
                    Refusal::invalid(
                        format!("/ticket_ids/{index}"),
                        "is no ticket of this booking",
                    )
                })?;
                if ticket.status != TicketStatus::Valid {
                    return Err(Refusal::NothingToCancel);
                }
                chosen.push(ticket);
            }
            Ok(chosen)
        }
    }
}

/// What the buyer gets back for a ticket. A payment that was never captured gives nothing back.
fn refund(why: CancelReason, ticket: &Ticket) -> i64 {
    match why {
        CancelReason::CaptureFailed => 0,
        CancelReason::Buyer | CancelReason::Organiser | CancelReason::EventCancelled => {
            ticket.price
        }
    }
}

fn apply(
    changes: &mut Changes,
    booking: &mut Booking,
    chosen: &[&Ticket],
    whole: bool,
    why: CancelReason,
) -> Result<(), Error> {
    let currency = booking.total.currency;
    let mut by_type: BTreeMap<TicketTypeId, i32> = BTreeMap::new();
    for ticket in chosen {
        *by_type.entry(ticket.sold_as).or_default() += 1;
        if let Some(guid) = ticket.seat.clone() {
            changes.move_seat(SeatMove {
                guid,
                from: (SeatStatus::Sold, Some(booking.id)),
                to: (SeatStatus::Free, None),
            });
        }
    }
    for (id, quantity) in by_type {
        changes.shift(id, 0, -quantity)?;
    }
    let quantity = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
    changes.count_buyer(booking.user_id, -signed(quantity)?);
    booking.version += 1;
    if whole {
        booking.status = BookingStatus::Cancelled;
        booking.cancelled_at = Some(changes.now);
    }
    changes.record(
        booking.id,
        booking.version,
        Some(BookingStatus::Confirmed),
        booking.status,
        match why {
            CancelReason::Buyer => Reason::Buyer,
            CancelReason::Organiser => Reason::Organiser,
            CancelReason::EventCancelled => Reason::EventCancelled,
            CancelReason::CaptureFailed => Reason::CaptureFailed,
        },
    );
    let tickets: Vec<CancelledTicket> = chosen
        .iter()
        .map(|ticket| CancelledTicket {
            id: ticket.id,
            price: Money::new(refund(why, ticket), currency),
        })
        .collect();
    let amount = Money::sum(currency, tickets.iter().map(|ticket| ticket.price))
        .map_err(|error| Error::Inconsistent(error.to_string()))?;
    let message = Message::BookingCancelled(BookingCancelled {
        booking: booking.reference(),
        payment_id: booking.payment_id,
        ticket_ids: tickets.iter().map(|ticket| ticket.id).collect(),
        tickets,
        amount,
        reason: why,
        whole,
    });
    changes.tell_of(booking.id, message);
    Ok(())
}

async fn lock_tickets(
    connection: &mut PgConnection,
    bookings: &[BookingId],
) -> sqlx::Result<Vec<Ticket>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: TicketId", booking_id AS "booking: BookingId", ticket_type_id AS "sold_as: TicketTypeId",
             seat_guid AS "seat: SeatGuid", price_amount AS price, status
           FROM tickets WHERE booking_id = ANY($1) ORDER BY id FOR UPDATE"#,
        bookings as &[BookingId]
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Ticket {
                id: row.id,
                booking: row.booking,
                sold_as: row.sold_as,
                seat: row.seat,
                price: row.price,
                status: row.status.parse().map_err(|e| corrupt("status", e))?,
            })
        })
        .collect()
}

async fn write_tickets(
    connection: &mut PgConnection,
    changes: &Changes,
    cancelled: &[(TicketId, i64)],
) -> Result<(), Error> {
    let ids: Vec<Uuid> = cancelled.iter().map(|(id, _)| id.as_uuid()).collect();
    let refunds: Vec<i64> = cancelled.iter().map(|(_, refund)| *refund).collect();
    sqlx::query!(
        "UPDATE tickets SET status = 'cancelled', cancelled_at = $1, redeemed_at = NULL, refunded_amount = given.back
         FROM unnest($2::uuid[], $3::bigint[]) AS given (ticket, back) WHERE id = given.ticket",
        changes.now,
        &ids,
        &refunds
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_bookings<'a>(
    connection: &mut PgConnection,
    bookings: impl Iterator<Item = &'a Booking>,
) -> Result<(), Error> {
    let bookings: Vec<_> = bookings.collect();
    let ids: Vec<Uuid> = bookings.iter().map(|b| b.id.as_uuid()).collect();
    let statuses: Vec<String> = bookings
        .iter()
        .map(|b| b.status.as_str().to_owned())
        .collect();
    let versions: Vec<i64> = bookings.iter().map(|b| b.version).collect();
    let cancelled: Vec<_> = bookings.iter().map(|b| b.cancelled_at).collect();
    sqlx::query!(
        "UPDATE bookings SET status = new.status, version = new.version, cancelled_at = new.cancelled
         FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[]) AS new (booking, status, version, cancelled)
         WHERE id = new.booking",
        &ids,
        &statuses,
        &versions,
        &cancelled as &[Option<chrono::DateTime<chrono::Utc>>]
    )
    .execute(connection)
    .await?;
    Ok(())
}
