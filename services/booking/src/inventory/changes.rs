//! The frame of every change: lock an event's stock, gather what changes, write it in a few statements.
//!
//! Statements that find rows of an event by a list of keys look each one up by itself (a lateral query with `OFFSET 0`, or a
//! scalar one): of an event that has just gone on sale the statistics know nothing, and the planner would read all its rows.

use std::collections::{BTreeMap, HashMap, btree_map::Entry};

use chrono::{DateTime, Utc};
use contracts::{
    BookingId, EventId, Message, SeatGuid, TicketTypeId, UserId, messages::StockChanged,
    ticket::BookingLine,
};
use kit::outbox::Outgoing;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{error::Error, outcomes::Outcomes};
use crate::{
    domain::{BookingStatus, Refusal, SeatStatus, booking::Reason},
    events,
};

/// The stock of one ticket type; locked.
#[derive(Clone, Debug)]
pub(super) struct StockRow {
    pub id: TicketTypeId,
    pub capacity: i32,
    pub held: i32,
    pub sold: i32,
    /// Entries of the waiting list.
    pub waiting: i32,
    changed: bool,
}

impl StockRow {
    pub(super) fn available(&self) -> i32 {
        self.capacity - self.held - self.sold
    }
}

/// A seat that goes from one state to another.
#[derive(Clone, Debug)]
pub(super) struct SeatMove {
    pub guid: SeatGuid,
    pub from: (SeatStatus, Option<BookingId>),
    pub to: (SeatStatus, Option<BookingId>),
}

#[derive(Clone, Debug)]
struct HistoryRow {
    booking: BookingId,
    version: i64,
    from: Option<BookingStatus>,
    to: BookingStatus,
    reason: Reason,
}

/// Everything that one transaction changes of one event, gathered under the lock of its stock.
#[derive(Debug)]
pub(super) struct Changes {
    pub event_id: EventId,
    /// The database's clock, after the lock.
    pub now: DateTime<Utc>,
    /// The event is cancelled: nothing is sold.
    pub closed: bool,
    stock: Vec<StockRow>,
    revision: i64,
    available_before: i64,
    /// By seat, from how it stands in the database to how it will.
    seats: BTreeMap<SeatGuid, SeatMove>,
    buyers: BTreeMap<UserId, i32>,
    history: Vec<HistoryRow>,
    messages: Vec<Outgoing>,
    /// The trace of whoever wants a booking changed; without an entry, its messages belong to the current one.
    causes: HashMap<BookingId, String>,
}

impl Changes {
    /// Locks all stock rows of the event, by ticket type. Waits for other transactions of the same event.
    pub(super) async fn lock(
        connection: &mut PgConnection,
        event_id: EventId,
    ) -> Result<Self, Error> {
        let rows = sqlx::query!(
            r#"SELECT ticket_type_id AS "id: TicketTypeId", capacity, held, sold, waiting, closed, revision, clock_timestamp() AS "now!"
               FROM stock WHERE event_id = $1 ORDER BY ticket_type_id FOR UPDATE"#,
            event_id.as_uuid()
        )
        .fetch_all(connection)
        .await?;
        let Some(now) = rows.iter().map(|row| row.now).max() else {
            return Err(Refusal::NotFound("event").into());
        };
        let revision = rows.iter().map(|row| row.revision).max().unwrap_or(0) + 1;
        let closed = rows.iter().any(|row| row.closed);
        let stock: Vec<_> = rows
            .into_iter()
            .map(|row| StockRow {
                id: row.id,
                capacity: row.capacity,
                held: row.held,
                sold: row.sold,
                waiting: row.waiting,
                changed: false,
            })
            .collect();
        Ok(Self {
            event_id,
            now,
            closed,
            available_before: available(&stock),
            stock,
            revision,
            seats: BTreeMap::new(),
            buyers: BTreeMap::new(),
            history: Vec::new(),
            messages: Vec::new(),
            causes: HashMap::new(),
        })
    }

    pub(super) fn stock(&self, id: TicketTypeId) -> Option<&StockRow> {
        self.stock.iter().find(|row| row.id == id)
    }

    /// How many places of a ticket type can be taken.
    pub(super) fn available(&self, id: TicketTypeId) -> u32 {
        self.stock(id)
            .map_or(0, |row| row.available().try_into().unwrap_or(0))
    }

    /// Whether nothing is left of any ticket type.
    pub(super) fn sold_out(&self) -> bool {
        available(&self.stock) == 0
    }

    /// The revision that this change makes.
    pub(super) fn revision(&self) -> i64 {
        self.revision
    }

    /// Adds to what is held and sold of a ticket type.
    pub(super) fn shift(&mut self, id: TicketTypeId, held: i32, sold: i32) -> Result<(), Error> {
        let row = self.row(id)?;
        row.held += held;
        row.sold += sold;
        row.changed = true;
        Ok(())
    }

    /// Adds to how many entries wait for a ticket type.
    pub(super) fn count_waiting(&mut self, id: TicketTypeId, entries: i32) -> Result<(), Error> {
        let row = self.row(id)?;
        row.waiting += entries;
        row.changed = true;
        Ok(())
    }

    /// Ticket types of which places are free while somebody waits for some.
    pub(super) fn waited_for(&self) -> Vec<TicketTypeId> {
        if self.closed {
            return Vec::new();
        }
        self.stock
            .iter()
            .filter(|row| row.waiting > 0 && row.available() > 0)
            .map(|row| row.id)
            .collect()
    }

    pub(super) fn set_capacity(&mut self, id: TicketTypeId, capacity: i32) -> Result<(), Error> {
        let row = self.row(id)?;
        row.capacity = capacity;
        row.changed = true;
        Ok(())
    }

    fn row(&mut self, id: TicketTypeId) -> Result<&mut StockRow, Error> {
        self.stock
            .iter_mut()
            .find(|row| row.id == id)
            .ok_or_else(|| Error::Inconsistent(format!("there is no stock of {id:?}")))
    }

    /// [`shift`](Self::shift) for every line of a booking, `held` and `sold` times its quantity.
    pub(super) fn shift_lines(
        &mut self,
        lines: &[BookingLine],
        held: i32,
        sold: i32,
    ) -> Result<(), Error> {
        for line in lines {
            let quantity = signed(line.quantity)?;
            self.shift(line.ticket_type_id, held * quantity, sold * quantity)?;
        }
        Ok(())
    }

    /// The revision of the stock as it was found.
    pub(super) fn revision_before(&self) -> i64 {
        self.revision - 1
    }

    /// The revision that the stock will have: the one before while nothing changes it.
    pub(super) fn revision_after(&self) -> i64 {
        if self.stock.iter().any(|row| row.changed) {
            self.revision
        } else {
            self.revision_before()
        }
    }

    pub(super) fn move_seat(&mut self, seat: SeatMove) {
        match self.seats.entry(seat.guid.clone()) {
            Entry::Vacant(vacant) => {
                vacant.insert(seat);
            }
            Entry::Occupied(mut moved) => moved.get_mut().to = seat.to,
        }
    }

    /// Every seat that was moved so far, and whether it is free now.
    pub(super) fn moved_seats(&self) -> impl Iterator<Item = (&SeatGuid, bool)> {
        self.seats
            .values()
            .map(|seat| (&seat.guid, seat.to.0 == SeatStatus::Free))
    }

    /// Moves every seat of a booking.
    pub(super) fn move_seats(
        &mut self,
        lines: &[BookingLine],
        from: (SeatStatus, Option<BookingId>),
        to: (SeatStatus, Option<BookingId>),
    ) {
        for guid in lines.iter().flat_map(|line| &line.seats) {
            self.move_seat(SeatMove {
                guid: guid.clone(),
                from,
                to,
            });
        }
    }

    /// Adds to what a buyer holds and owns.
    pub(super) fn count_buyer(&mut self, user: UserId, quantity: i32) {
        *self.buyers.entry(user).or_default() += quantity;
    }

    /// What was counted of a buyer so far in this change.
    pub(super) fn counted(&self, user: UserId) -> i32 {
        self.buyers.get(&user).copied().unwrap_or(0)
    }

    /// Messages about `booking` shall belong to this trace.
    pub(super) fn caused_by(&mut self, booking: BookingId, traceparent: Option<&str>) {
        if let Some(traceparent) = traceparent {
            self.causes.insert(booking, traceparent.to_owned());
        }
    }

    pub(super) fn record(
        &mut self,
        booking: BookingId,
        version: i64,
        from: Option<BookingStatus>,
        to: BookingStatus,
        reason: Reason,
    ) {
        self.history.push(HistoryRow {
            booking,
            version,
            from,
            to,
            reason,
        });
    }

    pub(super) fn tell(&mut self, message: Message) {
        self.messages.push(message.into());
    }

    /// Tells of a booking, in the trace of whoever wanted it changed.
    pub(super) fn tell_of(&mut self, booking: BookingId, message: Message) {
        let mut outgoing = Outgoing::from(message);
        if let Some(traceparent) = self.causes.get(&booking) {
            outgoing.traceparent = Some(traceparent.clone());
        }
        self.messages.push(outgoing);
    }

    /// What becomes of bookings by it.
    pub(super) fn outcomes(&self) -> Outcomes {
        Outcomes::of(self.history.iter().map(|row| (row.from, row.to)))
    }

    /// Whether somebody waits for a message of it.
    pub(super) fn is_urgent(&self) -> bool {
        self.messages.iter().any(Outgoing::is_urgent)
    }

    /// Whether anything was changed or is to be told.
    pub(super) fn is_empty(&self) -> bool {
        self.history.is_empty()
            && self.messages.is_empty()
            && !self.stock.iter().any(|row| row.changed)
    }

    /// Writes everything. Bookings and tickets are the caller's; they come before or after this in the same transaction.
    pub(super) async fn write(mut self, connection: &mut PgConnection) -> Result<(), Error> {
        self.write_stock(&mut *connection).await?;
        self.write_seats(&mut *connection).await?;
        self.write_buyers(&mut *connection).await?;
        self.write_history(&mut *connection).await?;
        self.tell_transition(&mut *connection).await?;
        kit::outbox::add_many(connection, &self.messages).await?;
        Ok(())
    }

    async fn write_stock(&self, connection: &mut PgConnection) -> Result<(), Error> {
        let rows: Vec<_> = self.stock.iter().filter(|row| row.changed).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id.as_uuid()).collect();
        let capacity: Vec<i32> = rows.iter().map(|row| row.capacity).collect();
        let held: Vec<i32> = rows.iter().map(|row| row.held).collect();
        let sold: Vec<i32> = rows.iter().map(|row| row.sold).collect();
        let waiting: Vec<i32> = rows.iter().map(|row| row.waiting).collect();
        sqlx::query!(
            "UPDATE stock SET capacity = new.capacity, held = new.held, sold = new.sold, waiting = new.waiting, revision = $2
             FROM unnest($3::uuid[], $4::int[], $5::int[], $6::int[], $7::int[]) AS new (id, capacity, held, sold, waiting)
             WHERE event_id = $1 AND ticket_type_id = new.id",
            self.event_id.as_uuid(),
            self.revision,
            &ids,
            &capacity,
            &held,
            &sold,
            &waiting
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn write_seats(&self, connection: &mut PgConnection) -> Result<(), Error> {
        if self.seats.is_empty() {
            return Ok(());
        }
        let owner = |booking: Option<BookingId>| booking.map(BookingId::as_uuid);
        let guids: Vec<String> = self.seats.keys().map(ToString::to_string).collect();
        let from: Vec<i16> = self.seats.values().map(|seat| seat.from.0.code()).collect();
        let before: Vec<Option<Uuid>> =
            self.seats.values().map(|seat| owner(seat.from.1)).collect();
        let to: Vec<i16> = self.seats.values().map(|seat| seat.to.0.code()).collect();
        let after: Vec<Option<Uuid>> = self.seats.values().map(|seat| owner(seat.to.1)).collect();
        let updated = sqlx::query!(
            "UPDATE seats SET status = move.after, booking_id = move.new_owner, revision = $2
             FROM unnest($3::text[], $4::smallint[], $5::uuid[], $6::smallint[], $7::uuid[])
                    AS move (guid, before, old_owner, after, new_owner)
               CROSS JOIN LATERAL (
                 SELECT s.ctid FROM seats s WHERE s.event_id = $1 AND s.seat_guid = move.guid
                   AND s.status = move.before AND s.booking_id IS NOT DISTINCT FROM move.old_owner
                 OFFSET 0) AS found
             WHERE seats.ctid = found.ctid",
            self.event_id.as_uuid(),
            self.revision,
            &guids,
            &from,
            &before as &[Option<Uuid>],
            &to,
            &after as &[Option<Uuid>]
        )
        .execute(connection)
        .await?
        .rows_affected();
        if updated == self.seats.len() as u64 {
            Ok(())
        } else {
            Err(Error::Inconsistent(format!(
                "{updated} of {} seats were as expected: {:?}",
                self.seats.len(),
                self.seats
            )))
        }
    }

    async fn write_buyers(&self, connection: &mut PgConnection) -> Result<(), Error> {
        let columns = |keep: fn(i32) -> bool| -> (Vec<Uuid>, Vec<i32>) {
            self.buyers
                .iter()
                .filter(|(_, quantity)| keep(**quantity))
                .map(|(user, quantity)| (user.as_uuid(), *quantity))
                .unzip()
        };
        let (users, quantities) = columns(|quantity| quantity > 0);
        if !users.is_empty() {
            sqlx::query!(
                "INSERT INTO buyers AS b (event_id, user_id, quantity)
                 SELECT $1, * FROM unnest($2::uuid[], $3::int[])
                 ON CONFLICT (event_id, user_id) DO UPDATE SET quantity = b.quantity + excluded.quantity",
                self.event_id.as_uuid(),
                &users,
                &quantities
            )
            .execute(&mut *connection)
            .await?;
        }
        let (users, quantities) = columns(|quantity| quantity < 0);
        if !users.is_empty() {
            sqlx::query!(
                "UPDATE buyers SET quantity = quantity + change
                 FROM unnest($2::uuid[], $3::int[]) AS changed (id, change)
                   CROSS JOIN LATERAL (
                     SELECT b.ctid FROM buyers b WHERE b.event_id = $1 AND b.user_id = changed.id
                     OFFSET 0) AS found
                 WHERE buyers.ctid = found.ctid",
                self.event_id.as_uuid(),
                &users,
                &quantities
            )
            .execute(connection)
            .await?;
        }
        Ok(())
    }

    async fn write_history(&self, connection: &mut PgConnection) -> Result<(), Error> {
        if self.history.is_empty() {
            return Ok(());
        }
        let text = |status: BookingStatus| status.as_str().to_owned();
        let bookings: Vec<Uuid> = self
            .history
            .iter()
            .map(|row| row.booking.as_uuid())
            .collect();
        let versions: Vec<i64> = self.history.iter().map(|row| row.version).collect();
        let from: Vec<Option<String>> = self.history.iter().map(|row| row.from.map(text)).collect();
        let to: Vec<String> = self.history.iter().map(|row| text(row.to)).collect();
        let reasons: Vec<String> = self
            .history
            .iter()
            .map(|row| row.reason.as_str().to_owned())
            .collect();
        sqlx::query!(
            "INSERT INTO booking_history (booking_id, version, at, from_status, to_status, reason)
             SELECT booking, version, $1, before, after, reason
             FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[])
                    AS h (booking, version, before, after, reason)",
            self.now,
            &bookings,
            &versions,
            &from as &[Option<String>],
            &to,
            &reasons
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    /// When the last place went, or the first came back, Catalog and the other replicas hear of it.
    async fn tell_transition(&mut self, connection: &mut PgConnection) -> Result<(), Error> {
        let (before, after) = (self.available_before > 0, !self.sold_out());
        if self.closed || before == after {
            return Ok(());
        }
        let change = StockChanged {
            event_id: self.event_id,
            version: self.revision,
        };
        self.tell(if after {
            Message::StockAvailable(change)
        } else {
            Message::StockSoldOut(change)
        });
        events::notify(connection, self.event_id).await?;
        Ok(())
    }
}

fn available(stock: &[StockRow]) -> i64 {
    stock.iter().map(|row| i64::from(row.available())).sum()
}

/// Quantities fit by far; one that does not is a fault.
pub(super) fn signed(quantity: u32) -> Result<i32, Error> {
    quantity
        .try_into()
        .map_err(|_| Error::Inconsistent(format!("{quantity} places in one line")))
}
