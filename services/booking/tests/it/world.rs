//! A booking service on a database of its own, events to sell and people who want them.

use std::{sync::Arc, time::Duration};

use booking::{
    App, domain::TicketKeys, events::Events, events::catalog::Catalog as CatalogClient,
    inventory::HoldTimes, inventory::Inventory, limits::HoldLimit, live::Live,
    queue::QueueSettings, queue::Queues, saga,
};
use chrono::{TimeDelta, Utc};
use contracts::{
    BookingId, Currency, EventId, EventSnapshot, EventStatus, Message, Money, OrganisationId,
    PaymentId, TicketTypeId, TicketTypeKind, TicketTypeSnapshot, UserId,
    messages::{PaymentChanged, PaymentRef},
};
use kit::{
    client::Client,
    config::{RedisConfig, Switch},
    consumer::{Delivery, Failure},
    memberships::Memberships,
    outbox::OutboxSignal,
    process::Shutdown,
};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Api, Issuer};

use crate::catalog::Catalog;

pub(crate) const SIGNING_KEY: [u8; 32] = [7; 32];

/// Times that no test waits for.
pub(crate) const LONG: HoldTimes = HoldTimes {
    hold: Duration::from_secs(600),
    checkout: Duration::from_secs(900),
    offer: Duration::from_secs(3_600),
    // A busy machine turns nobody away.
    patience: Duration::from_secs(60),
    transaction: Duration::from_secs(60),
};

/// A queue that no test waits long for.
pub(crate) const QUICK: QueueSettings = QueueSettings {
    patience: Duration::from_secs(120),
    admission: Duration::from_secs(600),
    active: 1_000,
    per_second: 500,
};

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) api: Api,
    pub(crate) catalog: Catalog,
    pub(crate) pool: PgPool,
    pub(crate) shutdown: Shutdown,
}

impl World {
    pub(crate) async fn new(pool: PgPool) -> Self {
        Self::with_times(pool, LONG).await
    }

    pub(crate) async fn with_times(pool: PgPool, times: HoldTimes) -> Self {
        Self::with(pool, times, Catalog::default(), OutboxSignal::default()).await
    }

    /// A replica on the same database and catalog.
    pub(crate) async fn with(
        pool: PgPool,
        times: HoldTimes,
        catalog: Catalog,
        outbox: OutboxSignal,
    ) -> Self {
        let redis = testkit::redis_url();
        Self::with_queue(pool, times, catalog, outbox, QUICK, &redis).await
    }

    /// The same with a queue that moves like this, on this Redis.
    pub(crate) async fn with_queue(
        pool: PgPool,
        times: HoldTimes,
        catalog: Catalog,
        outbox: OutboxSignal,
        settings: QueueSettings,
        redis: &str,
    ) -> Self {
        let shutdown = Shutdown::new();
        let url = catalog.serve().await;
        let client = Client::new().unwrap();
        let keys = Arc::new(TicketKeys::new(&SIGNING_KEY, &[]));
        let live = Live::new(pool.clone(), shutdown.clone());
        let events = Events::new(
            pool.clone(),
            CatalogClient::new(client.clone(), url.clone()),
        );
        let inventory =
            Inventory::new(pool.clone(), 3, keys.clone(), times, outbox, live.clone()).unwrap();
        let redis = RedisConfig {
            url: redis.to_owned().into(),
        };
        let redis = kit::redis::connect(&redis, &shutdown).await.unwrap();
        let queue = Queues::new(
            redis,
            pool.clone(),
            events.clone(),
            inventory.clone(),
            &keys,
            settings,
            shutdown.clone(),
        );
        let app = App {
            pool: pool.clone(),
            verifier: Issuer::shared().verifier(),
            memberships: Memberships::new(client, url),
            limit: HoldLimit::new(Switch::On),
            events,
            inventory,
            live,
            queue,
            keys,
        };
        Self {
            api: Api::new(booking::router(app.clone())),
            app,
            catalog,
            pool,
            shutdown,
        }
    }

    /// Somebody with a token.
    pub(crate) fn person(&self) -> Person {
        let id = UserId::new();
        let api = self.api.with_token(testkit::token(id, &[]));
        Person { id, api }
    }

    /// Somebody of the event's organisation.
    pub(crate) fn member(&self, event: &EventSnapshot, role: &'static str) -> Person {
        let person = self.person();
        self.catalog.enrol(person.id, event.organisation_id, role);
        person
    }

    /// Publishes a general-admission event with one ticket type of 10.00 EUR.
    pub(crate) fn general(&self, capacity: u32) -> EventSnapshot {
        self.publish(event(vec![general(capacity, 1_000)]), &[])
    }

    /// Publishes a seated event: as many rows of as many seats, `A-1` to …, for 20.00 EUR each.
    pub(crate) fn seated(&self, rows: u8, seats: u32) -> EventSnapshot {
        let event = event(vec![seated_type(u32::from(rows) * seats, 2_000)]);
        let kind = json!(event.ticket_types[0].id);
        let seats: Vec<_> = (0..rows)
            .flat_map(|row| (1..=seats).map(move |seat| (char::from(b'A' + row), seat)))
            .map(|(row, seat)| (format!("{row}-{seat}"), row.to_string(), kind.clone()))
            .collect();
        self.publish(event, &seats)
    }

    pub(crate) fn publish(
        &self,
        event: EventSnapshot,
        seats: &[(String, String, Value)],
    ) -> EventSnapshot {
        self.catalog.publish(&event, seats);
        event
    }

    /// Gives booking a message as if it came from the broker.
    pub(crate) async fn deliver(&self, message: Message) -> Result<(), Failure> {
        let message_id = contracts::MessageId::new().to_string();
        self.deliver_as(&message_id, message).await
    }

    pub(crate) async fn deliver_as(
        &self,
        message_id: &str,
        message: Message,
    ) -> Result<(), Failure> {
        let delivery = Delivery {
            message_id: message_id.to_owned(),
            message,
        };
        saga::handle(self.app.clone(), delivery).await
    }

    /// What stands in the outbox with this routing key, oldest first.
    pub(crate) async fn messages(&self, key: &str) -> Vec<Value> {
        sqlx::query_scalar("SELECT payload FROM outbox WHERE routing_key = $1 ORDER BY id")
            .bind(key)
            .fetch_all(&self.pool)
            .await
            .unwrap()
    }

    /// Takes a hold to a confirmed booking as Payment would; gives the booking and the payment.
    pub(crate) async fn pay(&self, booking: &Value) -> PaymentId {
        let payment = payment(booking);
        let id = payment.payment_id;
        self.deliver(Message::PaymentAuthorised(PaymentChanged { payment }))
            .await
            .unwrap();
        id
    }

    /// Makes a hold's time be over without waiting.
    pub(crate) async fn run_out(&self, booking: &Value) {
        sqlx::query("UPDATE bookings SET expires_at = now() - interval '1 second' WHERE id = $1")
            .bind(id_of(booking))
            .execute(&self.pool)
            .await
            .unwrap();
    }

    pub(crate) async fn sweep(&self) {
        booking::inventory::sweeper::sweep(&self.app.inventory)
            .await
            .unwrap();
    }

    /// Ends what is left of cancelled events.
    pub(crate) async fn close_all(&self) {
        booking::inventory::sweeper::close(&self.app.inventory)
            .await
            .unwrap();
    }

    pub(crate) async fn available(&self, event: EventId) -> u64 {
        let answer = self.api.get(&format!("/events/{event}/availability")).await;
        answer.expect(200)["available"].as_u64().unwrap()
    }

    /// Stock, seats, tickets, buyers and history agree with the bookings.
    pub(crate) async fn assert_consistent(&self) {
        let faults: Vec<String> = sqlx::query_scalar(include_str!("consistent.sql"))
            .fetch_all(&self.pool)
            .await
            .unwrap();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) api: Api,
}

impl Person {
    /// Holds `quantity` places of the event's only ticket type.
    pub(crate) async fn hold(&self, event: &EventSnapshot, quantity: u32) -> Value {
        self.book(json!({"event_id": event.id, "seats": quantity}))
            .await
            .expect(201)
    }

    pub(crate) async fn hold_seats(&self, event: &EventSnapshot, seats: &[&str]) -> Value {
        self.book(json!({"event_id": event.id, "seats": seats}))
            .await
            .expect(201)
    }

    pub(crate) async fn book(&self, body: Value) -> testkit::Answer {
        self.api.post("/bookings", body).await
    }

    pub(crate) async fn status(&self, booking: &Value) -> String {
        let answer = self.get(booking, "").await.expect(200);
        answer["status"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, booking: &Value, path: &str) -> testkit::Answer {
        self.api
            .get(&format!("/bookings/{}{path}", id_of(booking)))
            .await
    }

    pub(crate) async fn act(&self, booking: &Value, action: &str) -> testkit::Answer {
        self.api
            .post(&format!("/bookings/{}/{action}", id_of(booking)), json!({}))
            .await
    }

    pub(crate) async fn tickets(&self, booking: &Value) -> Vec<Value> {
        let answer = self.get(booking, "/tickets").await.expect(200);
        answer["items"].as_array().unwrap().clone()
    }
}

pub(crate) fn id_of(booking: &Value) -> uuid::Uuid {
    booking["id"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn event(ticket_types: Vec<TicketTypeSnapshot>) -> EventSnapshot {
    let now = Utc::now();
    EventSnapshot {
        id: EventId::new(),
        organisation_id: OrganisationId::new(),
        organisation_name: "Stage Ltd".into(),
        title: "Hamlet".into(),
        status: EventStatus::Published,
        starts_at: now + TimeDelta::days(30),
        ends_at: now + TimeDelta::days(31),
        time_zone: "Europe/Vienna".into(),
        venue: None,
        seating_plan_id: None,
        max_per_buyer: None,
        waiting_room: false,
        ticket_types,
        version: 1,
    }
}

pub(crate) fn general(capacity: u32, price: i64) -> TicketTypeSnapshot {
    TicketTypeSnapshot {
        id: TicketTypeId::new(),
        name: "Standing".into(),
        price: Money::new(price, Currency::EUR),
        capacity,
        max_per_order: 1_000,
        sales_start: None,
        sales_end: None,
        kind: TicketTypeKind::General,
        seating_categories: Vec::new(),
        access_code_required: false,
        access_code: None,
    }
}

pub(crate) fn seated_type(capacity: u32, price: i64) -> TicketTypeSnapshot {
    TicketTypeSnapshot {
        name: "Stalls".into(),
        kind: TicketTypeKind::Seated,
        seating_categories: vec!["c".into()],
        ..general(capacity, price)
    }
}

/// The payment of a booking as Payment tells of it.
pub(crate) fn payment(booking: &Value) -> PaymentRef {
    let id = |name: &str| -> uuid::Uuid { booking[name].as_str().unwrap().parse().unwrap() };
    PaymentRef {
        payment_id: PaymentId::new(),
        booking_id: BookingId::from_uuid(id("id")),
        user_id: UserId::from_uuid(id("user_id")),
        event_id: EventId::from_uuid(id("event_id")),
        seats: u32::try_from(booking["seats"].as_u64().unwrap()).unwrap(),
        amount: serde_json::from_value(booking["total"].clone()).unwrap(),
        version: 2,
    }
}
