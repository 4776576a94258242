//! A hold becomes tickets.

use contracts::{
    BookingId, Message, PaymentId, TicketId,
    messages::BookingRef,
    messages::{BookingConfirmed, BookingRefused, PaymentRef, RefusalReason},
    ticket::{BookingLine, TicketSnapshot},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    changes::{Changes, signed},
    error::Error,
    lock_bookings,
};
use crate::{
    domain::{Booking, BookingStatus, Refusal, SeatStatus, TicketKeys, booking::Reason},
    store::bookings::{self, Record},
};

/// Confirms a free hold at checkout: tickets, stock and message in one transaction.
pub(super) async fn confirm_free(
    connection: &mut PgConnection,
    keys: &TicketKeys,
    mut changes: Changes,
    record: Record,
) -> Result<Booking, Error> {
    if changes.closed {
        return Err(Refusal::EventNotOnSale.into());
    }
    let booking = finish(
        &mut *connection,
        keys,
        &mut changes,
        record,
        None,
        Reason::Free,
    )
    .await?;
    changes.write(connection).await?;
    Ok(booking)
}

/// Turns an authorised payment into tickets, or refuses it, which makes Payment void it. A hold that ran out takes its places
/// again when they are still free. Either way the message is written; the same payment twice changes nothing.
pub(super) async fn confirm_paid(
    connection: &mut PgConnection,
    keys: &TicketKeys,
    payment: &PaymentRef,
) -> Result<(), Error> {
    let Some(event_id) = bookings::event_of(&mut *connection, payment.booking_id).await? else {
        tracing::error!(booking_id = %payment.booking_id, "a payment was authorised for no booking");
        let stranger = BookingRef {
            booking_id: payment.booking_id,
            user_id: payment.user_id,
            event_id: payment.event_id,
            seats: payment.seats,
            version: 0,
        };
        return refuse(connection, stranger, payment, RefusalReason::Released).await;
    };
    let mut changes = Changes::lock(&mut *connection, event_id).await?;
    let record = locked(&mut *connection, payment.booking_id).await?;
    let booking = &record.booking;
    let reference = booking.reference();
    if booking.payment_id == Some(payment.payment_id) {
        // It did its work before: the booking is confirmed, or was cancelled since, and the messages of that are out.
        return Ok(());
    }
    let refusal = match booking.status {
        BookingStatus::Confirmed => Some(RefusalReason::AlreadyPaid),
        _ if changes.closed => Some(RefusalReason::EventCancelled),
        BookingStatus::Released | BookingStatus::Cancelled => Some(RefusalReason::Released),
        BookingStatus::Held | BookingStatus::Expired if booking.total != payment.amount => {
            tracing::error!(
                booking_id = %booking.id, payment_id = %payment.payment_id,
                "{} was authorised for a booking of {}", payment.amount, booking.total
            );
            Some(RefusalReason::Released)
        }
        BookingStatus::Held => None,
        BookingStatus::Expired if may_retake(&mut *connection, &changes, &record).await? => None,
        BookingStatus::Expired => Some(RefusalReason::Expired),
    };
    if let Some(reason) = refusal {
        return refuse(connection, reference, payment, reason).await;
    }
    let reason = match booking.status {
        BookingStatus::Expired => Reason::PaidLate,
        _ => Reason::Paid,
    };
    finish(
        &mut *connection,
        keys,
        &mut changes,
        record,
        Some(payment.payment_id),
        reason,
    )
    .await?;
    changes.write(connection).await
}

async fn locked(connection: &mut PgConnection, id: BookingId) -> Result<Record, Error> {
    lock_bookings(&mut *connection, &[id]).await?;
    bookings::get(connection, id)
        .await?
        .ok_or_else(|| Error::Inconsistent(format!("{id:?} vanished")))
}

async fn refuse(
    connection: &mut PgConnection,
    booking: BookingRef,
    payment: &PaymentRef,
    reason: RefusalReason,
) -> Result<(), Error> {
    tracing::info!(booking_id = %booking.booking_id, payment_id = %payment.payment_id, ?reason,
        "an authorised payment is refused");
    let message = Message::BookingRefused(BookingRefused {
        booking,
        payment_id: payment.payment_id,
        reason,
    });
    kit::outbox::add(connection, &message).await?;
    Ok(())
}

/// Whether all places of an expired booking are free, and its buyer may still have them.
async fn may_retake(
    connection: &mut PgConnection,
    changes: &Changes,
    record: &Record,
) -> Result<bool, Error> {
    let booking = &record.booking;
    if booking
        .items
        .iter()
        .any(|line| changes.available(line.ticket_type_id) < line.quantity)
    {
        return Ok(false);
    }
    if let Some(max) = record.event.max_per_buyer {
        let have = sqlx::query_scalar!(
            "SELECT quantity FROM buyers WHERE event_id = $1 AND user_id = $2",
            booking.event_id.as_uuid(),
            booking.user_id.as_uuid()
        )
        .fetch_optional(&mut *connection)
        .await?
        .unwrap_or(0);
        if i64::from(have) + i64::from(booking.seats) > i64::from(max) {
            return Ok(false);
        }
    }
    let seats: Vec<String> = seats(&booking.items);
    let free = sqlx::query_scalar!(
        r#"SELECT count(*) AS "free!" FROM (
             SELECT FROM seats WHERE event_id = $1 AND seat_guid = ANY($2) AND status = 0 ORDER BY seat_guid FOR UPDATE
           ) AS locked"#,
        booking.event_id.as_uuid(),
        &seats
    )
    .fetch_one(connection)
    .await?;
    Ok(usize::try_from(free).is_ok_and(|free| free == seats.len()))
}

fn seats(lines: &[BookingLine]) -> Vec<String> {
    lines
        .iter()
        .flat_map(|line| &line.seats)
        .map(ToString::to_string)
        .collect()
}

/// Gathers the change of a held or expired booking to confirmed, and writes booking and tickets.
async fn finish(
    connection: &mut PgConnection,
    keys: &TicketKeys,
    changes: &mut Changes,
    record: Record,
    payment_id: Option<PaymentId>,
    reason: Reason,
) -> Result<Booking, Error> {
    let Record {
        mut booking, event, ..
    } = record;
    let from = booking.status;
    if !from.can_become(BookingStatus::Confirmed) {
        return Err(Refusal::InvalidTransition {
            from,
            to: BookingStatus::Confirmed,
        }
        .into());
    }
    let owner = Some(booking.id);
    let sold = (SeatStatus::Sold, owner);
    if from == BookingStatus::Held {
        changes.shift_lines(&booking.items, -1, 1)?;
        changes.move_seats(&booking.items, (SeatStatus::Held, owner), sold);
    } else {
        changes.shift_lines(&booking.items, 0, 1)?;
        changes.move_seats(&booking.items, (SeatStatus::Free, None), sold);
        changes.count_buyer(booking.user_id, signed(booking.seats)?);
    }
    booking.status = BookingStatus::Confirmed;
    booking.version += 1;
    booking.confirmed_at = Some(changes.now);
    booking.payment_id = payment_id;
    sqlx::query!(
        "UPDATE bookings SET status = 'confirmed', version = $2, confirmed_at = $3, payment_id = $4 WHERE id = $1",
        booking.id.as_uuid(),
        booking.version,
        changes.now,
        payment_id.map(PaymentId::as_uuid)
    )
    .execute(&mut *connection)
    .await?;
    let tickets = tickets(keys, &booking);
    insert_tickets(&mut *connection, &booking, &tickets, changes).await?;
    changes.record(
        booking.id,
        booking.version,
        Some(from),
        BookingStatus::Confirmed,
        reason,
    );
    changes.tell(Message::BookingConfirmed(BookingConfirmed {
        booking: booking.reference(),
        payment_id,
        tickets,
        items: booking.items.clone(),
        total: booking.total,
        event,
    }));
    Ok(booking)
}

fn tickets(keys: &TicketKeys, booking: &Booking) -> Vec<TicketSnapshot> {
    let mut tickets = Vec::new();
    for line in &booking.items {
        for index in 0..line.quantity as usize {
            let id = TicketId::new();
            tickets.push(TicketSnapshot {
                id,
                ticket_type_id: line.ticket_type_id,
                ticket_type_name: line.name.clone(),
                seat: line.seats.get(index).cloned(),
                price: line.unit_price,
                code: keys.sign(id, booking.event_id),
            });
        }
    }
    tickets
}

async fn insert_tickets(
    connection: &mut PgConnection,
    booking: &Booking,
    tickets: &[TicketSnapshot],
    changes: &Changes,
) -> Result<(), Error> {
    let ids: Vec<Uuid> = tickets.iter().map(|t| t.id.as_uuid()).collect();
    let types: Vec<Uuid> = tickets.iter().map(|t| t.ticket_type_id.as_uuid()).collect();
    let names: Vec<String> = tickets.iter().map(|t| t.ticket_type_name.clone()).collect();
    let seats: Vec<Option<String>> = tickets
        .iter()
        .map(|t| t.seat.as_ref().map(ToString::to_string))
        .collect();
    let prices: Vec<i64> = tickets.iter().map(|t| t.price.amount).collect();
    sqlx::query!(
        "INSERT INTO tickets (id, booking_id, event_id, ticket_type_id, ticket_type_name, seat_guid, price_amount, currency, sold_at)
         SELECT id, $1, $2, ticket_type, name, seat, price, $3, $4
         FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::bigint[]) AS t (id, ticket_type, name, seat, price)",
        booking.id.as_uuid(),
        booking.event_id.as_uuid(),
        booking.total.currency.as_str(),
        changes.now,
        &ids,
        &types,
        &names,
        &seats as &[Option<String>],
        &prices
    )
    .execute(connection)
    .await?;
    Ok(())
}
