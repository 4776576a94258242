//! An event as its organiser describes it, and the rules between its fields.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Utc};
use contracts::{Money, OrganisationId, SeatingPlanId, TicketTypeId, TicketTypeKind, VenueId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Fault,
    access_code::{AccessCode, AccessCodes},
    seating::Plan,
    text::{Address, City, Country, Description, Label, Name, TimeZone, Title, WebUrl},
};

pub const MAX_TICKET_TYPES: usize = 50;
pub const MAX_TAGS: usize = 20;
pub const MAX_CAPACITY: u32 = 1_000_000;
/// The highest price, in minor units.
pub const MAX_PRICE: i64 = 100_000_000;

#[expect(clippy::unnecessary_wraps, reason = "serde wants the field's type")]
fn ten() -> Option<u32> {
    Some(10)
}

fn ten_each() -> u32 {
    10
}

/// For what is stored apart and told only where it is asked for.
fn apart<T>(_: &T) -> bool {
    true
}

fn other() -> Label {
    Label::parse("other").unwrap_or_default()
}

/// What an organiser says of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewEvent)]
pub struct EventInput {
    pub organisation_id: OrganisationId,
    pub title: Title,
    #[serde(default)]
    pub description: Description,
    /// One word that lists can be filtered by
    #[serde(default = "other")]
    pub category: Label,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Vec<Label>,
    #[serde(default)]
    pub image_url: Option<WebUrl>,
    /// The event's own page elsewhere
    #[serde(default)]
    pub external_url: Option<WebUrl>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub time_zone: TimeZone,
    /// Where it takes place, when it is none of the organisation's venues
    #[serde(default)]
    pub venue: Option<Venue>,
    /// One of the organisation's venues
    #[serde(default)]
    pub venue_id: Option<VenueId>,
    /// A plan of that venue: the event has numbered seats
    #[serde(default)]
    pub seating_plan_id: Option<SeatingPlanId>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub ticket_types: Vec<TicketType>,
    /// Tickets one buyer may hold or own; null for no limit
    #[serde(default = "ten")]
    #[schema(minimum = 1, maximum = 1000, default = 10)]
    pub max_per_buyer: Option<u32>,
    /// Whether buyers wait in line: they are let in as fast as the sale can serve them
    #[serde(default)]
    #[schema(required = false)]
    pub waiting_room: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = VenueAddress)]
pub struct Venue {
    pub name: Name,
    #[serde(default)]
    pub address: Address,
    #[serde(default)]
    pub city: City,
    pub country: Country,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketTypeInput)]
pub struct TicketType {
    /// Absent for a new one
    #[serde(default = "TicketTypeId::new")]
    #[schema(required = false)]
    pub id: TicketTypeId,
    #[schema(value_type = crate::domain::text::Label)]
    pub name: Label,
    pub price: Money,
    /// Tickets there are; counted from the plan where seats are numbered
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub capacity: u32,
    /// Most tickets in one order
    #[serde(default = "ten_each")]
    #[schema(minimum = 1, maximum = 100, default = 10)]
    pub max_per_order: u32,
    #[serde(default)]
    pub sales_start: Option<DateTime<Utc>>,
    #[serde(default)]
    pub sales_end: Option<DateTime<Utc>>,
    /// Follows from seating_categories when absent
    #[serde(default)]
    pub kind: Option<TicketTypeKind>,
    /// Categories of the seating plan whose seats it sells
    #[serde(default)]
    #[schema(max_items = 50)]
    pub seating_categories: Vec<Label>,
    /// Only who knows this code can have it. Null for everybody; absent, an edit leaves it as it is
    #[serde(default, skip_serializing_if = "apart")]
    pub access_code: Option<AccessCode>,
}

impl TicketType {
    /// Ids are ours to give: one that the event does not have yet gets a new one.
    #[must_use]
    pub fn known_or_new(mut self, known: &[TicketTypeId]) -> Self {
        if !known.contains(&self.id) {
            self.id = TicketTypeId::new();
        }
        self
    }

    pub fn is_seated(&self) -> bool {
        !self.seating_categories.is_empty()
    }
}

impl EventInput {
    /// Every fault between the fields.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (pointer, at) in [("/starts_at", self.starts_at), ("/ends_at", self.ends_at)] {
            moment(pointer, at, &mut faults);
        }
        if self.ends_at < self.starts_at {
            faults.push(Fault::new("/ends_at", "must not be before starts_at"));
        }
        if self.tags.len() > MAX_TAGS {
            faults.push(Fault::new("/tags", format!("at most {MAX_TAGS} tags")));
        }
        if self.venue.is_some() && self.venue_id.is_some() {
            faults.push(Fault::new("/venue_id", "give either venue or venue_id"));
        }
        if self.seating_plan_id.is_some() && self.venue_id.is_none() {
            faults.push(Fault::new(
                "/seating_plan_id",
                "a seating plan needs its venue_id",
            ));
        }
        if self
            .max_per_buyer
            .is_some_and(|most| !(1..=1000).contains(&most))
        {
            faults.push(Fault::new(
                "/max_per_buyer",
                "must be 1 to 1000, or null for no limit",
            ));
        }
        self.ticket_type_faults(&mut faults);
        faults
    }

    fn ticket_type_faults(&self, faults: &mut Vec<Fault>) {
        if self.ticket_types.len() > MAX_TICKET_TYPES {
            faults.push(Fault::new(
                "/ticket_types",
                format!("at most {MAX_TICKET_TYPES} ticket types"),
            ));
            return;
        }
        let (mut ids, mut names, mut sold_as) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let currency = self.ticket_types.first().map(|first| first.price.currency);
        for (n, kind) in self.ticket_types.iter().enumerate() {
            let mut fault = |field: &str, message: &str| {
                faults.push(Fault::new(format!("/ticket_types/{n}{field}"), message));
            };
            if !ids.insert(kind.id) {
                fault("/id", "is there twice");
            }
            if !names.insert(&kind.name) {
                fault("/name", "is there twice");
            }
            if !(0..=MAX_PRICE).contains(&kind.price.amount) {
                fault("/price/amount", "must be 0 to 100000000");
            }
            if Some(kind.price.currency) != currency {
                fault(
                    "/price/currency",
                    "all prices of an event are in one currency",
                );
            }
            if kind.capacity > MAX_CAPACITY {
                fault("/capacity", "must be at most 1000000");
            }
            if !(1..=100).contains(&kind.max_per_order) {
                fault("/max_per_order", "must be 1 to 100");
            }
            if let (Some(start), Some(end)) = (kind.sales_start, kind.sales_end)
                && end <= start
            {
                fault("/sales_end", "must be after sales_start");
            }
            if let Some(given) = kind.kind
                && (given == TicketTypeKind::Seated) != kind.is_seated()
            {
                fault(
                    "/kind",
                    "is seated exactly when there are seating_categories",
                );
            }
            if kind.is_seated() && self.seating_plan_id.is_none() {
                fault("/seating_categories", "need a seating_plan_id");
            }
            for (c, category) in kind.seating_categories.iter().enumerate() {
                if !sold_as.insert(category) {
                    fault(
                        &format!("/seating_categories/{c}"),
                        "is sold by another ticket type too",
                    );
                }
            }
        }
        for (n, kind) in self.ticket_types.iter().enumerate() {
            for (field, at) in [
                ("sales_start", kind.sales_start),
                ("sales_end", kind.sales_end),
            ] {
                if let Some(at) = at {
                    moment(&format!("/ticket_types/{n}/{field}"), at, faults);
                }
            }
        }
    }

    /// Takes the capacities of seated ticket types from the plan, and names categories that it does not have.
    pub fn seat(&mut self, plan: Option<&Plan>) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (n, kind) in self.ticket_types.iter_mut().enumerate() {
            kind.kind = Some(if kind.is_seated() {
                TicketTypeKind::Seated
            } else {
                TicketTypeKind::General
            });
            let Some(plan) = plan.filter(|_| kind.is_seated()) else {
                continue;
            };
            kind.capacity = 0;
            for (c, category) in kind.seating_categories.iter().enumerate() {
                match plan.seats_of(category.as_str()) {
                    Some(seats) => kind.capacity = kind.capacity.saturating_add(seats),
                    None => faults.push(Fault::new(
                        format!("/ticket_types/{n}/seating_categories/{c}"),
                        "is no category of the seating plan",
                    )),
                }
            }
        }
        faults
    }

    /// What keeps the event from being published.
    pub fn unready(&self, plan: Option<&Plan>) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.ticket_types.is_empty() && self.external_url.is_none() {
            faults.push(Fault::new(
                "/ticket_types",
                "add a ticket type, or an external_url where tickets are sold",
            ));
        }
        let sold: BTreeSet<_> = self
            .ticket_types
            .iter()
            .flat_map(|kind| &kind.seating_categories)
            .map(Label::as_str)
            .collect();
        for category in plan.into_iter().flat_map(Plan::used_categories) {
            if !sold.contains(category) {
                faults.push(Fault::new(
                    "/ticket_types",
                    format!("no ticket type sells the seats of category {category:?}"),
                ));
            }
        }
        faults
    }

    /// What must not change any more once an event has been published.
    pub fn frozen_changes(&self, before: &Self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.organisation_id != before.organisation_id {
            faults.push(Fault::new("/organisation_id", "can't change"));
        }
        if self.seating_plan_id != before.seating_plan_id {
            faults.push(Fault::new(
                "/seating_plan_id",
                "seats are frozen when the event is published",
            ));
        }
        for old in &before.ticket_types {
            match self.ticket_types.iter().find(|new| new.id == old.id) {
                None => faults.push(Fault::new(
                    "/ticket_types",
                    format!(
                        "{:?} can't be removed; end its sale with sales_end",
                        old.name.as_str()
                    ),
                )),
                Some(new) if new.seating_categories != old.seating_categories => {
                    faults.push(Fault::new(
                        "/ticket_types",
                        format!("{:?} can't sell other seats", old.name.as_str()),
                    ));
                }
                Some(new) if new.price.currency != old.price.currency => {
                    faults.push(Fault::new(
                        "/ticket_types",
                        format!("{:?} can't change its currency", old.name.as_str()),
                    ));
                }
                Some(_) => {}
            }
        }
        if self
            .ticket_types
            .iter()
            .any(|new| new.is_seated() && !before.ticket_types.iter().any(|old| old.id == new.id))
        {
            faults.push(Fault::new(
                "/ticket_types",
                "seats are frozen when the event is published",
            ));
        }
        faults
    }

    pub fn access_codes(&self) -> AccessCodes {
        self.ticket_types
            .iter()
            .filter_map(|kind| Some((kind.id, kind.access_code.clone()?)))
            .collect()
    }

    pub fn capacity(&self) -> u64 {
        self.ticket_types
            .iter()
            .map(|kind| u64::from(kind.capacity))
            .sum()
    }

    pub fn from_price(&self) -> Option<Money> {
        self.ticket_types
            .iter()
            .map(|kind| kind.price)
            .min_by_key(|price| price.amount)
    }
}

fn moment(pointer: &str, at: DateTime<Utc>, faults: &mut Vec<Fault>) {
    if !(1970..=2200).contains(&at.year()) {
        faults.push(Fault::new(
            pointer,
            "must be between the years 1970 and 2200",
        ));
    }
}
