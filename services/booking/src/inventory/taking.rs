//! A hold that is made: of places that are known to be free, for somebody who may have them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::{
    BookingId, EventSnapshot, Message, SeatGuid, TicketTypeId, UserId,
    messages::{BookingHeld, BookingOffered},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    changes::{Changes, SeatMove, signed},
    error::Error,
};
use crate::domain::{
    Booking, BookingStatus, EventSummary, SeatMap, SeatStatus, booking::Reason, order,
};

/// What one booking takes, by ticket type; with seats where they are numbered.
pub(super) type Quantities = BTreeMap<TicketTypeId, (u32, Vec<SeatGuid>)>;

/// Why a hold is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Its buyer asked for it.
    Request,
    /// Its buyer was on the waiting list.
    WaitingList,
}

/// A hold to make.
pub(super) struct Taking<'a> {
    pub event: &'a EventSnapshot,
    pub booking_id: BookingId,
    pub user_id: UserId,
    pub wanted: Quantities,
    pub expires_at: DateTime<Utc>,
    pub origin: Origin,
}

impl Taking<'_> {
    /// Gathers all that it changes. Fails only before anything is gathered.
    pub(super) fn apply(
        self,
        changes: &mut Changes,
        seats: Option<&mut SeatMap>,
    ) -> Result<Booking, Error> {
        let (items, total) = order::lines(self.event, &self.wanted)?;
        let quantity: u32 = self.wanted.values().map(|(quantity, _)| quantity).sum();
        let places = signed(quantity)?;
        changes.shift_lines(&items, 1, 0)?;
        changes.count_buyer(self.user_id, places);
        let owner = Some(self.booking_id);
        let mut map = seats;
        for guid in self.wanted.into_values().flat_map(|(_, seats)| seats) {
            if let Some(map) = &mut map {
                map.set_free(&guid, false);
            }
            changes.move_seat(SeatMove {
                guid,
                from: (SeatStatus::Free, None),
                to: (SeatStatus::Held, owner),
            });
        }
        let reason = match self.origin {
            Origin::Request => Reason::Held,
            Origin::WaitingList => Reason::Offered,
        };
        changes.record(self.booking_id, 1, None, BookingStatus::Held, reason);
        let booking = Booking {
            id: self.booking_id,
            event_id: self.event.id,
            user_id: self.user_id,
            status: BookingStatus::Held,
            seats: quantity,
            items,
            total,
            expires_at: self.expires_at,
            created_at: changes.now,
            confirmed_at: None,
            cancelled_at: None,
            event: EventSummary::from(self.event),
            payment_id: None,
            offered: self.origin == Origin::WaitingList,
            version: 1,
        };
        let message = match self.origin {
            Origin::Request => Message::BookingHeld(BookingHeld {
                booking: booking.reference(),
                items: booking.items.clone(),
                total,
                expires_at: booking.expires_at,
            }),
            Origin::WaitingList => Message::BookingOffered(BookingOffered {
                booking: booking.reference(),
                total,
                expires_at: booking.expires_at,
            }),
        };
        changes.tell_of(booking.id, message);
        Ok(booking)
    }
}

/// Writes the bookings of holds that were made, all for the same reason.
pub(super) async fn insert(
    connection: &mut PgConnection,
    changes: &Changes,
    bookings: &[Booking],
) -> Result<(), Error> {
    let Some(first) = bookings.first() else {
        return Ok(());
    };
    let ids: Vec<Uuid> = bookings.iter().map(|b| b.id.as_uuid()).collect();
    let users: Vec<Uuid> = bookings.iter().map(|b| b.user_id.as_uuid()).collect();
    let quantities = bookings
        .iter()
        .map(|b| signed(b.seats))
        .collect::<Result<Vec<i32>, _>>()?;
    let items = bookings
        .iter()
        .map(|b| serde_json::to_string(&b.items))
        .collect::<Result<Vec<String>, _>>()
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    let totals: Vec<i64> = bookings.iter().map(|b| b.total.amount).collect();
    let currencies: Vec<String> = bookings
        .iter()
        .map(|b| b.total.currency.to_string())
        .collect();
    sqlx::query!(
        "INSERT INTO bookings (id, event_id, user_id, status, quantity, items, total_amount, currency, expires_at, created_at, offered)
         SELECT id, $1, user_id, 'held', quantity, items::jsonb, total, currency, $2, $3, $4
         FROM unnest($5::uuid[], $6::uuid[], $7::int[], $8::text[], $9::bigint[], $10::text[])
                AS b (id, user_id, quantity, items, total, currency)",
        changes.event_id.as_uuid(),
        first.expires_at,
        changes.now,
        first.offered,
        &ids,
        &users,
        &quantities,
        &items,
        &totals,
        &currencies
    )
    .execute(connection)
    .await?;
    Ok(())
}
