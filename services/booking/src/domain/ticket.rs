//! Tickets: `valid ⇄ redeemed`, `valid → cancelled`; and `redeemed → cancelled`, when the payment could not be captured after all.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use contracts::{BookingId, EventId, SeatGuid, TicketId, TicketTypeId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking::UnknownStatus;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    Valid,
    /// Checked in.
    Redeemed,
    Cancelled,
}

impl FromStr for TicketStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        match text {
            "valid" => Ok(Self::Valid),
            "redeemed" => Ok(Self::Redeemed),
            "cancelled" => Ok(Self::Cancelled),
            _ => Err(UnknownStatus),
        }
    }
}

/// A ticket as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ticket {
    #[schema(value_type = uuid::Uuid)]
    pub id: TicketId,
    #[schema(value_type = uuid::Uuid)]
    pub booking_id: BookingId,
    #[schema(value_type = uuid::Uuid)]
    pub event_id: EventId,
    #[schema(value_type = uuid::Uuid)]
    pub ticket_type_id: TicketTypeId,
    #[schema(example = "Stalls")]
    pub ticket_type_name: String,
    /// Absent for general admission
    pub seat: Option<SeatGuid>,
    pub status: TicketStatus,
    /// The signed text of the QR code. Whoever has it gets in.
    pub code: String,
    pub redeemed_at: Option<DateTime<Utc>>,
}
