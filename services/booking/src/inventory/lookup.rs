//! What a batch of requests needs to know, read in one query each under the stock's lock.

use std::collections::HashMap;

use contracts::{EventId, EventSnapshot, SeatGuid, TicketTypeId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::reserve::HoldRequest;
use crate::domain::{
    SeatStatus, Wanted,
    seating::{MapSeat, Place, SeatMap},
};

/// A picked seat as found under the lock.
pub(super) struct PickedSeat {
    pub ticket_type: TicketTypeId,
    pub free: bool,
}

/// The seats that requests name, as far as they exist; locked.
pub(super) async fn picked(
    connection: &mut PgConnection,
    event: EventId,
    requests: &[&HoldRequest],
) -> sqlx::Result<HashMap<SeatGuid, PickedSeat>> {
    let guids: Vec<String> = requests
        .iter()
        .filter_map(|request| match &request.wanted {
            Wanted::Seats(guids) => Some(guids),
            _ => None,
        })
        .flatten()
        .map(ToString::to_string)
        .collect();
    if guids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"SELECT seat_guid AS "guid: SeatGuid", ticket_type_id AS "ticket_type: TicketTypeId", status
           FROM seats WHERE event_id = $1 AND seat_guid = ANY($2) ORDER BY seat_guid FOR UPDATE"#,
        event.as_uuid(),
        &guids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let seat = PickedSeat {
                ticket_type: row.ticket_type,
                free: row.status == SeatStatus::Free.code(),
            };
            (row.guid, seat)
        })
        .collect())
}

/// The seats of every ticket type that best-available requests name. The stock's lock keeps them as they are.
pub(super) async fn maps(
    connection: &mut PgConnection,
    event: EventId,
    requests: &[&HoldRequest],
) -> sqlx::Result<HashMap<TicketTypeId, SeatMap>> {
    let types: Vec<Uuid> = requests
        .iter()
        .filter_map(|request| match &request.wanted {
            Wanted::BestAvailable { ticket_type_id, .. } => Some(ticket_type_id.as_uuid()),
            _ => None,
        })
        .collect();
    if types.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"SELECT seat_guid AS "guid: SeatGuid", ticket_type_id AS "ticket_type: TicketTypeId", row_rank, place, status
           FROM seats WHERE event_id = $1 AND ticket_type_id = ANY($2)"#,
        event.as_uuid(),
        &types
    )
    .fetch_all(connection)
    .await?;
    let mut seats: HashMap<TicketTypeId, Vec<MapSeat>> = types
        .into_iter()
        .map(|id| (id.into(), Vec::new()))
        .collect();
    for row in rows {
        seats.entry(row.ticket_type).or_default().push(MapSeat {
            guid: row.guid,
            at: Place {
                row_rank: row.row_rank,
                place: row.place,
            },
            free: row.status == SeatStatus::Free.code(),
        });
    }
    Ok(seats
        .into_iter()
        .map(|(id, seats)| (id, SeatMap::new(seats)))
        .collect())
}

/// What the buyers hold and own already; not asked when the event has no limit.
pub(super) async fn buyers(
    connection: &mut PgConnection,
    event: &EventSnapshot,
    requests: &[&HoldRequest],
) -> sqlx::Result<HashMap<UserId, u32>> {
    if event.max_per_buyer.is_none() {
        return Ok(HashMap::new());
    }
    let users: Vec<Uuid> = requests
        .iter()
        .map(|request| request.user_id.as_uuid())
        .collect();
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user: UserId", quantity FROM buyers WHERE event_id = $1 AND user_id = ANY($2)"#,
        event.id.as_uuid(),
        &users
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.user, row.quantity.try_into().unwrap_or(0)))
        .collect())
}
