//! What the services agree on: ids, money, the messages between them and the broker's topology.
//!
//! Everything here is data. A change must let the release before read what this one writes (expand/contract): add optional
//! fields, never rename or retype one.

pub mod access_code;
pub mod event;
pub mod ids;
pub mod messages;
pub mod money;
pub mod seat;
pub mod ticket;
pub mod topology;

pub use access_code::AccessCode;
pub use event::{EventSnapshot, EventStatus, TicketTypeKind, TicketTypeSnapshot, VenueSnapshot};
pub use ids::{
    BookingId, CheckInId, EventId, MessageId, OrganisationId, PaymentId, RefundId, SeatingPlanId,
    SessionId, TicketId, TicketTypeId, UserId, VenueId, WaitingEntryId,
};
pub use messages::Message;
pub use money::{Currency, Money, MoneyError};
pub use seat::SeatGuid;
