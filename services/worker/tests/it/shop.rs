//! A running worker and the messages that it gets.

use std::time::Duration;

use anyhow::Result;
use chrono::Utc;
use contracts::{
    BookingId, Currency, EventId, EventSnapshot, EventStatus, Message, Money, OrganisationId,
    PaymentId, TicketId, TicketTypeId, UserId, VenueSnapshot,
    messages::{BookingConfirmed, BookingRef, User},
    ticket::{BookingLine, TicketSnapshot},
};
use kit::process::Shutdown;
use lapin::{BasicProperties, Channel};
use sqlx::PgPool;
use testkit::{
    Vhost, eventually,
    smtp::{Mail, Sink},
};
use uuid::Uuid;
use worker::{MailConfig, PostOffice};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Shop {
    pub(crate) smtp: Sink,
    pub(crate) vhost: Vhost,
    pub(crate) channel: Channel,
    pub(crate) shutdown: Shutdown,
    pub(crate) user: User,
}

impl Shop {
    /// A worker on `pool` with a known user.
    pub(crate) async fn open(pool: &PgPool) -> Result<Self> {
        let smtp = Sink::start().await?;
        let vhost = Vhost::create().await?;
        let channel = vhost.broker().channel().await?;
        let user = User {
            user_id: UserId::new(),
            email: "ada@example.com".into(),
            name: "Ada".into(),
            version: 1,
        };
        let shop = Self {
            smtp,
            vhost,
            channel,
            shutdown: Shutdown::new(),
            user,
        };
        shop.start_worker(pool)?;
        shop.send(&Message::UserRegistered(shop.user.clone()))
            .await?;
        Ok(shop)
    }

    /// Another worker beside those that run.
    pub(crate) fn start_worker(&self, pool: &PgPool) -> Result<()> {
        let config = MailConfig {
            smtp_url: Some(self.smtp.url().into()),
            mail_from: "Tickets <tickets@example.com>".parse()?,
            public_url: "http://localhost:3000"
                .parse()
                .map_err(anyhow::Error::msg)?,
        };
        let post = PostOffice::open(pool.clone(), &config)?;
        tokio::spawn(post.clone().run(self.shutdown.clone()));
        tokio::spawn(worker::consume(
            pool.clone(),
            self.vhost.broker(),
            post,
            self.shutdown.clone(),
        ));
        Ok(())
    }

    /// Puts a message of ours into the worker's queue.
    pub(crate) async fn send(&self, message: &Message) -> Result<()> {
        let properties =
            BasicProperties::default().with_message_id(Uuid::now_v7().to_string().into());
        self.put(serde_json::to_vec(message)?, properties).await
    }

    pub(crate) async fn put(&self, body: Vec<u8>, properties: BasicProperties) -> Result<()> {
        testkit::broker::put(&self.channel, "booking_queue", &body, properties).await
    }

    /// The first `count` mails, once they are there.
    pub(crate) async fn mails(&self, count: usize) -> Result<Vec<Mail>> {
        let smtp = &self.smtp;
        eventually(&format!("{count} mails"), PATIENCE, async || {
            Ok(smtp.mails().len() >= count)
        })
        .await?;
        Ok(smtp.mails())
    }

    pub(crate) fn booking(&self, event: EventId, seats: u32) -> BookingRef {
        BookingRef {
            booking_id: BookingId::new(),
            user_id: self.user.user_id,
            event_id: event,
            seats,
            version: 2,
        }
    }

    /// A paid booking of two tickets.
    pub(crate) fn confirmed(&self) -> BookingConfirmed {
        let event = event();
        let price = Money::new(4500, Currency::EUR);
        let ticket_type_id = TicketTypeId::new();
        let ticket = |seat: &str| TicketSnapshot {
            id: TicketId::new(),
            ticket_type_id,
            ticket_type_name: "Stalls & <boxes>".into(),
            seat: seat.to_owned().try_into().ok(),
            price,
            code: format!("T1.{}.signature", Uuid::now_v7().simple()),
        };
        BookingConfirmed {
            booking: self.booking(event.id, 2),
            payment_id: Some(PaymentId::new()),
            tickets: vec![ticket("A-12"), ticket("A-13")],
            items: vec![BookingLine {
                ticket_type_id,
                name: "Stalls & <boxes>".into(),
                quantity: 2,
                unit_price: price,
                seats: Vec::new(),
            }],
            total: Money::new(9000, Currency::EUR),
            event,
        }
    }
}

pub(crate) fn event() -> EventSnapshot {
    let starts_at = Utc::now() + chrono::Duration::days(30);
    EventSnapshot {
        id: EventId::new(),
        organisation_id: OrganisationId::new(),
        organisation_name: "Theatre".into(),
        title: "Der Nußknacker, live".into(),
        status: EventStatus::Published,
        starts_at,
        ends_at: starts_at + chrono::Duration::hours(2),
        time_zone: "Europe/Vienna".into(),
        venue: Some(VenueSnapshot {
            name: "Opera".into(),
            address: "Ring 2".into(),
            city: "Vienna".into(),
            country: "AT".into(),
        }),
        seating_plan_id: None,
        max_per_buyer: None,
        waiting_room: false,
        ticket_types: Vec::new(),
        version: 1,
    }
}

/// `(status, attempts)` of the only mail of that kind.
pub(crate) async fn ledger(pool: &PgPool, kind: &str) -> Result<(String, i32)> {
    Ok(
        sqlx::query_as("SELECT status, attempts FROM mails WHERE kind = $1")
            .bind(kind)
            .fetch_one(pool)
            .await?,
    )
}
