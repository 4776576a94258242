//! A hold becomes tickets.

use std::collections::HashSet;

use contracts::{
    BookingId, Message, PaymentId, TicketId,
    messages::BookingRef,
    messages::{BookingConfirmed, BookingRefused, PaymentRef, RefusalReason},
    ticket::{BookingLine, TicketSnapshot},
};
use kit::inbox;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Core,
    batch::{Batch, refused},
    changes::{Changes, signed},
    checkout::may_become,
    error::Error,
    waiting,
    work::{Outcome, Received, Work},
};
use crate::{
    domain::{
        Booking, BookingStatus, Refusal, SeatStatus, TicketKeys, WaitingStatus, booking::Reason,
    },
    store::bookings::Record,
};

/// What a batch confirms, until it is written.
#[derive(Default)]
struct Confirmed {
    bookings: Vec<(Booking, Vec<TicketSnapshot>)>,
    /// Those that were offered to somebody on the waiting list.
    offers: Vec<BookingId>,
}

/// Confirms what is paid, or costs nothing, or says why not.
pub(super) async fn run(
    connection: &mut PgConnection,
    keys: &TicketKeys,
    changes: &mut Changes,
    batch: &mut Batch<'_>,
) -> Result<(), Error> {
    let mut confirmed = Confirmed::default();
    for (place, job) in batch.open().collect::<Vec<_>>() {
        let answer = match &job.work {
            Work::ConfirmFree { user, booking } => {
                let record = batch.existing.take_owned(*booking, *user);
                let record = record.map_err(Error::from).and_then(|record| {
                    if changes.closed {
                        return Err(Refusal::EventNotOnSale.into());
                    }
                    may_become(&record, BookingStatus::Confirmed)?;
                    Ok(record)
                });
                match refused(record)? {
                    Ok(record) => Ok(Outcome::changed(confirmed.add(
                        keys,
                        changes,
                        record,
                        None,
                        Reason::Free,
                    )?)),
                    Err(refusal) => Err(refusal.into()),
                }
            }
            Work::Confirm(payment) => {
                let record = batch
                    .existing
                    .take(payment.booking_id)
                    .ok_or_else(|| Error::Inconsistent("a paid booking vanished".into()))?;
                paid(
                    &mut *connection,
                    keys,
                    changes,
                    record,
                    payment,
                    &mut confirmed,
                )
                .await?;
                Ok(Outcome::Nothing)
            }
            _ => continue,
        };
        batch.answer(place, answer);
    }
    confirmed.write(connection, changes).await
}

/// Turns an authorised payment into tickets, or refuses it, which makes Payment void it. A hold that ran out takes its places
/// again when they are still free. Either way the message is written; the same payment twice changes nothing.
async fn paid(
    connection: &mut PgConnection,
    keys: &TicketKeys,
    changes: &mut Changes,
    record: Record,
    payment: &PaymentRef,
    confirmed: &mut Confirmed,
) -> Result<(), Error> {
    let booking = &record.booking;
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
        BookingStatus::Expired if may_retake(connection, changes, &record).await? => None,
        BookingStatus::Expired => Some(RefusalReason::Expired),
    };
    if let Some(reason) = refusal {
        let message = refusing(booking.reference(), payment, reason);
        changes.tell_of(booking.id, message);
        return Ok(());
    }
    let reason = match booking.status {
        BookingStatus::Expired => Reason::PaidLate,
        _ => Reason::Paid,
    };
    confirmed.add(keys, changes, record, Some(payment.payment_id), reason)?;
    Ok(())
}

/// Refuses a payment for a booking that there is not.
pub(super) async fn refuse_stranger(
    core: &Core,
    payment: &PaymentRef,
    received: &Received,
) -> Result<(), Error> {
    let mut transaction = core.pool.begin().await?;
    let (consumer, id) = (received.consumer, &received.message_id);
    if !inbox::first_time(&mut transaction, consumer, id).await?
        || news(&mut transaction, [payment].into_iter())
            .await?
            .is_empty()
    {
        return Ok(());
    }
    tracing::error!(booking_id = %payment.booking_id, "a payment was authorised for no booking");
    let stranger = BookingRef {
        booking_id: payment.booking_id,
        user_id: payment.user_id,
        event_id: payment.event_id,
        seats: payment.seats,
        version: 0,
    };
    let message = refusing(stranger, payment, RefusalReason::Released);
    kit::outbox::add(&mut transaction, &message).await?;
    transaction.commit().await?;
    core.outbox.wake();
    Ok(())
}

fn refusing(booking: BookingRef, payment: &PaymentRef, reason: RefusalReason) -> Message {
    tracing::info!(booking_id = %booking.booking_id, payment_id = %payment.payment_id, ?reason,
        "an authorised payment is refused");
    Message::BookingRefused(BookingRefused {
        booking,
        payment_id: payment.payment_id,
        reason,
    })
}

/// Those of `payments` whose version is the newest that was heard of them. What comes late is void: a payment that failed
/// can't be authorised any more.
pub async fn news<'a>(
    connection: &mut PgConnection,
    payments: impl Iterator<Item = &'a PaymentRef>,
) -> sqlx::Result<HashSet<PaymentId>> {
    let (ids, versions): (Vec<Uuid>, Vec<i64>) = payments
        .map(|payment| (payment.payment_id.as_uuid(), payment.version))
        .unzip();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let newest = sqlx::query_scalar!(
        r#"INSERT INTO payment_versions AS known (payment_id, version)
           SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS told (payment_id, version) ORDER BY payment_id
           ON CONFLICT (payment_id) DO UPDATE SET version = excluded.version WHERE known.version < excluded.version
           RETURNING payment_id AS "id: PaymentId""#,
        &ids,
        &versions
    )
    .fetch_all(connection)
    .await?;
    Ok(newest.into_iter().collect())
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
        .unwrap_or(0)
            + changes.counted(booking.user_id);
        if i64::from(have) + i64::from(booking.seats) > i64::from(max) {
            return Ok(false);
        }
    }
    let seats: Vec<String> = seats(&booking.items);
    let free = sqlx::query_scalar!(
        r#"SELECT count(*) AS "free!" FROM unnest($2::text[]) AS asked (guid)
             CROSS JOIN LATERAL (
               SELECT FROM seats WHERE event_id = $1 AND seat_guid = asked.guid AND status = 0 OFFSET 0) AS free"#,
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

impl Confirmed {
    /// Gathers the change of a held or expired booking to confirmed.
    fn add(
        &mut self,
        keys: &TicketKeys,
        changes: &mut Changes,
        record: Record,
        payment_id: Option<PaymentId>,
        reason: Reason,
    ) -> Result<Booking, Error> {
        let Record {
            mut booking, event, ..
        } = record;
        if booking.offered {
            self.offers.push(booking.id);
        }
        let from = booking.status;
        if !from.can_become(BookingStatus::Confirmed) {
            return Err(Error::Inconsistent(format!(
                "a {from:?} booking can't be confirmed"
            )));
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
        let tickets = tickets(keys, &booking);
        changes.record(
            booking.id,
            booking.version,
            Some(from),
            BookingStatus::Confirmed,
            reason,
        );
        let message = Message::BookingConfirmed(BookingConfirmed {
            booking: booking.reference(),
            payment_id,
            tickets: tickets.clone(),
            items: booking.items.clone(),
            total: booking.total,
            event,
        });
        changes.tell_of(booking.id, message);
        self.bookings.push((booking.clone(), tickets));
        Ok(booking)
    }

    async fn write(self, connection: &mut PgConnection, changes: &Changes) -> Result<(), Error> {
        if self.bookings.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = self.bookings.iter().map(|(b, _)| b.id.as_uuid()).collect();
        let versions: Vec<i64> = self.bookings.iter().map(|(b, _)| b.version).collect();
        let payments: Vec<Option<Uuid>> = self
            .bookings
            .iter()
            .map(|(booking, _)| booking.payment_id.map(PaymentId::as_uuid))
            .collect();
        sqlx::query!(
            "UPDATE bookings SET status = 'confirmed', version = new.version, confirmed_at = $1, payment_id = new.payment
             FROM unnest($2::uuid[], $3::bigint[], $4::uuid[]) AS new (booking, version, payment)
             WHERE id = new.booking",
            changes.now,
            &ids,
            &versions,
            &payments as &[Option<Uuid>]
        )
        .execute(&mut *connection)
        .await?;
        waiting::end_offers(&mut *connection, &self.offers, WaitingStatus::Purchased).await?;
        self.insert_tickets(connection, changes).await
    }

    async fn insert_tickets(
        &self,
        connection: &mut PgConnection,
        changes: &Changes,
    ) -> Result<(), Error> {
        let tickets: Vec<_> = self
            .bookings
            .iter()
            .flat_map(|(booking, tickets)| tickets.iter().map(move |ticket| (booking, ticket)))
            .collect();
        let ids: Vec<Uuid> = tickets.iter().map(|(_, t)| t.id.as_uuid()).collect();
        let bookings: Vec<Uuid> = tickets.iter().map(|(b, _)| b.id.as_uuid()).collect();
        let types: Vec<Uuid> = tickets
            .iter()
            .map(|(_, t)| t.ticket_type_id.as_uuid())
            .collect();
        let names: Vec<String> = tickets
            .iter()
            .map(|(_, t)| t.ticket_type_name.clone())
            .collect();
        let seats: Vec<Option<String>> = tickets
            .iter()
            .map(|(_, t)| t.seat.as_ref().map(ToString::to_string))
            .collect();
        let prices: Vec<i64> = tickets.iter().map(|(_, t)| t.price.amount).collect();
        let currencies: Vec<String> = tickets
            .iter()
            .map(|(b, _)| b.total.currency.to_string())
            .collect();
        sqlx::query!(
            "INSERT INTO tickets (id, booking_id, event_id, ticket_type_id, ticket_type_name, seat_guid, price_amount, currency, sold_at)
             SELECT id, booking, $1, ticket_type, name, seat, price, currency, $2
             FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::bigint[], $9::text[])
                    AS t (id, booking, ticket_type, name, seat, price, currency)",
            changes.event_id.as_uuid(),
            changes.now,
            &ids,
            &bookings,
            &types,
            &names,
            &seats as &[Option<String>],
            &prices,
            &currencies
        )
        .execute(connection)
        .await?;
        Ok(())
    }
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
