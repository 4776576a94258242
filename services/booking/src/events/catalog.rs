//! What Catalog answers about an event.

use chrono::{DateTime, Utc};
use contracts::{
    EventId, EventSnapshot, EventStatus, Money, OrganisationId, SeatGuid, SeatingPlanId,
    TicketTypeId, TicketTypeKind, TicketTypeSnapshot, VenueSnapshot,
};
use kit::{
    Problem,
    client::{CallError, Client},
    config::BaseUrl,
};
use serde::{Deserialize, Deserializer};

/// Tickets one buyer may hold or own when the event does not say.
const DEFAULT_PER_BUYER: u32 = 10;
/// Tickets of a type in one order when the event does not say.
const DEFAULT_PER_ORDER: u32 = 10;

/// `GET /events/{id}`. Only what Booking can't do without is demanded.
#[derive(Debug, Deserialize)]
struct CatalogEvent {
    id: EventId,
    organisation_id: OrganisationId,
    #[serde(default)]
    organisation_name: String,
    title: String,
    #[serde(default = "published")]
    status: EventStatus,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
    #[serde(default = "utc")]
    time_zone: String,
    venue: Option<CatalogVenue>,
    seating_plan_id: Option<SeatingPlanId>,
    #[serde(default = "limited", deserialize_with = "limit")]
    max_per_buyer: Option<u32>,
    #[serde(default)]
    waiting_room: bool,
    ticket_types: Vec<CatalogType>,
    #[serde(default = "first")]
    version: i64,
}

#[derive(Debug, Deserialize)]
struct CatalogVenue {
    name: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    city: String,
    #[serde(default)]
    country: String,
}

#[derive(Debug, Deserialize)]
struct CatalogType {
    id: TicketTypeId,
    name: String,
    price: Money,
    capacity: u32,
    max_per_order: Option<u32>,
    sales_start: Option<DateTime<Utc>>,
    sales_end: Option<DateTime<Utc>>,
    kind: Option<TicketTypeKind>,
    seating_categories: Option<Vec<String>>,
    /// The code itself comes by message only.
    #[serde(default)]
    access_code_required: bool,
}

fn published() -> EventStatus {
    EventStatus::Published
}

fn utc() -> String {
    "UTC".into()
}

fn first() -> i64 {
    1
}

#[expect(clippy::unnecessary_wraps, reason = "absent is a limit, null is none")]
fn limited() -> Option<u32> {
    Some(DEFAULT_PER_BUYER)
}

fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Option::deserialize(deserializer)
}

impl From<CatalogEvent> for EventSnapshot {
    fn from(event: CatalogEvent) -> Self {
        Self {
            id: event.id,
            organisation_id: event.organisation_id,
            organisation_name: event.organisation_name,
            title: event.title,
            status: event.status,
            starts_at: event.starts_at,
            ends_at: event.ends_at.unwrap_or(event.starts_at),
            time_zone: event.time_zone,
            venue: event.venue.map(|venue| VenueSnapshot {
                name: venue.name,
                address: venue.address,
                city: venue.city,
                country: venue.country,
            }),
            seating_plan_id: event.seating_plan_id,
            max_per_buyer: event.max_per_buyer,
            waiting_room: event.waiting_room,
            ticket_types: event.ticket_types.into_iter().map(Into::into).collect(),
            version: event.version,
        }
    }
}

impl From<CatalogType> for TicketTypeSnapshot {
    fn from(kind: CatalogType) -> Self {
        let seating_categories = kind.seating_categories.unwrap_or_default();
        Self {
            id: kind.id,
            name: kind.name,
            price: kind.price,
            capacity: kind.capacity,
            max_per_order: kind.max_per_order.unwrap_or(DEFAULT_PER_ORDER),
            sales_start: kind.sales_start,
            sales_end: kind.sales_end,
            kind: kind.kind.unwrap_or(if seating_categories.is_empty() {
                TicketTypeKind::General
            } else {
                TicketTypeKind::Seated
            }),
            seating_categories,
            access_code_required: kind.access_code_required,
            access_code: None,
        }
    }
}

/// A seat of `GET /events/{id}/seating`.
#[derive(Clone, Debug, Deserialize)]
pub struct Seat {
    pub seat_guid: SeatGuid,
    #[serde(default)]
    pub zone: String,
    #[serde(default)]
    pub row: String,
    /// None: this seat is not for sale.
    pub ticket_type_id: Option<TicketTypeId>,
    pub x: Option<f64>,
    pub y: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Seating {
    seats: Vec<Seat>,
}

/// Asks Catalog.
#[derive(Clone, Debug)]
pub struct Catalog {
    client: Client,
    url: BaseUrl,
}

impl Catalog {
    pub fn new(client: Client, url: BaseUrl) -> Self {
        Self { client, url }
    }

    /// An event that the public can see; `None` when there is none. 503 when Catalog is away.
    pub async fn event(&self, id: EventId) -> Result<Option<EventSnapshot>, Problem> {
        let url = self.url.join(format_args!("/events/{id}"));
        match self.client.get(url).json::<CatalogEvent>().await {
            Ok(event) if event.id == id => Ok(Some(event.into())),
            Ok(event) => Err(Problem::internal(anyhow::anyhow!(
                "catalog answered with {:?} for {id:?}",
                event.id
            ))),
            Err(CallError::Refused { status, .. }) if status == 404 || status == 410 => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The seats of a seated event, frozen when it was published.
    pub async fn seating(&self, id: EventId) -> Result<Vec<Seat>, Problem> {
        let url = self.url.join(format_args!("/events/{id}/seating"));
        let seating: Seating = self.client.get(url).json().await?;
        Ok(seating.seats)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_limits_are_ten_and_null_is_none() {
        let event = |extra: &str| -> EventSnapshot {
            let json = format!(
                r#"{{"id":"{}","organisation_id":"{}","title":"E","starts_at":"2030-01-01T20:00:00Z",
                  "ticket_types":[{{"id":"{}","name":"T","price":{{"amount":100,"currency":"EUR"}},"capacity":5}}]{extra}}}"#,
                EventId::new(),
                OrganisationId::new(),
                TicketTypeId::new()
            );
            serde_json::from_str::<CatalogEvent>(&json).unwrap().into()
        };
        assert_eq!(event("").max_per_buyer, Some(10));
        assert_eq!(event(r#","max_per_buyer":null"#).max_per_buyer, None);
        assert_eq!(event(r#","max_per_buyer":3"#).max_per_buyer, Some(3));
        let plain = event("");
        assert_eq!(plain.ends_at, plain.starts_at);
        assert!(!plain.waiting_room);
        assert_eq!(plain.ticket_types[0].kind, TicketTypeKind::General);
        assert_eq!(plain.ticket_types[0].max_per_order, 10);
    }
}
