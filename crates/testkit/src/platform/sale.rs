//! Events on sale.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use contracts::{EventId, TicketTypeId};
use serde_json::{Value, json};

use super::{Addresses, Part, Person, id};

const CATEGORY: &str = "Stalls";
const ROW: u32 = 10;

/// An organiser with a published event on sale.
pub struct OnSale {
    pub organiser: Person,
    pub event: EventId,
    pub ticket_type: TicketTypeId,
    /// The seats' names; none for general admission.
    pub seats: Vec<String>,
}

impl OnSale {
    /// Publishes an event with one general-admission ticket type at `price` cents and no limit per buyer.
    pub async fn publish(platform: &impl Addresses, capacity: u32, price: i64) -> Result<Self> {
        let organiser = Person::register(platform, "organiser").await?;
        let organisation = organisation(platform, &organiser).await?;
        let mut draft = draft(&organisation, capacity, price, Utc::now());
        draft["venue"] =
            json!({"name": "Hall", "address": "Street 1", "city": "Vienna", "country": "AT"});
        Self::open(platform, organiser, &draft, Vec::new()).await
    }

    /// The same with numbered seats in rows of ten.
    pub async fn publish_seats(platform: &impl Addresses, seats: u32, price: i64) -> Result<Self> {
        let organiser = Person::register(platform, "organiser").await?;
        let organisation = organisation(platform, &organiser).await?;
        let venues = format!("{}/venues", platform.url(Part::Catalog));
        let venue = json!({
            "organisation_id": organisation, "name": "Theatre", "address": "Street 2", "city": "Vienna", "country": "AT",
        });
        let venue = organiser.post(venues.clone(), &venue).await?.ok()?["id"].clone();
        let (plan, names) = seating_plan(seats);
        let plans = format!(
            "{venues}/{}/seating-plans",
            venue.as_str().unwrap_or_default()
        );
        let plan = organiser.post(plans, &plan).await?.ok()?;
        let mut draft = draft(&organisation, seats, price, Utc::now());
        draft["venue_id"] = venue;
        draft["seating_plan_id"] = plan["id"].clone();
        draft["ticket_types"][0]["seating_categories"] = json!([CATEGORY]);
        Self::open(platform, organiser, &draft, names).await
    }

    async fn open(
        platform: &impl Addresses,
        organiser: Person,
        draft: &Value,
        seats: Vec<String>,
    ) -> Result<Self> {
        let events = format!("{}/events", platform.url(Part::Catalog));
        let event = organiser.post(events.clone(), draft).await?.ok()?;
        let id: EventId = id(&event["id"])?;
        organiser
            .post(format!("{events}/{id}/publish"), &json!({}))
            .await?
            .ok()?;
        let ticket_type = self::id(&event["ticket_types"][0]["id"])?;
        Ok(Self {
            organiser,
            event: id,
            ticket_type,
            seats,
        })
    }
}

async fn organisation(platform: &impl Addresses, organiser: &Person) -> Result<Value> {
    let url = format!("{}/organisations", platform.url(Part::Catalog));
    let made = organiser.post(url, &json!({"name": "Test hall"})).await?;
    Ok(made.ok()?["id"].clone())
}

fn draft(organisation: &Value, capacity: u32, price: i64, now: DateTime<Utc>) -> Value {
    let starts_at = now + Duration::days(30);
    json!({
        "organisation_id": organisation, "title": "A concert", "description": "Music",
        "category": "music", "tags": [], "time_zone": "Europe/Vienna", "max_per_buyer": null,
        "starts_at": starts_at, "ends_at": starts_at + Duration::hours(3),
        "ticket_types": [{
            "name": "Standing", "price": {"amount": price, "currency": "EUR"}, "capacity": capacity,
            "max_per_order": 10, "sales_start": now - Duration::days(1), "sales_end": starts_at,
        }],
    })
}

/// A plan in pretix's format, and the names of its seats.
fn seating_plan(seats: u32) -> (Value, Vec<String>) {
    let mut names = Vec::new();
    let rows: Vec<Value> = (0..seats.div_ceil(ROW))
        .map(|row| {
            let row_seats: Vec<Value> = (0..ROW.min(seats - row * ROW))
                .map(|seat| {
                    let name = format!("{}-{}", row + 1, seat + 1);
                    names.push(name.clone());
                    json!({
                        "seat_guid": name, "seat_number": (seat + 1).to_string(), "category": CATEGORY,
                        "position": {"x": seat * 20, "y": 0},
                    })
                })
                .collect();
            json!({
                "row_number": (row + 1).to_string(), "row_number_position": "both",
                "position": {"x": 0, "y": row * 20}, "seats": row_seats,
            })
        })
        .collect();
    let plan = json!({
        "name": "Theatre", "categories": [{"name": CATEGORY, "color": "#1f5fa8"}],
        "size": {"width": ROW * 20, "height": seats.div_ceil(ROW) * 20},
        "zones": [{"name": "Stalls", "position": {"x": 0, "y": 0}, "rows": rows}],
    });
    (plan, names)
}
