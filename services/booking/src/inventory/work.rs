//! What can be asked of the inventory, and what becomes of it.

use std::{sync::Arc, time::Instant};

use contracts::{
    BookingId, EventSnapshot, TicketId, TicketTypeId, UserId, WaitingEntryId,
    messages::{PaymentRef, RefundRequested},
};
use kit::idempotency::{Kept, Scope};
use tokio::sync::oneshot;
use tracing::Span;

use super::{error::Error, waiting::WaitingWish};
use crate::domain::{Booking, Closed, Wanted};

/// One buyer's wish for places of an event.
#[derive(Clone, Debug)]
pub struct HoldRequest {
    /// Made by us, so that the same request run again makes the same booking.
    pub booking_id: BookingId,
    pub user_id: UserId,
    /// As [`Wanted::check`] gave it.
    pub wanted: Wanted,
    /// The ticket types that it may not have.
    pub closed: Closed,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The booking as it is now.
    Changed(Box<Booking>),
    /// The same request was answered before.
    Replayed(Kept),
    /// On the waiting list.
    Waiting(WaitingEntryId),
    /// There was nothing to do, or nothing is to be told of it.
    Nothing,
}

impl Outcome {
    pub(super) fn changed(booking: Booking) -> Self {
        Self::Changed(Box::new(booking))
    }
}

/// A message whose effect a job is. Remembered with the effect, so that the same message again changes nothing.
#[derive(Clone, Debug)]
pub struct Received {
    pub consumer: &'static str,
    pub message_id: String,
}

/// A change of one event's stock.
#[derive(Debug)]
pub(super) enum Work {
    Hold(Arc<EventSnapshot>, HoldRequest),
    /// The buyer gives a hold back, or cancels tickets of a confirmed booking: all, or exactly these.
    GiveBack {
        user: UserId,
        booking: BookingId,
        tickets: Option<Vec<TicketId>>,
    },
    /// Checkout of a booking that costs nothing.
    ConfirmFree {
        user: UserId,
        booking: BookingId,
    },
    /// A payment was authorised.
    Confirm(PaymentRef),
    /// An authorised payment could not be captured after all.
    TakeBack(PaymentRef),
    Refund(RefundRequested),
    /// Holds whose time is over.
    Expire(Vec<BookingId>),
    /// Somebody wants to be told when places come back.
    Join(WaitingWish),
    /// A buyer takes his waiting entries off the list: of one ticket type, or all.
    Leave {
        user: UserId,
        ticket_type: Option<TicketTypeId>,
    },
}

impl Work {
    /// Bookings that are there already and that it changes.
    pub(super) fn bookings(&self) -> &[BookingId] {
        use std::slice::from_ref;
        match self {
            Self::Hold(..) | Self::Join(_) | Self::Leave { .. } => &[],
            Self::GiveBack { booking, .. } | Self::ConfirmFree { booking, .. } => from_ref(booking),
            Self::Confirm(payment) | Self::TakeBack(payment) => from_ref(&payment.booking_id),
            Self::Refund(request) => from_ref(&request.booking_id),
            Self::Expire(bookings) => bookings,
        }
    }

    /// The payment whose version it brings.
    pub(super) fn payment(&self) -> Option<&PaymentRef> {
        match self {
            Self::Confirm(payment) | Self::TakeBack(payment) => Some(payment),
            _ => None,
        }
    }

    /// Wants something that nobody has promised yet, and so may be turned away when there is too much to do. Everything else was accepted before.
    pub(super) fn is_new_demand(&self) -> bool {
        matches!(self, Self::Hold(..) | Self::Join(_))
    }
}

pub(super) type Answer = Result<Outcome, Error>;

/// Work in the queue of its event, and who waits for it.
#[derive(Debug)]
pub(super) struct Job {
    pub work: Work,
    pub idempotency: Option<Scope>,
    pub received: Option<Received>,
    pub traceparent: Option<String>,
    /// Of the request, to be linked to the batch's.
    pub span: Span,
    pub arrived: Instant,
    pub reply: oneshot::Sender<Answer>,
}

impl Job {
    /// Whoever asked may have gone away; the work is done all the same.
    pub(super) fn answer(self, answer: Answer) {
        let _ = self.reply.send(answer);
    }
}
