//! Why something can't be done.

use chrono::{DateTime, Utc};
use contracts::{SeatGuid, TicketTypeId};

use super::BookingStatus;

/// A rule that stands against a request. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A part of the request can't be right; `pointer` is a JSON pointer into the body.
    #[error("{pointer}: {message}")]
    Invalid { pointer: String, message: String },
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("these seats do not exist or are not for sale")]
    SeatUnknown(Vec<SeatGuid>),
    #[error("at most {max} of this ticket type in one order")]
    TooManyPerOrder {
        ticket_type_id: TicketTypeId,
        max: u32,
    },
    #[error("only {remaining} left")]
    SoldOut {
        ticket_type_id: TicketTypeId,
        remaining: u32,
        /// Nothing is left of the whole event.
        event: bool,
    },
    /// Nobody needs to wait: there are enough.
    #[error("{available} are available")]
    NotSoldOut { available: u32 },
    /// An entry is there, for another number of places.
    #[error("there is an entry for {quantity} already")]
    AlreadyWaiting { quantity: u32 },
    #[error("these seats are taken")]
    SeatTaken(Vec<SeatGuid>),
    #[error("no {wanted} free seats next to each other")]
    NoAdjacent { wanted: u32, remaining: u32 },
    #[error("sales begin at {0}")]
    SalesNotStarted(DateTime<Utc>),
    #[error("sales ended at {0}")]
    SalesClosed(DateTime<Utc>),
    #[error("the event is not on sale")]
    EventNotOnSale,
    #[error("this ticket type needs an access code")]
    AccessCodeRequired(TicketTypeId),
    #[error("this is not the ticket type's access code")]
    AccessCodeWrong(TicketTypeId),
    /// The ticket type has a code, which is still on its way here.
    #[error("the ticket type's access code is not known yet")]
    AccessCodeNotHeard,
    #[error("at most {max} tickets of this event per buyer, {have} are held or owned")]
    BuyerLimit { max: u32, have: u32 },
    #[error("the hold expired at {0}")]
    HoldExpired(DateTime<Utc>),
    #[error("a {from:?} booking can't become {to:?}")]
    InvalidTransition {
        from: BookingStatus,
        to: BookingStatus,
    },
    #[error("none of these tickets can be cancelled any more")]
    NothingToCancel,
    #[error("the event is over")]
    EventOver,
    #[error("{held} held and {sold} sold are more than {capacity}")]
    CapacityBelowSold { capacity: u32, held: u32, sold: u32 },
}

impl Refusal {
    pub fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    /// Its stable name, for metrics and problems.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid_request",
            Self::NotFound(_) => "not_found",
            Self::SeatUnknown(_) => "seat_unknown",
            Self::TooManyPerOrder { .. } => "too_many_per_order",
            Self::SoldOut { .. } => "sold_out",
            Self::NotSoldOut { .. } => "not_sold_out",
            Self::AlreadyWaiting { .. } => "already_waiting",
            Self::SeatTaken(_) => "seat_taken",
            Self::NoAdjacent { .. } => "no_adjacent",
            Self::SalesNotStarted(_) => "sales_not_started",
            Self::SalesClosed(_) => "sales_closed",
            Self::EventNotOnSale => "event_not_on_sale",
            Self::AccessCodeRequired(_) => "access_code_required",
            Self::AccessCodeWrong(_) => "access_code_wrong",
            Self::AccessCodeNotHeard => "access_code_not_heard",
            Self::BuyerLimit { .. } => "buyer_limit",
            Self::HoldExpired(_) => "hold_expired",
            Self::InvalidTransition { .. } | Self::NothingToCancel => "invalid_transition",
            Self::EventOver => "event_over",
            Self::CapacityBelowSold { .. } => "capacity_below_sold",
        }
    }
}
