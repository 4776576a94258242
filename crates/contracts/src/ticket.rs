//! A ticket as messages carry it.

use serde::{Deserialize, Serialize};

use crate::{Money, SeatGuid, TicketId, TicketTypeId};

/// A ticket of a confirmed booking, with all that a mail shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketSnapshot {
    pub id: TicketId,
    pub ticket_type_id: TicketTypeId,
    pub ticket_type_name: String,
    pub seat: Option<SeatGuid>,
    pub price: Money,
    /// The signed text inside the QR code. Whoever has it gets in: never log it.
    pub code: String,
}

/// What a cancelled ticket gives back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelledTicket {
    pub id: TicketId,
    pub price: Money,
}

/// One line of a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BookingLine {
    pub ticket_type_id: TicketTypeId,
    /// The ticket type's name when it was booked
    #[schema(example = "Stalls")]
    pub name: String,
    #[schema(minimum = 1, example = 2)]
    pub quantity: u32,
    pub unit_price: Money,
    /// Which seats; empty for general admission
    #[serde(default)]
    #[schema(required)]
    pub seats: Vec<SeatGuid>,
}
