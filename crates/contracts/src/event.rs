//! An event as Catalog tells the others about it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AccessCode, EventId, Money, OrganisationId, SeatingPlanId, TicketTypeId};

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
    /// Whether only who knows its access code can have it.
    #[serde(default)]
    pub access_code_required: bool,
    /// Its access code; absent where it is not known or not to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_code: Option<AccessCode>,
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

impl EventSnapshot {
    /// As it may be kept and told on: that a ticket type needs an access code, but not which.
    #[must_use]
    pub fn without_access_codes(&self) -> Self {
        let mut event = self.clone();
        for kind in &mut event.ticket_types {
            kind.access_code_required |= kind.access_code.is_some();
            kind.access_code = None;
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_release_said_still_reads() {
        let event: EventSnapshot = serde_json::from_value(serde_json::json!({
            "id": EventId::new(), "organisation_id": OrganisationId::new(), "organisation_name": "Stage Ltd", "title": "Hamlet",
            "status": "published", "starts_at": "2030-01-01T20:00:00Z", "ends_at": "2030-01-01T22:00:00Z", "time_zone": "UTC",
            "venue": null, "seating_plan_id": null, "max_per_buyer": null, "version": 1,
            "ticket_types": [{
                "id": TicketTypeId::new(), "name": "Stalls", "price": {"amount": 100, "currency": "EUR"}, "capacity": 5,
                "max_per_order": 4, "sales_start": null, "sales_end": null, "kind": "general"
            }]
        }))
        .unwrap();
        assert!(!event.waiting_room);
        let kind = &event.ticket_types[0];
        assert_eq!(
            (kind.access_code_required, &kind.access_code),
            (false, &None)
        );
        let told = serde_json::to_value(&event).unwrap();
        assert!(told["ticket_types"][0].get("access_code").is_none());
    }

    #[test]
    fn an_access_code_is_told_in_messages_only() {
        let mut event: EventSnapshot = serde_json::from_value(serde_json::json!({
            "id": EventId::new(), "organisation_id": OrganisationId::new(), "organisation_name": "Stage Ltd", "title": "Hamlet",
            "status": "published", "starts_at": "2030-01-01T20:00:00Z", "ends_at": "2030-01-01T22:00:00Z", "time_zone": "UTC",
            "venue": null, "seating_plan_id": null, "max_per_buyer": null, "version": 1,
            "ticket_types": [{
                "id": TicketTypeId::new(), "name": "Fans", "price": {"amount": 100, "currency": "EUR"}, "capacity": 5,
                "max_per_order": 4, "sales_start": null, "sales_end": null, "kind": "general",
                "access_code_required": true, "access_code": "Moonlight"
            }]
        }))
        .unwrap();
        assert!(!format!("{event:?}").contains("Moonlight"));
        let told = serde_json::to_value(&event).unwrap();
        assert_eq!(told["ticket_types"][0]["access_code"], "Moonlight");

        event.ticket_types[0].access_code_required = false;
        let kept = serde_json::to_value(event.without_access_codes()).unwrap();
        assert!(!kept.to_string().contains("Moonlight"));
        assert_eq!(kept["ticket_types"][0]["access_code_required"], true);
    }
}
