//! What a gate is told about a ticket.

use chrono::{DateTime, Utc};
use contracts::{CheckInId, EventId, SeatGuid, TicketId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{BookingStatus, TicketStatus};

/// Let the person in, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckInResult {
    /// Let in, just now.
    Ok,
    /// No ticket of ours.
    Invalid,
    /// Its booking is not paid.
    Unpaid,
    Cancelled,
    /// Somebody is in with it already.
    AlreadyRedeemed,
    /// Genuine, but for another event.
    WrongEvent,
}

impl CheckInResult {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Invalid => "invalid",
            Self::Unpaid => "unpaid",
            Self::Cancelled => "cancelled",
            Self::AlreadyRedeemed => "already_redeemed",
            Self::WrongEvent => "wrong_event",
        }
    }
}

/// A ticket as the gate sees it: no buyer, no price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GateTicket {
    #[schema(value_type = uuid::Uuid)]
    pub id: TicketId,
    #[schema(example = "Stalls")]
    pub ticket_type_name: String,
    pub seat: Option<SeatGuid>,
    pub status: TicketStatus,
    pub redeemed_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckIn {
    pub result: CheckInResult,
    /// Absent when the code is none of this event's
    pub ticket: Option<GateTicket>,
    /// Names this entry, to undo it; absent unless `result` is `ok`
    #[schema(value_type = Option<uuid::Uuid>)]
    pub check_in_id: Option<CheckInId>,
}

/// Whether a genuine ticket of the event `ticket_event` may pass the gate of `gate_event`.
pub fn decide(
    gate_event: EventId,
    ticket_event: EventId,
    booking: BookingStatus,
    ticket: TicketStatus,
) -> CheckInResult {
    if gate_event != ticket_event {
        return CheckInResult::WrongEvent;
    }
    match (ticket, booking) {
        (TicketStatus::Redeemed, _) => CheckInResult::AlreadyRedeemed,
        (TicketStatus::Cancelled, _) | (_, BookingStatus::Cancelled) => CheckInResult::Cancelled,
        (TicketStatus::Valid, BookingStatus::Confirmed) => CheckInResult::Ok,
        (TicketStatus::Valid, _) => CheckInResult::Unpaid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_case() {
        let (here, there) = (EventId::new(), EventId::new());
        let cases = [
            (
                here,
                BookingStatus::Confirmed,
                TicketStatus::Valid,
                CheckInResult::Ok,
            ),
            (
                there,
                BookingStatus::Confirmed,
                TicketStatus::Valid,
                CheckInResult::WrongEvent,
            ),
            (
                here,
                BookingStatus::Confirmed,
                TicketStatus::Redeemed,
                CheckInResult::AlreadyRedeemed,
            ),
            (
                here,
                BookingStatus::Confirmed,
                TicketStatus::Cancelled,
                CheckInResult::Cancelled,
            ),
            (
                here,
                BookingStatus::Cancelled,
                TicketStatus::Cancelled,
                CheckInResult::Cancelled,
            ),
            (
                here,
                BookingStatus::Held,
                TicketStatus::Valid,
                CheckInResult::Unpaid,
            ),
        ];
        for (event, booking, ticket, result) in cases {
            assert_eq!(decide(here, event, booking, ticket), result);
        }
    }
}
