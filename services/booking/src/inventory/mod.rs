//! Stock, seats, holds and tickets: the only module that changes them.
//!
//! Every change runs in one transaction that locks all stock rows of the event first, in the order of their ids, then
//! seats, bookings and tickets in theirs, so that nothing deadlocks. The row locks, the CHECK on stock and the unique keys
//! decide, so any number of replicas stays right.
//!
//! [`Inventory`] is what the rest of booking calls. It gives work to the [`engine`], whose task for the event puts everything
//! that waits into one [`batch`].

mod batch;
mod buyers;
mod cancel;
mod capacity;
mod changes;
mod checkout;
mod close;
mod confirm;
mod end;
mod engine;
mod error;
mod existing;
mod give_back;
mod outcomes;
mod rate;
mod reserve;
mod seats;
mod strain;
pub mod sweeper;
mod taking;
mod waiting;
mod work;
mod workshop;

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use contracts::{
    BookingId, EventId, EventSnapshot, TicketId, TicketTypeId, UserId, WaitingEntryId,
    messages::{PaymentRef, RefundRequested},
};
use kit::{
    Problem,
    idempotency::{self, Found, Kept, Scope},
    outbox::OutboxSignal,
};
use sqlx::{PgConnection, PgPool};

pub use self::{
    close::{announce_closed, close_stock},
    confirm::news,
    error::Error,
    outcomes::refused,
    waiting::WaitingWish,
    work::{HoldRequest, Outcome, Received},
};
use self::{engine::Engine, work::Work, workshop::Workshop};
use crate::{
    domain::{Refusal, TicketKeys},
    live::Live,
    store::bookings,
};

/// How long holds live, and how long one is waited for and worked on.
#[derive(Clone, Copy, Debug)]
pub struct HoldTimes {
    /// From taking the places.
    pub hold: Duration,
    /// From going to checkout.
    pub checkout: Duration,
    /// From being offered to somebody on the waiting list.
    pub offer: Duration,
    /// Until a request for one that did not come to its turn is turned away: its buyer has given up or will try again.
    pub patience: Duration,
    /// For one transaction, which takes milliseconds. A database that has vanished does not even refuse; whoever waits is
    /// told 503 after this.
    pub transaction: Duration,
}

/// Changes the inventory. Clones share the work that waits.
#[derive(Clone, Debug)]
pub struct Inventory {
    core: Arc<Core>,
    engine: Engine,
}

/// What every change needs.
#[derive(Debug)]
struct Core {
    /// For all but batches.
    pool: PgPool,
    workshop: Workshop,
    keys: Arc<TicketKeys>,
    times: HoldTimes,
    outbox: OutboxSignal,
    live: Live,
    seats: seats::Memory,
}

impl Core {
    /// What follows a commit that changed an event: its messages are sent and its watchers told.
    fn committed(&self, event: EventId) {
        self.outbox.wake();
        self.live.changed(event);
    }
}

impl Inventory {
    /// Batches have `connections` of their own to the database of `pool`. Fails when there can be no threads for them.
    pub fn new(
        pool: PgPool,
        connections: u32,
        keys: Arc<TicketKeys>,
        times: HoldTimes,
        outbox: OutboxSignal,
        live: Live,
    ) -> anyhow::Result<Self> {
        outcomes::describe();
        let core = Arc::new(Core {
            workshop: Workshop::open(&pool, connections)?,
            pool,
            keys,
            times,
            outbox,
            live,
            seats: seats::Memory::default(),
        });
        Ok(Self {
            engine: Engine::new(core.clone()),
            core,
        })
    }

    /// [`Error::Overloaded`] while more holds wait for an event than can be done soon: nobody need look at another one.
    pub fn has_room(&self, event: EventId) -> Result<(), Error> {
        if self.engine.has_room(event) {
            return Ok(());
        }
        outcomes::asked("overloaded");
        Err(Error::Overloaded)
    }

    /// Takes what `request` wants, or says why not. Done when this returns: the answer may go out.
    pub async fn hold(
        &self,
        event: Arc<EventSnapshot>,
        request: HoldRequest,
        key: Option<Scope>,
    ) -> Result<Outcome, Error> {
        let id = event.id;
        let answer = self
            .engine
            .submit(id, Work::Hold(event, request), key, None)
            .await;
        let name = match &answer {
            Ok(Outcome::Replayed(_)) => "replayed",
            Ok(_) => "held",
            Err(Error::Refused(refusal)) => refusal.code(),
            Err(Error::KeyReused(_)) => "key_reused",
            Err(Error::Overloaded) => "overloaded",
            Err(_) => "failed",
        };
        outcomes::asked(name);
        answer
    }

    /// The answer that a key got before; 422 when it came with another request.
    pub async fn kept(&self, scope: &Scope) -> Result<Option<Kept>, Problem> {
        let mut connection = self.core.pool.acquire().await?;
        let found = idempotency::find_many(&mut connection, &[scope]).await?;
        match found.into_iter().next() {
            Some(Found::Replay(kept)) => Ok(Some(kept)),
            Some(Found::Reused(problem)) => Err(problem),
            Some(Found::Nothing) | None => Ok(None),
        }
    }

    /// Gives a hold back, or cancels tickets of a confirmed booking: all that can be, or exactly `tickets`.
    pub async fn cancel(
        &self,
        user: UserId,
        booking: BookingId,
        tickets: Option<Vec<TicketId>>,
        key: Option<Scope>,
    ) -> Result<Kept, Problem> {
        let event = self
            .event_of(booking)
            .await?
            .ok_or(Refusal::NotFound("booking"))?;
        let work = Work::GiveBack {
            user,
            booking,
            tickets,
        };
        self.change(event, work, key).await
    }

    /// What a buyer wants changed, with its answer.
    async fn change(
        &self,
        event: EventId,
        work: Work,
        key: Option<Scope>,
    ) -> Result<Kept, Problem> {
        match self.engine.submit(event, work, key, None).await? {
            Outcome::Replayed(kept) => Ok(kept),
            Outcome::Changed(booking) => Ok(Kept {
                status: StatusCode::OK,
                body: serde_json::to_value(booking).map_err(Problem::internal)?,
            }),
            Outcome::Waiting(_) | Outcome::Nothing => {
                Err(Problem::internal(anyhow::anyhow!("nothing was changed")))
            }
        }
    }

    /// Puts a buyer on the waiting list of a ticket type of which there are not enough.
    pub async fn join_waiting_list(
        &self,
        event: EventId,
        wish: WaitingWish,
    ) -> Result<WaitingEntryId, Error> {
        match self
            .engine
            .submit(event, Work::Join(wish), None, None)
            .await?
        {
            Outcome::Waiting(id) => Ok(id),
            other => Err(Error::Inconsistent(format!("{other:?} is no entry"))),
        }
    }

    /// Takes a buyer off the waiting list: of one ticket type, or all of the event's.
    pub async fn leave_waiting_list(
        &self,
        event: EventId,
        user: UserId,
        ticket_type: Option<TicketTypeId>,
    ) -> Result<(), Error> {
        let work = Work::Leave { user, ticket_type };
        self.engine.submit(event, work, None, None).await?;
        Ok(())
    }

    /// Handles an authorised payment: the booking is confirmed, or the payment refused.
    pub async fn confirm_paid(&self, payment: PaymentRef, received: Received) -> Result<(), Error> {
        match self.event_of(payment.booking_id).await? {
            Some(event) => self.handle(event, Work::Confirm(payment), received).await,
            None => confirm::refuse_stranger(&self.core, &payment, &received).await,
        }
    }

    /// Takes the tickets back that an authorised payment got, which then could not be captured.
    pub async fn take_back(&self, payment: PaymentRef, received: Received) -> Result<(), Error> {
        match self.event_of(payment.booking_id).await? {
            Some(event) => self.handle(event, Work::TakeBack(payment), received).await,
            None => Ok(()),
        }
    }

    /// Cancels what a buyer wants refunded, as far as that can be: only the owner's, only what that payment paid, nothing
    /// that is redeemed or cancelled already.
    pub async fn refund(&self, request: RefundRequested, received: Received) -> Result<(), Error> {
        match self.event_of(request.booking_id).await? {
            Some(event) => self.handle(event, Work::Refund(request), received).await,
            None => Ok(()),
        }
    }

    /// Expires those of `holds`, all of one event, whose time is over.
    async fn expire(&self, event: EventId, holds: Vec<BookingId>) -> Result<(), Error> {
        self.engine
            .submit(event, Work::Expire(holds), None, None)
            .await?;
        Ok(())
    }

    async fn handle(&self, event: EventId, work: Work, received: Received) -> Result<(), Error> {
        self.engine
            .submit(event, work, None, Some(received))
            .await?;
        Ok(())
    }

    async fn event_of(&self, booking: BookingId) -> Result<Option<EventId>, Error> {
        let mut connection = self.core.pool.acquire().await?;
        Ok(bookings::event_of(&mut connection, booking).await?)
    }

    /// Holds that this process commits per second of busy time, lately; `None` before the first.
    pub fn drain_rate(&self) -> Option<f64> {
        self.engine.drain_rate()
    }

    /// What follows a commit that changed an event.
    pub fn committed(&self, event: EventId) {
        self.core.committed(event);
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
