//! Somebody who uses the platform through its APIs.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, ensure};
use contracts::{BookingId, EventId, PaymentId, UserId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    ADMIN_EMAIL, ADMIN_PASSWORD, Addresses, Part,
    patience::{Body, until_answered},
};

/// An account with its access token.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: UserId,
    pub email: String,
    token: String,
    /// W3C trace context that goes along with each request.
    traceparent: Option<String>,
    http: reqwest::Client,
}

/// Longer than any service works on a request.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// An answer with its body already read; problem bodies too.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// The body of a success, else an error that shows what came.
    pub fn ok(self) -> Result<Value> {
        ensure!(self.status.is_success(), "{}: {}", self.status, self.body);
        Ok(self.body)
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    async fn read(response: reqwest::Response) -> Result<Self> {
        let status = response.status();
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Self { status, body })
    }
}

impl Person {
    pub async fn register(platform: &impl Addresses, name: &str) -> Result<Self> {
        let email = format!("{name}-{}@example.com", Uuid::now_v7().simple());
        let body = json!({"email": email, "password": "a long enough password", "name": name});
        Self::enter(platform, "register", &body).await
    }

    /// The account that `auth migrate` made.
    pub async fn admin(platform: &impl Addresses) -> Result<Self> {
        let body = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
        Self::enter(platform, "login", &body).await
    }

    async fn enter(platform: &impl Addresses, door: &str, body: &Value) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(ANSWER_TIMEOUT).build()?;
        let url = format!("{}/{door}", platform.url(Part::Auth));
        let answer = Answer::read(http.post(url).json(body).send().await?)
            .await?
            .ok()?;
        Ok(Self {
            id: id(&answer["user"]["id"])?,
            email: answer["user"]["email"]
                .as_str()
                .context("no e-mail")?
                .into(),
            token: answer["access_token"]
                .as_str()
                .context("no access token")?
                .into(),
            traceparent: None,
            http,
        })
    }

    /// The same person, whose requests belong to a trace that their browser began.
    #[must_use]
    pub fn within_trace(&self, traceparent: &str) -> Self {
        Self {
            traceparent: Some(traceparent.to_owned()),
            ..self.clone()
        }
    }

    /// The access token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Sends a request with this person's token and a fresh Idempotency-Key.
    pub async fn send(&self, method: Method, url: String, body: Option<&Value>) -> Result<Answer> {
        let body = body.map_or(Body::Nothing, Body::Json);
        self.send_body(method, &url, body, &Uuid::now_v7().to_string())
            .await
    }

    pub(super) async fn send_body(
        &self,
        method: Method,
        url: &str,
        body: Body<'_>,
        key: &str,
    ) -> Result<Answer> {
        let mut request = self
            .http
            .request(method.clone(), url)
            .bearer_auth(&self.token);
        if method == Method::POST {
            request = request.header("idempotency-key", key);
        }
        if let Some(traceparent) = &self.traceparent {
            request = request.header("traceparent", traceparent);
        }
        request = match body {
            Body::Nothing => request,
            Body::Json(body) => request.json(body),
            Body::Form(form) => request.form(form),
        };
        Answer::read(request.send().await?).await
    }

    pub async fn get(&self, url: String) -> Result<Answer> {
        self.send(Method::GET, url, None).await
    }

    pub async fn post(&self, url: String, body: &Value) -> Result<Answer> {
        self.send(Method::POST, url, Some(body)).await
    }

    /// Holds `seats` places of an event with one general-admission ticket type; asks again while too much is asked at once.
    pub async fn hold(
        &self,
        platform: &impl Addresses,
        event: EventId,
        seats: u32,
    ) -> Result<Answer> {
        self.hold_at(platform, Part::Booking, event, seats).await
    }

    /// The same at a replica of the caller's choice.
    pub async fn hold_at(
        &self,
        platform: &impl Addresses,
        replica: Part,
        event: EventId,
        seats: u32,
    ) -> Result<Answer> {
        let url = format!("{}/bookings", platform.url(replica));
        until_answered(self, &url, &json!({"event_id": event, "seats": seats})).await
    }

    pub async fn booking(&self, platform: &impl Addresses, booking: BookingId) -> Result<Value> {
        let url = format!("{}/bookings/{booking}", platform.url(Part::Booking));
        self.get(url).await?.ok()
    }

    /// All bookings that the history lists, page by page.
    pub async fn history(&self, platform: &impl Addresses) -> Result<BTreeSet<BookingId>> {
        let base = format!("{}/bookings?limit=100", platform.url(Part::Booking));
        let mut bookings = BTreeSet::new();
        let mut url = base.clone();
        loop {
            let page = self.get(url).await?.ok()?;
            for booking in page["items"].as_array().context("no items")? {
                bookings.insert(id(&booking["id"])?);
            }
            match page["next_cursor"].as_str() {
                Some(cursor) => url = format!("{base}&cursor={cursor}"),
                None => return Ok(bookings),
            }
        }
    }

    pub async fn pay(
        &self,
        platform: &impl Addresses,
        booking: BookingId,
        method: &str,
    ) -> Result<Answer> {
        let url = format!("{}/payments", platform.url(Part::Payment));
        self.post(
            url,
            &json!({"booking_id": booking, "payment_method": method}),
        )
        .await
    }

    /// The attempts to pay for a booking.
    pub async fn payments(
        &self,
        platform: &impl Addresses,
        booking: BookingId,
    ) -> Result<Vec<Value>> {
        let url = format!(
            "{}/payments?booking_id={booking}",
            platform.url(Part::Payment)
        );
        let page = self.get(url).await?.ok()?;
        Ok(page["items"].as_array().cloned().unwrap_or_default())
    }

    /// The tickets of a booking.
    pub async fn tickets(
        &self,
        platform: &impl Addresses,
        booking: BookingId,
    ) -> Result<Vec<Value>> {
        let url = format!("{}/bookings/{booking}/tickets", platform.url(Part::Booking));
        let page = self.get(url).await?.ok()?;
        Ok(page["items"].as_array().cloned().unwrap_or_default())
    }
}

/// Reads a typed id out of an answer.
pub fn id<T: std::str::FromStr>(value: &Value) -> Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    value
        .as_str()
        .with_context(|| format!("no id but {value}"))?
        .parse()
        .map_err(Into::into)
}

/// The id in a successful answer to a hold.
pub fn booking_id(answer: Answer) -> Result<BookingId> {
    id(&answer.ok()?["id"])
}

/// The id in a successful answer to a payment.
pub fn payment_id(answer: Answer) -> Result<PaymentId> {
    id(&answer.ok()?["id"])
}
