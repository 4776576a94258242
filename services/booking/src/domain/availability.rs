//! What is left of an event.

use contracts::{EventId, SeatGuid, TicketTypeId};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatStatus {
    Free,
    Held,
    Sold,
}

impl SeatStatus {
    /// As the database has it.
    pub const fn code(self) -> i16 {
        match self {
            Self::Free => 0,
            Self::Held => 1,
            Self::Sold => 2,
        }
    }

    /// The status with this [`code`](Self::code).
    pub const fn from_code(code: i16) -> Self {
        match code {
            0 => Self::Free,
            1 => Self::Held,
            _ => Self::Sold,
        }
    }
}

/// What can be bought right now. Held places are not available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Availability {
    #[schema(value_type = uuid::Uuid)]
    pub event_id: EventId,
    /// Over all ticket types; 0 once the event is cancelled
    #[schema(minimum = 0, example = 120)]
    pub available: u32,
    pub ticket_types: Vec<TypeAvailability>,
    /// How many seats are free, held and sold; absent without seating
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seats: Option<SeatCounts>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TypeAvailability {
    #[schema(value_type = uuid::Uuid)]
    pub id: TicketTypeId,
    #[schema(minimum = 0, example = 500)]
    pub capacity: u32,
    #[schema(minimum = 0, example = 120)]
    pub available: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeatCounts {
    #[schema(minimum = 0, example = 120)]
    pub free: u32,
    #[schema(minimum = 0, example = 30)]
    pub held: u32,
    #[schema(minimum = 0, example = 350)]
    pub sold: u32,
}

/// A seat whose status changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeatChange {
    pub seat_guid: SeatGuid,
    pub status: SeatStatus,
}
