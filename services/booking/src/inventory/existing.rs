//! The bookings that a batch changes: locked and read once.

use std::collections::HashMap;

use contracts::{BookingId, UserId};
use sqlx::PgConnection;

use super::{batch::Batch, changes::Changes, error::Error, lock_bookings, work::Work};
use crate::{
    domain::Refusal,
    store::bookings::{self, Record},
};

/// Bookings by id. Each is taken by the one job that changes it.
#[derive(Debug, Default)]
pub(super) struct Existing(HashMap<BookingId, Record>);

impl Existing {
    pub(super) fn take(&mut self, id: BookingId) -> Option<Record> {
        self.0.remove(&id)
    }

    /// A buyer's booking; somebody else's does not exist.
    pub(super) fn take_owned(&mut self, id: BookingId, user: UserId) -> Result<Record, Refusal> {
        self.take(id)
            .filter(|record| record.booking.user_id == user)
            .ok_or(Refusal::NotFound("booking"))
    }
}

/// Locks and reads the bookings of all jobs that are still open. Holds that ran out are locked by who expires them.
pub(super) async fn load(
    connection: &mut PgConnection,
    changes: &mut Changes,
    batch: &mut Batch<'_>,
) -> Result<(), Error> {
    let mut ids = Vec::new();
    for (_, job) in batch.open() {
        if matches!(job.work, Work::Expire(_)) {
            continue;
        }
        for id in job.work.bookings() {
            ids.push(*id);
            changes.caused_by(*id, job.traceparent.as_deref());
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    lock_bookings(&mut *connection, &ids).await?;
    let records = bookings::load(connection, &ids).await?;
    batch.existing = Existing(
        records
            .into_iter()
            .map(|record| (record.booking.id, record))
            .collect(),
    );
    Ok(())
}
