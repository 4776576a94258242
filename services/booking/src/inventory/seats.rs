//! The seats of an event as its task remembers them from one transaction to the next.

use std::sync::Arc;

use contracts::{EventId, SeatGuid, TicketTypeId};
use futures::TryStreamExt as _;
use sqlx::PgConnection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{changes::Changes, error::Error};
use crate::domain::{MapSeat, SeatMap, SeatStatus, seating::Place};

/// How many seats all tasks together may remember, each of about 100 bytes. Without a place, seats are read for each
/// transaction that needs them.
#[derive(Clone, Debug)]
pub(super) struct Memory(Arc<Semaphore>);

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(250_000)))
    }
}

/// An event's seats as of a revision of its stock. Every change of seats makes a new revision, so that a look at the stock,
/// which every transaction locks anyway, tells whether another replica has changed something since.
#[derive(Debug)]
pub(super) struct Seating {
    map: SeatMap,
    revision: i64,
    /// Its share of the memory.
    place: Option<OwnedSemaphorePermit>,
}

impl Seating {
    /// What was `remembered`, brought up to date under the stock's lock; with what `changes` moves already.
    pub(super) async fn current(
        connection: &mut PgConnection,
        changes: &Changes,
        remembered: Option<Self>,
        memory: &Memory,
    ) -> Result<Self, Error> {
        let before = changes.revision_before();
        let known = match remembered {
            Some(mut seating) if seating.revision < before => seating
                .catch_up(&mut *connection, changes.event_id)
                .await?
                .then_some(seating),
            // Ahead of the stock is only what this transaction has moved already.
            remembered => remembered.filter(|seating| {
                seating.revision == before || seating.revision == changes.revision_after()
            }),
        };
        let mut seating = match known {
            Some(seating) => seating,
            None => Self::load(connection, changes.event_id, memory).await?,
        };
        for (guid, free) in changes.moved_seats() {
            seating.map.set_free(guid, free);
        }
        seating.revision = before;
        Ok(seating)
    }

    /// All that `changes` moves is on the map: it is as the seats will be once that is committed.
    pub(super) fn moved(&mut self, changes: &Changes) {
        self.revision = changes.revision_after();
    }

    pub(super) fn map(&mut self) -> &mut SeatMap {
        &mut self.map
    }

    /// Whether there is a place to keep it for the next transaction.
    pub(super) fn has_place(&self) -> bool {
        self.place.is_some()
    }

    /// Follows what others changed; false when there are seats that it does not know.
    async fn catch_up(
        &mut self,
        connection: &mut PgConnection,
        event: EventId,
    ) -> Result<bool, Error> {
        let rows = sqlx::query!(
            r#"SELECT seat_guid AS "guid: SeatGuid", status FROM seats WHERE event_id = $1 AND revision > $2"#,
            event.as_uuid(),
            self.revision
        )
        .fetch_all(&mut *connection)
        .await?;
        if rows.iter().any(|row| self.map.seat(&row.guid).is_none()) {
            return Ok(false);
        }
        for row in rows {
            let free = row.status == SeatStatus::Free.code();
            self.map.set_free(&row.guid, free);
        }
        Ok(true)
    }

    async fn load(
        connection: &mut PgConnection,
        event: EventId,
        memory: &Memory,
    ) -> Result<Self, Error> {
        // Row by row: all of a large house at once would be several times what is kept of it.
        let seats = sqlx::query!(
            r#"SELECT seat_guid AS "guid: SeatGuid", ticket_type_id AS "ticket_type: TicketTypeId", row_rank, place, status
               FROM seats WHERE event_id = $1"#,
            event.as_uuid()
        )
        .fetch(connection)
        .map_ok(|row| MapSeat {
            guid: row.guid,
            ticket_type: row.ticket_type,
            at: Place {
                row_rank: row.row_rank,
                place: row.place,
            },
            free: row.status == SeatStatus::Free.code(),
        });
        let map = SeatMap::new(seats.try_collect().await?);
        let size = u32::try_from(map.len()).unwrap_or(u32::MAX);
        Ok(Self {
            map,
            revision: 0,
            place: memory.0.clone().try_acquire_many_owned(size).ok(),
        })
    }
}
