//! Somebody who makes events, through the public API.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use contracts::{EventId, TicketTypeId};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    http::{call, render},
    plan,
    settings::Place,
};

/// Minor units.
const PRICE: u32 = 2_500;
/// Events made at once.
const AT_ONCE: usize = 8;

/// An event on sale with one ticket type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sale {
    pub event: EventId,
    pub ticket_type: TicketTypeId,
}

/// An account with an organisation.
#[derive(Clone, Debug)]
pub(crate) struct Organiser {
    catalog: SocketAddr,
    booking: SocketAddr,
    token: String,
    organisation: String,
}

impl Organiser {
    pub(crate) async fn register(place: &Place) -> Result<Self> {
        let body = json!({
            "email": format!("bench-{}@example.com", Uuid::now_v7().simple()),
            "password": "a password of a bench", "name": "Bench",
        });
        let request = render("POST", "/register", None, None, Some(&body.to_string()));
        let account = call(place.auth_url, &request)
            .await
            .context("no account could be made")?;
        let token = text(&account["access_token"])?;
        let body = json!({"name": "Bench"}).to_string();
        let request = render("POST", "/organisations", Some(&token), None, Some(&body));
        let organisation = call(place.catalog_url, &request).await?;
        Ok(Self {
            catalog: place.catalog_url,
            booking: place.booking_url,
            token,
            organisation: text(&organisation["id"])?,
        })
    }

    /// An event with general admission.
    pub(crate) async fn open_sale(&self, capacity: u32) -> Result<Sale> {
        let venue =
            json!({"name": "Hall", "address": "Street 1", "city": "Vienna", "country": "AT"});
        let mut event = self.draft(capacity);
        event["venue"] = venue;
        self.publish(&event).await
    }

    /// Many of them.
    pub(crate) async fn open_sales(&self, count: usize, capacity: u32) -> Result<Vec<Sale>> {
        stream::iter(0..count)
            .map(|_| self.open_sale(capacity))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    /// An event with so many numbered seats, and their names.
    pub(crate) async fn open_seats(&self, seats: u32) -> Result<(Sale, Vec<String>)> {
        let venue = json!({
            "organisation_id": self.organisation, "name": "Arena", "address": "Street 2", "city": "Vienna", "country": "AT",
        });
        let venue = self.post("/venues", &venue).await?;
        let venue_id = text(&venue["id"])?;
        let (plan, names) = plan::arena(seats);
        let plan = self
            .post(&format!("/venues/{venue_id}/seating-plans"), &plan)
            .await
            .context("the seating plan was refused")?;
        let mut event = self.draft(seats);
        event["venue_id"] = json!(venue_id);
        event["seating_plan_id"] = plan["id"].clone();
        event["ticket_types"][0]["seating_categories"] = json!([plan::CATEGORY]);
        Ok((self.publish(&event).await?, names))
    }

    fn draft(&self, capacity: u32) -> Value {
        let now = chrono::Utc::now();
        let starts_at = now + chrono::Duration::days(30);
        json!({
            "organisation_id": self.organisation, "title": "A concert", "description": "Music of the best kind",
            "category": "music", "tags": ["bench"], "time_zone": "Europe/Vienna",
            "starts_at": starts_at, "ends_at": starts_at + chrono::Duration::hours(3),
            "ticket_types": [{
                "name": "Standing", "price": {"amount": PRICE, "currency": "EUR"}, "capacity": capacity,
                "max_per_order": 10, "sales_start": now - chrono::Duration::days(1), "sales_end": starts_at,
            }],
        })
    }

    async fn publish(&self, draft: &Value) -> Result<Sale> {
        let event = self.post("/events", draft).await?;
        let event_id: EventId = text(&event["id"])?.parse()?;
        self.post(&format!("/events/{event_id}/publish"), &json!({}))
            .await?;
        // From here on Booking knows it.
        let request = render("GET", &availability(event_id), None, None, None);
        call(self.booking, &request)
            .await
            .context("booking does not know the event")?;
        Ok(Sale {
            event: event_id,
            ticket_type: text(&event["ticket_types"][0]["id"])?.parse()?,
        })
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = render(
            "POST",
            path,
            Some(&self.token),
            None,
            Some(&body.to_string()),
        );
        call(self.catalog, &request)
            .await
            .with_context(|| format!("POST {path}"))
    }
}

/// Where an event's availability is.
pub(crate) fn availability(event: EventId) -> String {
    format!("/events/{event}/availability")
}

fn text(value: &Value) -> Result<String> {
    let text = value.as_str().context("a text is missing in an answer")?;
    Ok(text.to_owned())
}
