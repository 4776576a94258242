//! An event as it is answered, and as pages of it are made.

use chrono::{DateTime, Utc};
use contracts::{
    EventId, EventStatus, Money, OrganisationId, SeatingPlanId, TicketTypeId, TicketTypeKind,
    VenueId,
};
use kit::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access_code::{AccessCode, AccessCodes},
        event::{TicketType, Venue},
        transition,
    },
    pages::Page,
    store::{events::Event, search::Found},
};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EventVenue)]
pub(super) struct VenueView {
    /// When it is one of the organisation's venues
    #[schema(required)]
    id: Option<VenueId>,
    name: String,
    address: String,
    city: String,
    /// ISO 3166-1 alpha-2, empty when it is not known
    country: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TicketType)]
pub(super) struct TicketTypeView {
    id: TicketTypeId,
    name: String,
    price: Money,
    capacity: u32,
    max_per_order: u32,
    #[schema(required)]
    sales_start: Option<DateTime<Utc>>,
    #[schema(required)]
    sales_end: Option<DateTime<Utc>>,
    kind: TicketTypeKind,
    seating_categories: Vec<String>,
    /// Whether Booking wants its access code
    access_code_required: bool,
    /// The access code, where there is one; told to organisers only, where they edit
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    access_code: Option<AccessCode>,
}

/// An event with all there is to know of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(super) struct EventView {
    id: EventId,
    organisation_id: OrganisationId,
    organisation_name: String,
    title: String,
    description: String,
    category: String,
    tags: Vec<String>,
    #[schema(required)]
    image_url: Option<String>,
    /// The event's own page elsewhere
    #[schema(required)]
    external_url: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// IANA time zone
    time_zone: String,
    #[schema(required)]
    venue: Option<VenueView>,
    #[schema(required)]
    venue_id: Option<VenueId>,
    #[schema(required)]
    seating_plan_id: Option<SeatingPlanId>,
    status: EventStatus,
    /// Tickets in all
    capacity: u64,
    /// Tickets one buyer may hold or own; null for no limit
    #[schema(required)]
    max_per_buyer: Option<i32>,
    /// Whether buyers wait in line: Booking wants an admission from its queue
    waiting_room: bool,
    ticket_types: Vec<TicketTypeView>,
    /// The lowest price
    #[schema(required)]
    from_price: Option<Money>,
    sold_out: bool,
    /// Grows with each change; the ETag is made of it
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[schema(required)]
    published_at: Option<DateTime<Utc>>,
    #[schema(required)]
    cancelled_at: Option<DateTime<Utc>>,
    #[schema(required)]
    cancel_reason: Option<String>,
}

/// An event in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct EventSummary {
    id: EventId,
    organisation_id: OrganisationId,
    organisation_name: String,
    title: String,
    category: String,
    tags: Vec<String>,
    #[schema(required)]
    image_url: Option<String>,
    #[schema(required)]
    external_url: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    time_zone: String,
    #[schema(required)]
    venue: Option<VenueView>,
    #[schema(required)]
    seating_plan_id: Option<SeatingPlanId>,
    status: EventStatus,
    capacity: i64,
    /// The lowest price; null when tickets are not sold here
    #[schema(required)]
    from_price: Option<Money>,
    sold_out: bool,
    version: i64,
}

fn venue(id: Option<VenueId>, venue: &Venue) -> VenueView {
    VenueView {
        id,
        name: venue.name.as_str().to_owned(),
        address: venue.address.as_str().to_owned(),
        city: venue.city.as_str().to_owned(),
        country: venue.country.as_str().to_owned(),
    }
}

impl TicketTypeView {
    fn new(kind: &TicketType, codes: &AccessCodes) -> Self {
        Self {
            access_code_required: codes.contains_key(&kind.id),
            access_code: None,
            id: kind.id,
            name: kind.name.as_str().to_owned(),
            price: kind.price,
            capacity: kind.capacity,
            max_per_order: kind.max_per_order,
            sales_start: kind.sales_start,
            sales_end: kind.sales_end,
            kind: if kind.is_seated() {
                TicketTypeKind::Seated
            } else {
                TicketTypeKind::General
            },
            seating_categories: kind
                .seating_categories
                .iter()
                .map(|label| label.as_str().to_owned())
                .collect(),
        }
    }
}

impl EventView {
    /// For those who edit it: with its access codes.
    pub(super) fn to_organisers(mut event: Event) -> Self {
        let mut codes = std::mem::take(&mut event.access_codes.0);
        let mut view = Self::from(event);
        for kind in &mut view.ticket_types {
            kind.access_code = codes.remove(&kind.id);
            kind.access_code_required = kind.access_code.is_some();
        }
        view
    }
}

/// As everybody may read it.
impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        Self {
            status: event.status(),
            capacity: event
                .ticket_types
                .iter()
                .map(|kind| u64::from(kind.capacity))
                .sum(),
            from_price: event
                .ticket_types
                .iter()
                .map(|kind| kind.price)
                .min_by_key(|price| price.amount),
            ticket_types: event
                .ticket_types
                .iter()
                .map(|kind| TicketTypeView::new(kind, &event.access_codes))
                .collect(),
            venue: event
                .venue
                .as_ref()
                .map(|place| venue(event.venue_id, place)),
            id: event.id,
            organisation_id: event.organisation_id,
            organisation_name: event.organisation_name,
            title: event.title,
            description: event.description,
            category: event.category,
            tags: event.tags,
            image_url: event.image_url,
            external_url: event.external_url,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            time_zone: event.time_zone,
            venue_id: event.venue_id,
            seating_plan_id: event.seating_plan_id,
            max_per_buyer: event.max_per_buyer,
            waiting_room: event.waiting_room,
            sold_out: event.sold_out,
            version: event.version,
            created_at: event.created_at,
            updated_at: event.updated_at,
            published_at: event.published_at,
            cancelled_at: event.cancelled_at,
            cancel_reason: event.cancel_reason,
        }
    }
}

impl From<Found> for EventSummary {
    fn from(event: Found) -> Self {
        let currency = event.currency.and_then(|currency| currency.parse().ok());
        Self {
            id: event.id,
            organisation_id: event.organisation_id,
            organisation_name: event.organisation_name,
            title: event.title,
            category: event.category,
            tags: event.tags,
            image_url: event.image_url,
            external_url: event.external_url,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            time_zone: event.time_zone,
            venue: event.venue.as_ref().map(|place| venue(None, place)),
            seating_plan_id: event.seating_plan_id,
            status: transition::parse(&event.status).unwrap_or(EventStatus::Draft),
            capacity: event.capacity,
            from_price: event
                .from_price
                .zip(currency)
                .map(|(amount, currency)| Money::new(amount, currency)),
            sold_out: event.sold_out,
            version: event.version,
        }
    }
}

/// Ends the ETag of an event that is sold out.
pub(super) const SOLD_OUT_MARK: &str = "-sold-out";

/// The ETag of an event's version. Selling out changes the page but is no edit, so it has its own mark.
pub(super) fn etag(event: &Event) -> String {
    if event.sold_out {
        format!("\"{}{SOLD_OUT_MARK}\"", event.version)
    } else {
        format!("\"{}\"", event.version)
    }
}

/// The page for everybody.
pub(super) fn page(event: Event) -> Result<Page, Problem> {
    let etag = etag(&event);
    of_view(etag, &EventView::from(event))
}

/// The page for those who edit the event: never to be kept, for it tells access codes.
pub(super) fn organisers_page(event: Event) -> Result<Page, Problem> {
    let etag = etag(&event);
    of_view(etag, &EventView::to_organisers(event))
}

fn of_view(etag: String, view: &EventView) -> Result<Page, Problem> {
    let body = serde_json::to_vec(view).map_err(Problem::internal)?;
    Ok(Page {
        etag,
        body: body.into(),
    })
}
