//! An event as Catalog tells the others about it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{EventId, Money, OrganisationId, SeatingPlanId, TicketTypeId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    Draft,
    Published,
    Cancelled,
    Completed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketTypeKind {
    /// A number of places, none of them named.
    General,
    /// Each place is a seat of the event's seating plan.
    Seated,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VenueSnapshot {
    pub name: String,
    pub address: String,
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketTypeSnapshot {
    pub id: TicketTypeId,
    pub name: String,
    pub price: Money,
    pub capacity: u32,
    /// Most tickets of this type in one booking.
    pub max_per_order: u32,
    pub sales_start: Option<DateTime<Utc>>,
    pub sales_end: Option<DateTime<Utc>>,
    pub kind: TicketTypeKind,
    #[serde(default)]
    pub seating_categories: Vec<String>,
}

/// All of an event that a consumer needs. `version` grows with each change; an older one that comes late is ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSnapshot {
    pub id: EventId,
    pub organisation_id: OrganisationId,
    pub organisation_name: String,
    pub title: String,
    pub status: EventStatus,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// IANA name, such as `Europe/Vienna`.
    pub time_zone: String,
    pub venue: Option<VenueSnapshot>,
    pub seating_plan_id: Option<SeatingPlanId>,
    /// Tickets one buyer may hold or own; no limit when absent.
    pub max_per_buyer: Option<u32>,
    /// Whether buyers wait in line: Booking admits them.
    #[serde(default)]
    pub waiting_room: bool,
    pub ticket_types: Vec<TicketTypeSnapshot>,
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_release_said_still_reads() {
        let event: EventSnapshot = serde_json::from_value(serde_json::json!({
            "id": EventId::new(), "organisation_id": OrganisationId::new(), "organisation_name": "Stage Ltd", "title": "Hamlet",
            "status": "published", "starts_at": "2030-01-01T20:00:00Z", "ends_at": "2030-01-01T22:00:00Z", "time_zone": "UTC",
            "venue": null, "seating_plan_id": null, "max_per_buyer": null, "ticket_types": [], "version": 1
        }))
        .unwrap();
        assert!(!event.waiting_room);
    }
}
