//! People and the things that belong to them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use testkit::platform::{OnSale, Part, Person, Platform, comes_true, id, payment_id};

use super::table::{self, Access, Operation};

pub(super) struct World<'a> {
    platform: &'a Platform,
    http: reqwest::Client,
    buyer: Person,
    organiser: Person,
    staff: Person,
    stranger: Person,
    admin: Person,
    /// What stands for `{name}`; where a name means different things, for `{resource.name}`.
    things: BTreeMap<&'static str, String>,
}

/// What somebody was answered.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) code: String,
}

impl<'a> World<'a> {
    /// A buyer with a paid booking of which one ticket was given back and one checked in, and who is in the event's queue; an
    /// organisation with staff.
    pub(super) async fn build(platform: &'a Platform) -> Result<Self> {
        let sale = OnSale::publish(platform, 100, 1500).await?;
        let organiser = sale.organiser;
        let mut people = Vec::new();
        for name in ["buyer", "staff", "stranger"] {
            people.push(Person::register(platform, name).await?);
        }
        let [buyer, staff, stranger] = people
            .try_into()
            .map_err(|_| anyhow::anyhow!("three people"))?;
        let admin = Person::admin(platform).await?;
        let url = |part, path: &str| format!("{}{path}", platform.url(part));

        let organisations = organiser
            .get(url(Part::Catalog, "/organisations"))
            .await?
            .ok()?;
        let organisation = text(&organisations["items"][0]["id"])?;
        let members = url(
            Part::Catalog,
            &format!("/organisations/{organisation}/members"),
        );
        comes_true("the catalog knows the staff", async || {
            let added = organiser
                .post(
                    members.clone(),
                    &json!({"email": staff.email, "role": "staff"}),
                )
                .await?;
            Ok(added.status.is_success())
        })
        .await?;
        let venue = json!({"organisation_id": organisation, "name": "Hall"});
        let venue = text(
            &organiser
                .post(url(Part::Catalog, "/venues"), &venue)
                .await?
                .ok()?["id"],
        )?;
        let seat = json!({"seat_guid": "A-1", "seat_number": "1", "position": {"x": 0, "y": 0}, "category": "A"});
        let plan = json!({"name": "Hall", "categories": [{"name": "A", "color": "#000"}],
            "zones": [{"name": "Z", "rows": [{"row_number": "A", "seats": [seat]}]}]});
        let plans = url(Part::Catalog, &format!("/venues/{venue}/seating-plans"));
        let plan = text(&organiser.post(plans, &plan).await?.ok()?["id"])?;

        let booking = id(&buyer.hold(platform, sale.event, 2).await?.ok()?["id"])?;
        let payment = payment_id(buyer.pay(platform, booking, "pm_card_visa").await?)?;
        comes_true("the booking is paid", async || {
            Ok(buyer
                .payments(platform, booking)
                .await?
                .iter()
                .any(|payment| payment["status"] == "captured"))
        })
        .await?;
        let tickets = buyer.tickets(platform, booking).await?;
        let check_in = json!({"event_id": sale.event, "code": tickets[0]["code"]});
        let check_in = organiser
            .post(url(Part::Booking, "/check-ins"), &check_in)
            .await?
            .ok()?;
        let refund = json!({"ticket_ids": [tickets[1]["id"]]});
        buyer
            .post(
                url(Part::Payment, &format!("/payments/{payment}/refunds")),
                &refund,
            )
            .await?
            .ok()?;
        let notes = url(Part::Payment, &format!("/payments/{payment}/credit-notes"));
        comes_true("the ticket is refunded", async || {
            Ok(buyer.get(notes.clone()).await?.ok()?["items"][0]["number"].is_string())
        })
        .await?;
        let number = text(&buyer.get(notes).await?.ok()?["items"][0]["number"])?;
        let sessions = buyer.get(url(Part::Auth, "/me/sessions")).await?.ok()?;

        let event = url(Part::Catalog, &format!("/events/{}", sale.event));
        let http = reqwest::Client::new();
        http.patch(event)
            .bearer_auth(organiser.token())
            .header(header::IF_MATCH, "*")
            .json(&json!({"waiting_room": true}))
            .send()
            .await?
            .error_for_status()?;
        let queue = url(Part::Booking, &format!("/events/{}/queue", sale.event));
        comes_true("the buyer is in the queue", async || {
            Ok(buyer
                .post(queue.clone(), &json!({}))
                .await?
                .status
                .is_success())
        })
        .await?;

        let things = BTreeMap::from([
            ("organisation_id", organisation.clone()),
            ("organisations.id", organisation),
            ("event_id", sale.event.to_string()),
            ("events.id", sale.event.to_string()),
            ("ticket_type_id", sale.ticket_type.to_string()),
            ("venues.id", venue),
            ("plan_id", plan),
            ("booking_id", booking.to_string()),
            ("bookings.id", booking.to_string()),
            ("payments.id", payment.to_string()),
            ("ticket_id", text(&tickets[0]["id"])?),
            ("ticket_code", text(&tickets[0]["code"])?),
            ("check-ins.id", text(&check_in["check_in_id"])?),
            ("number", number),
            ("me.id", text(&sessions["items"][0]["id"])?),
            ("user_id", staff.id.to_string()),
            ("users.id", staff.id.to_string()),
            ("stranger_email", stranger.email.clone()),
            ("provider", "sandbox".to_owned()),
        ]);
        Ok(Self {
            platform,
            http,
            buyer,
            organiser,
            staff,
            stranger,
            admin,
            things,
        })
    }

    /// The token of somebody who may, where that is one person's right.
    pub(super) fn rightful(&self, access: Access) -> Option<&str> {
        match access {
            Access::Public => None,
            Access::SignedIn | Access::Owner => Some(self.buyer.token()),
            Access::Staff => Some(self.staff.token()),
            Access::Organiser => Some(self.organiser.token()),
            Access::Admin => Some(self.admin.token()),
        }
    }

    pub(super) fn stranger(&self) -> &str {
        self.stranger.token()
    }

    pub(super) fn staff(&self) -> &str {
        self.staff.token()
    }

    pub(super) async fn send(&self, operation: &Operation, token: Option<&str>) -> Result<Reply> {
        let base = self.platform.url(table::part(operation.service()));
        let resource = operation.path().split('/').nth(1).unwrap_or_default();
        let address = format!("{}{}", operation.path(), table::query(operation.call));
        let url = format!("{base}{}", self.fill(&address, resource)?);
        let mut request = self
            .http
            .request(operation.method(), url)
            .header(header::IF_MATCH, "*");
        if operation.method() == Method::POST {
            request = request.header("idempotency-key", uuid::Uuid::now_v7().to_string());
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if !operation.body.is_empty() {
            let body = self.fill(operation.body, resource)?;
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body);
        }
        let response = request.send().await?;
        let status = response.status();
        // The body of a stream never ends.
        let body: Value = if status.is_success() {
            Value::Null
        } else {
            response.json().await.unwrap_or_default()
        };
        Ok(Reply {
            status,
            code: body["code"].as_str().unwrap_or_default().to_owned(),
        })
    }

    /// Puts things in the place of their names.
    fn fill(&self, template: &str, resource: &str) -> Result<String> {
        let mut filled = template.to_owned();
        for (name, value) in &self.things {
            let placeholder = match name.split_once('.') {
                Some((of, name)) if of == resource => format!("{{{name}}}"),
                Some(_) => continue,
                None => format!("{{{name}}}"),
            };
            filled = filled.replace(&placeholder, value);
        }
        anyhow::ensure!(
            !filled.contains("_id}") && !filled.contains("{id}"),
            "{filled} is not filled"
        );
        Ok(filled)
    }
}

fn text(value: &Value) -> Result<String> {
    value
        .as_str()
        .map(ToOwned::to_owned)
        .with_context(|| format!("no text but {value}"))
}
