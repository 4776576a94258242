//! Taking places: everybody who wants some of an event, one after the other.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use contracts::{EventSnapshot, SeatGuid, TicketTypeId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Core,
    batch::{Batch, refused},
    buyers,
    changes::Changes,
    error::Error,
    seats::Seating,
    taking::{Origin, Quantities, Taking, insert},
    work::{HoldRequest, Outcome, Work},
};
use crate::domain::{Booking, Closed, Refusal, SeatMap, Wanted, order};

/// Holds places for every job of the batch that can have them, in their order.
///
/// Everything is written in a fixed number of statements, however many requests there are.
pub(super) async fn run(
    connection: &mut PgConnection,
    core: &Core,
    changes: &mut Changes,
    batch: &mut Batch<'_>,
    seating: &mut Option<Seating>,
) -> Result<(), Error> {
    let holds: Vec<_> = batch
        .open()
        .filter_map(|(place, job)| match &job.work {
            Work::Hold(event, request) => Some((place, job, event, request)),
            _ => None,
        })
        .collect();
    let seated = holds.iter().any(|(_, _, _, request)| {
        matches!(
            request.wanted,
            Wanted::Seats(_) | Wanted::BestAvailable { .. }
        )
    });
    if seated {
        *seating =
            Some(Seating::current(&mut *connection, changes, seating.take(), &core.seats).await?);
    }
    let limited: Vec<Uuid> = holds
        .iter()
        .filter(|(_, _, event, _)| event.max_per_buyer.is_some())
        .map(|(_, _, _, request)| request.user_id.as_uuid())
        .collect();
    let had = if limited.is_empty() {
        HashMap::new()
    } else {
        buyers::have(&mut *connection, changes.event_id, &limited).await?
    };
    let mut desk = Desk {
        seats: seating.as_mut().map(Seating::map),
        had,
        expires_at: changes.now
            + chrono::TimeDelta::from_std(core.times.hold).unwrap_or(chrono::TimeDelta::MAX),
    };
    let mut held: Vec<Booking> = Vec::new();
    for (place, job, event, request) in holds {
        if let Some(answer) = batch.twin(place) {
            batch.answer(place, answer);
            continue;
        }
        changes.caused_by(request.booking_id, job.traceparent.as_deref());
        let answer = match refused(desk.serve(changes, event, request))? {
            Ok(booking) => {
                held.push(booking.clone());
                Ok(Outcome::changed(booking))
            }
            Err(refusal) => Err(refusal.into()),
        };
        batch.answer(place, answer);
    }
    if seated && let Some(seating) = seating {
        seating.moved(changes);
    }
    insert(connection, changes, &held).await
}

/// What is known while requests are served one after the other.
struct Desk<'a> {
    seats: Option<&'a mut SeatMap>,
    /// What buyers had before this batch.
    had: HashMap<UserId, i32>,
    expires_at: DateTime<Utc>,
}

impl Desk<'_> {
    /// Takes what the request wants, or refuses it whole.
    fn serve(
        &mut self,
        changes: &mut Changes,
        event: &EventSnapshot,
        request: &HoldRequest,
    ) -> Result<Booking, Error> {
        if changes.closed {
            return Err(Refusal::EventNotOnSale.into());
        }
        let mut wanted = self.quantities(changes, event, request)?;
        let quantity: u32 = wanted.values().map(|(quantity, _)| quantity).sum();
        if let Some(max) = event.max_per_buyer {
            let before = self.had.get(&request.user_id).copied().unwrap_or(0);
            let have = u32::try_from(before + changes.counted(request.user_id)).unwrap_or(0);
            if have + quantity > max {
                return Err(Refusal::BuyerLimit { max, have }.into());
            }
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
        // Refused before a seat is taken from the map.
        order::lines(event, &wanted)?;
        if let Wanted::BestAvailable {
            ticket_type_id,
            quantity,
            split,
        } = request.wanted
        {
            let seats = self.best(ticket_type_id, quantity, split)?;
            wanted.insert(ticket_type_id, (quantity, seats));
        }
        Taking {
            event,
            booking_id: request.booking_id,
            user_id: request.user_id,
            wanted,
            expires_at: self.expires_at,
            origin: Origin::Request,
        }
        .apply(changes, self.seats.as_deref_mut())
    }

    fn quantities(
        &self,
        changes: &Changes,
        event: &EventSnapshot,
        request: &HoldRequest,
    ) -> Result<Quantities, Error> {
        Ok(match &request.wanted {
            Wanted::Items(items) => items
                .iter()
                .map(|(id, quantity)| (*id, (*quantity, Vec::new())))
                .collect(),
            Wanted::BestAvailable {
                ticket_type_id,
                quantity,
                ..
            } => BTreeMap::from([(*ticket_type_id, (*quantity, Vec::new()))]),
            Wanted::Seats(guids) => self.picked(changes, event, guids, &request.closed)?,
            Wanted::Places(_) => {
                return Err(Error::Inconsistent(
                    "the short form was not resolved".into(),
                ));
            }
        })
    }

    /// Picked seats by ticket type: all must exist, be open to the request, be on sale and be free.
    fn picked(
        &self,
        changes: &Changes,
        event: &EventSnapshot,
        guids: &[SeatGuid],
        closed: &Closed,
    ) -> Result<Quantities, Error> {
        let mut quantities = Quantities::new();
        let mut unknown = Vec::new();
        let mut taken = Vec::new();
        for guid in guids {
            let Some(seat) = self.seats.as_ref().and_then(|seats| seats.seat(guid)) else {
                unknown.push(guid.clone());
                continue;
            };
            let (quantity, seats) = quantities.entry(seat.ticket_type).or_default();
            *quantity += 1;
            seats.push(guid.clone());
            if !seat.free {
                taken.push(guid.clone());
            }
        }
        if !unknown.is_empty() {
            return Err(Refusal::SeatUnknown(unknown).into());
        }
        for (id, (quantity, _)) in &quantities {
            let kind = order::ticket_type(event, *id).ok_or(Refusal::NotFound("ticket_type"))?;
            order::check_line(event, kind, *quantity, changes.now)?;
            closed.check(*id)?;
        }
        if taken.is_empty() {
            Ok(quantities)
        } else {
            Err(Refusal::SeatTaken(taken).into())
        }
    }

    fn best(
        &mut self,
        id: TicketTypeId,
        quantity: u32,
        split: bool,
    ) -> Result<Vec<SeatGuid>, Error> {
        let map = self
            .seats
            .as_mut()
            .ok_or_else(|| Error::Inconsistent("no seats were loaded".into()))?;
        map.take_best(id, quantity as usize, split).ok_or_else(|| {
            Refusal::NoAdjacent {
                wanted: quantity,
                remaining: u32::try_from(map.free(id)).unwrap_or(u32::MAX),
            }
            .into()
        })
    }
}
