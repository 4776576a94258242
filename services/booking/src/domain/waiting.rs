//! The waiting list of a sold-out ticket type.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use contracts::{BookingId, EventId, TicketTypeId, WaitingEntryId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking::UnknownStatus;

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitingStatus {
    /// Whenever enough places come back, it gets them.
    Waiting,
    /// Places are held for it until the offer expires.
    Offered,
    /// The offer was bought.
    Purchased,
    /// The offer ran out, or the event was cancelled.
    Expired,
    /// The offer was given back.
    Declined,
    /// Its buyer left.
    Left,
}

impl WaitingStatus {
    pub const ALL: [Self; 6] = [
        Self::Waiting,
        Self::Offered,
        Self::Purchased,
        Self::Expired,
        Self::Declined,
        Self::Left,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Purchased => "purchased",
            Self::Expired => "expired",
            Self::Declined => "declined",
            Self::Left => "left",
        }
    }
}

impl FromStr for WaitingStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownStatus)
    }
}

/// A buyer's wish for so many places of a ticket type: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingEntry {
    #[schema(value_type = uuid::Uuid)]
    pub id: WaitingEntryId,
    #[schema(value_type = uuid::Uuid)]
    pub event_id: EventId,
    #[schema(value_type = uuid::Uuid)]
    pub ticket_type_id: TicketTypeId,
    #[schema(minimum = 1, example = 2)]
    pub quantity: u32,
    pub status: WaitingStatus,
    /// Place in the line, the next one being 1; counted up to 10,000. Null unless it waits.
    #[schema(minimum = 1)]
    pub position: Option<u32>,
    /// How often somebody behind went first, because fewer places came back than this group needs
    pub skips: u32,
    /// The offer: a booking to check out
    #[schema(value_type = Option<uuid::Uuid>)]
    pub booking_id: Option<BookingId>,
    /// When the offer ends
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}
