//! Stock, seats, holds and tickets: the only module that changes them.
//!
//! Every change runs in one transaction that locks all stock rows of the event first, in the order of their ids, then
//! seats, bookings and tickets in theirs, so that nothing deadlocks. The row locks, the CHECK on stock and the unique keys
//! decide, so any number of replicas stays right.
//!
//! [`reserve`] takes many requests at once. [`Inventory::hold`] is what HTTP calls, with one: whatever gathers requests
//! into batches goes between the two.

mod cancel;
mod capacity;
mod changes;
mod close;
mod confirm;
mod end;
mod error;
mod lookup;
mod reserve;
mod single;
pub mod sweeper;

use std::{sync::Arc, time::Duration};

use contracts::{BookingId, EventId, EventSnapshot, messages::PaymentRef};
use kit::{
    Problem,
    idempotency::{self, Found, Kept, Scope},
    metrics,
    outbox::OutboxSignal,
};
use sqlx::{PgConnection, PgPool};

pub use self::{
    close::{announce_closed, close_stock},
    end::expire,
    error::Error,
    reserve::{HoldOutcome, HoldRequest, answer, reserve},
};
use crate::{domain::TicketKeys, live::Live};

/// How often a transaction that lost a race is run again.
const ATTEMPTS: usize = 3;

/// How long holds live.
#[derive(Clone, Copy, Debug)]
pub struct HoldTimes {
    /// From taking the places.
    pub hold: Duration,
    /// From going to checkout.
    pub checkout: Duration,
}

/// Changes the inventory, one transaction at a time.
#[derive(Clone, Debug)]
pub struct Inventory {
    pool: PgPool,
    keys: Arc<TicketKeys>,
    times: HoldTimes,
    outbox: OutboxSignal,
    live: Live,
}

impl Inventory {
    pub fn new(
        pool: PgPool,
        keys: Arc<TicketKeys>,
        times: HoldTimes,
        outbox: OutboxSignal,
        live: Live,
    ) -> Self {
        Self {
            pool,
            keys,
            times,
            outbox,
            live,
        }
    }

    /// Takes what `request` wants, or says why not. Done when this returns: the answer may go out.
    pub async fn hold(
        &self,
        event: &EventSnapshot,
        request: HoldRequest,
    ) -> Result<HoldOutcome, Error> {
        let requests = [request];
        let mut attempt = 1;
        let outcome = loop {
            match self.hold_batch(event, &requests).await {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => attempt += 1,
                result => break result?.into_iter().next(),
            }
        };
        let outcome =
            outcome.ok_or_else(|| Error::Inconsistent("a request got no outcome".into()))?;
        let name = match &outcome {
            HoldOutcome::Held(_) => "held",
            HoldOutcome::Replayed(_) => "replayed",
            HoldOutcome::Refused(refusal) => refusal.code(),
            HoldOutcome::KeyReused(_) => "key_reused",
        };
        metrics::counter!("booking_holds_total", "outcome" => name).increment(1);
        Ok(outcome)
    }

    /// The answer that a key got before; 422 when it came with another request.
    pub async fn kept(&self, scope: &Scope) -> Result<Option<Kept>, Problem> {
        let mut connection = self.pool.acquire().await?;
        let found = idempotency::find_many(&mut connection, &[scope]).await?;
        match found.into_iter().next() {
            Some(Found::Replay(kept)) => Ok(Some(kept)),
            Some(Found::Reused(problem)) => Err(problem),
            Some(Found::Nothing) | None => Ok(None),
        }
    }

    /// One transaction for all of `requests`, which are for the same event.
    async fn hold_batch(
        &self,
        event: &EventSnapshot,
        requests: &[HoldRequest],
    ) -> Result<Vec<HoldOutcome>, Error> {
        metrics::histogram!("booking_batch_size").record(metric(requests.len()));
        let mut transaction = self.pool.begin().await?;
        let outcomes = reserve(&mut transaction, event, requests, self.times.hold).await?;
        transaction.commit().await?;
        if outcomes
            .iter()
            .any(|outcome| matches!(outcome, HoldOutcome::Held(_)))
        {
            self.committed(event.id);
        }
        Ok(outcomes)
    }

    /// Handles an authorised payment in the caller's transaction; call [`committed`](Self::committed) afterwards.
    pub async fn confirm_paid(
        &self,
        connection: &mut PgConnection,
        payment: &PaymentRef,
    ) -> Result<(), Error> {
        confirm::confirm_paid(connection, &self.keys, payment).await
    }

    /// What follows a commit that changed an event: its messages are sent and its watchers told.
    pub fn committed(&self, event: EventId) {
        self.outbox.wake();
        self.live.changed(event);
    }
}

/// Locks bookings in the order of their ids.
async fn lock_bookings(connection: &mut PgConnection, ids: &[BookingId]) -> sqlx::Result<()> {
    sqlx::query!(
        "SELECT FROM bookings WHERE id = ANY($1) ORDER BY id FOR UPDATE",
        ids as &[BookingId]
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "batches are small")]
fn metric(count: usize) -> f64 {
    count as f64
}
