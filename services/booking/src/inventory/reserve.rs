//! Taking places: many requests for one event in one transaction.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use contracts::{
    BookingId, EventSnapshot, Message, Money, SeatGuid, TicketTypeId, UserId,
    messages::BookingHeld, ticket::BookingLine,
};
use kit::{
    Problem,
    idempotency::{self, Found, Kept, Scope},
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    changes::{Changes, SeatMove, signed},
    error::Error,
    lookup::{self, PickedSeat},
};
use crate::domain::{
    Booking, BookingStatus, EventSummary, Refusal, SeatStatus, Wanted, booking::Reason, order,
    seating::SeatMap,
};

/// One buyer's wish for places of an event.
#[derive(Clone, Debug)]
pub struct HoldRequest {
    /// Made by us, so that the same request run again makes the same booking.
    pub booking_id: BookingId,
    pub user_id: UserId,
    /// As [`Wanted::check`] gave it.
    pub wanted: Wanted,
    pub idempotency: Option<Scope>,
}

/// What became of a [`HoldRequest`].
#[derive(Clone, Debug)]
pub enum HoldOutcome {
    Held(Box<Booking>),
    /// The same request was answered before.
    Replayed(Kept),
    Refused(Refusal),
    /// Its Idempotency-Key came with another request before.
    KeyReused(Problem),
}

/// What one request takes, by ticket type.
type Quantities = BTreeMap<TicketTypeId, (u32, Vec<SeatGuid>)>;

/// Holds places for each of `requests` that can have them, in their order, and answers for each. Runs in the caller's
/// transaction, and all of it is done once that commits; nothing of it is when that does not.
///
/// Everything is written in a fixed number of statements, however many requests there are: at most 256 by convention.
pub async fn reserve(
    connection: &mut PgConnection,
    event: &EventSnapshot,
    requests: &[HoldRequest],
    ttl: Duration,
) -> Result<Vec<HoldOutcome>, Error> {
    let mut changes = Changes::lock(&mut *connection, event.id).await?;
    let known = known_keys(&mut *connection, requests).await?;
    let open: Vec<&HoldRequest> = requests
        .iter()
        .zip(&known)
        .filter(|(_, known)| known.is_none())
        .map(|(request, _)| request)
        .collect();
    let mut desk = Desk {
        event,
        seats: lookup::picked(&mut *connection, event.id, &open).await?,
        maps: lookup::maps(&mut *connection, event.id, &open).await?,
        buyers: lookup::buyers(&mut *connection, event, &open).await?,
        expires_at: changes.now
            + chrono::TimeDelta::from_std(ttl).unwrap_or(chrono::TimeDelta::MAX),
    };

    let mut outcomes: Vec<HoldOutcome> = Vec::with_capacity(requests.len());
    let mut held: Vec<Booking> = Vec::new();
    for (index, (request, known)) in requests.iter().zip(known).enumerate() {
        let outcome = if let Some(known) = known {
            known
        } else if let Some(twin) = twin(requests, index, &outcomes) {
            twin
        } else {
            match desk.serve(&mut changes, request) {
                Ok(booking) => {
                    held.push(booking.clone());
                    HoldOutcome::Held(Box::new(booking))
                }
                Err(Error::Refused(refusal)) => HoldOutcome::Refused(refusal),
                Err(error) => return Err(error),
            }
        };
        outcomes.push(outcome);
    }
    if held.is_empty() {
        return Ok(outcomes);
    }
    insert(&mut *connection, &held).await?;
    changes.write(&mut *connection).await?;
    keep_keys(connection, requests, &outcomes).await?;
    Ok(outcomes)
}

/// The outcomes that Idempotency-Keys decide at once.
async fn known_keys(
    connection: &mut PgConnection,
    requests: &[HoldRequest],
) -> Result<Vec<Option<HoldOutcome>>, Error> {
    let (places, scopes): (Vec<usize>, Vec<&Scope>) = requests
        .iter()
        .enumerate()
        .filter_map(|(index, request)| Some((index, request.idempotency.as_ref()?)))
        .unzip();
    let mut known = vec![None; requests.len()];
    for (place, found) in places
        .into_iter()
        .zip(idempotency::find_many(connection, &scopes).await?)
    {
        known[place] = match found {
            Found::Nothing => None,
            Found::Replay(kept) => Some(HoldOutcome::Replayed(kept)),
            Found::Reused(problem) => Some(HoldOutcome::KeyReused(problem)),
        };
    }
    Ok(known)
}

/// The answer to a request whose key an earlier one of the same batch had, with success.
fn twin(requests: &[HoldRequest], index: usize, outcomes: &[HoldOutcome]) -> Option<HoldOutcome> {
    let scope = requests[index].idempotency.as_ref()?;
    requests
        .iter()
        .zip(outcomes)
        .find_map(|(earlier, outcome)| {
            let same = earlier.idempotency.as_ref()?.compare(scope)?;
            let HoldOutcome::Held(booking) = outcome else {
                return None;
            };
            Some(if same {
                HoldOutcome::Replayed(Kept {
                    status: StatusCode::CREATED,
                    body: answer(booking),
                })
            } else {
                HoldOutcome::KeyReused(idempotency::reused())
            })
        })
}

async fn keep_keys(
    connection: &mut PgConnection,
    requests: &[HoldRequest],
    outcomes: &[HoldOutcome],
) -> Result<(), Error> {
    let answers: Vec<_> = requests
        .iter()
        .zip(outcomes)
        .filter_map(|(request, outcome)| match outcome {
            HoldOutcome::Held(booking) => Some((
                request.idempotency.as_ref()?,
                StatusCode::CREATED,
                answer(booking),
            )),
            _ => None,
        })
        .collect();
    if idempotency::keep_many(connection, &answers).await? {
        Ok(())
    } else {
        Err(Error::KeyRace)
    }
}

/// The body that a hold is answered with, the first time and each time after.
pub fn answer(booking: &Booking) -> Value {
    serde_json::to_value(booking).unwrap_or_default()
}

/// What is known of the event while its requests are served one after the other.
struct Desk<'a> {
    event: &'a EventSnapshot,
    seats: HashMap<SeatGuid, PickedSeat>,
    maps: HashMap<TicketTypeId, SeatMap>,
    buyers: HashMap<UserId, u32>,
    expires_at: DateTime<Utc>,
}

impl Desk<'_> {
    /// Takes what the request wants, or refuses it whole.
    fn serve(&mut self, changes: &mut Changes, request: &HoldRequest) -> Result<Booking, Error> {
        if changes.closed {
            return Err(Refusal::EventNotOnSale.into());
        }
        let mut wanted = self.quantities(changes, &request.wanted)?;
        let quantity: u32 = wanted.values().map(|(quantity, _)| quantity).sum();
        let have = self.buyers.entry(request.user_id).or_default();
        if let Some(max) = self.event.max_per_buyer
            && *have + quantity > max
        {
            return Err(Refusal::BuyerLimit { max, have: *have }.into());
        }
        for (id, (quantity, _)) in &wanted {
            let remaining = changes.available(*id);
            if *quantity > remaining {
                return Err(Refusal::SoldOut {
                    ticket_type_id: *id,
                    remaining,
                    event: changes.sold_out(),
                }
                .into());
            }
        }
        if let Wanted::BestAvailable {
            ticket_type_id,
            quantity,
        } = request.wanted
        {
            let seats = self.best(ticket_type_id, quantity)?;
            wanted.insert(ticket_type_id, (quantity, seats));
        }
        let (lines, total) = order::lines(self.event, &wanted)?;

        // From here on nothing refuses it.
        *self.buyers.entry(request.user_id).or_default() += quantity;
        let owner = Some(request.booking_id);
        for guid in wanted.into_values().flat_map(|(_, seats)| seats) {
            if let Some(seat) = self.seats.get_mut(&guid) {
                seat.free = false;
            }
            for map in self.maps.values_mut() {
                map.take(&guid);
            }
            changes.move_seat(SeatMove {
                guid,
                from: (SeatStatus::Free, None),
                to: (SeatStatus::Held, owner),
            });
        }
        changes.shift_lines(&lines, 1, 0)?;
        changes.count_buyer(request.user_id, signed(quantity)?);
        changes.record(
            request.booking_id,
            1,
            None,
            BookingStatus::Held,
            Reason::Held,
        );
        let booking = self.booking(changes.now, request, quantity, lines, total);
        changes.tell(Message::BookingHeld(BookingHeld {
            booking: booking.reference(),
            items: booking.items.clone(),
            total,
            expires_at: booking.expires_at,
        }));
        Ok(booking)
    }

    fn quantities(&self, changes: &Changes, wanted: &Wanted) -> Result<Quantities, Error> {
        Ok(match wanted {
            Wanted::Items(items) => items
                .iter()
                .map(|(id, quantity)| (*id, (*quantity, Vec::new())))
                .collect(),
            Wanted::BestAvailable {
                ticket_type_id,
                quantity,
            } => BTreeMap::from([(*ticket_type_id, (*quantity, Vec::new()))]),
            Wanted::Seats(guids) => self.picked(changes, guids)?,
            Wanted::Places(_) => {
                return Err(Error::Inconsistent(
                    "the short form was not resolved".into(),
                ));
            }
        })
    }

    /// Picked seats by ticket type: all must exist, be on sale and be free.
    fn picked(&self, changes: &Changes, guids: &[SeatGuid]) -> Result<Quantities, Error> {
        let unknown: Vec<_> = guids
            .iter()
            .filter(|guid| !self.seats.contains_key(*guid))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            return Err(Refusal::SeatUnknown(unknown).into());
        }
        let mut quantities = Quantities::new();
        let mut taken = Vec::new();
        for guid in guids {
            let seat = &self.seats[guid];
            let (quantity, seats) = quantities.entry(seat.ticket_type).or_default();
            *quantity += 1;
            seats.push(guid.clone());
            if !seat.free {
                taken.push(guid.clone());
            }
        }
        for (id, (quantity, _)) in &quantities {
            let kind =
                order::ticket_type(self.event, *id).ok_or(Refusal::NotFound("ticket_type"))?;
            order::check_line(self.event, kind, *quantity, changes.now)?;
        }
        if taken.is_empty() {
            Ok(quantities)
        } else {
            Err(Refusal::SeatTaken(taken).into())
        }
    }

    fn best(&mut self, id: TicketTypeId, quantity: u32) -> Result<Vec<SeatGuid>, Error> {
        let map = self
            .maps
            .get_mut(&id)
            .ok_or_else(|| Error::Inconsistent(format!("no seats of {id:?} were loaded")))?;
        map.take_best(quantity as usize).ok_or_else(|| {
            Refusal::NoAdjacent {
                wanted: quantity,
                remaining: u32::try_from(map.free()).unwrap_or(u32::MAX),
            }
            .into()
        })
    }

    fn booking(
        &self,
        now: DateTime<Utc>,
        request: &HoldRequest,
        seats: u32,
        items: Vec<BookingLine>,
        total: Money,
    ) -> Booking {
        Booking {
            id: request.booking_id,
            event_id: self.event.id,
            user_id: request.user_id,
            status: BookingStatus::Held,
            seats,
            items,
            total,
            expires_at: self.expires_at,
            created_at: now,
            confirmed_at: None,
            cancelled_at: None,
            event: EventSummary::from(self.event),
            payment_id: None,
            version: 1,
        }
    }
}

async fn insert(connection: &mut PgConnection, bookings: &[Booking]) -> Result<(), Error> {
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
        .map(|b| serde_json::to_value(&b.items))
        .collect::<Result<Vec<Value>, _>>()
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    let totals: Vec<i64> = bookings.iter().map(|b| b.total.amount).collect();
    let currencies: Vec<String> = bookings
        .iter()
        .map(|b| b.total.currency.to_string())
        .collect();
    sqlx::query!(
        "INSERT INTO bookings (id, event_id, user_id, status, quantity, items, total_amount, currency, expires_at, created_at)
         SELECT id, $1, user_id, 'held', quantity, items, total, currency, $2, $3
         FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::jsonb[], $8::bigint[], $9::text[])
                AS b (id, user_id, quantity, items, total, currency)",
        first.event_id.as_uuid(),
        first.expires_at,
        first.created_at,
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
