//! Booking and auth as far as Payment asks them, and the messages that Booking sends.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing,
};
use chrono::{TimeDelta, Utc};
use contracts::{
    BookingId, Currency, EventId, EventSnapshot, EventStatus, Message, Money, OrganisationId,
    PaymentId, TicketId, TicketTypeId, UserId, VenueSnapshot,
    messages::{
        BookingCancelled, BookingConfirmed, BookingRef, BookingRefused, CancelReason, RefusalReason,
    },
    ticket::{BookingLine, CancelledTicket, TicketSnapshot},
};
use kit::{auth::Principal, config::BaseUrl};
use serde_json::{Value, json};
use testkit::Issuer;

pub(crate) fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

/// A booking that is held, with the tickets that it will have.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) id: BookingId,
    pub(crate) user: UserId,
    pub(crate) event: EventSnapshot,
    pub(crate) lines: Vec<BookingLine>,
    pub(crate) tickets: Vec<TicketSnapshot>,
}

impl Held {
    /// Standing places at 10.00 EUR.
    fn new(user: UserId, quantity: u32) -> Self {
        let kind = TicketTypeId::new();
        let tickets = (0..quantity)
            .map(|_| TicketSnapshot {
                id: TicketId::new(),
                ticket_type_id: kind,
                ticket_type_name: "Standing".into(),
                seat: None,
                price: eur(1_000),
                code: "T1.x.y".into(),
            })
            .collect();
        Self {
            id: BookingId::new(),
            user,
            event: event(),
            lines: vec![BookingLine {
                ticket_type_id: kind,
                name: "Standing".into(),
                quantity,
                unit_price: eur(1_000),
                seats: Vec::new(),
            }],
            tickets,
        }
    }

    pub(crate) fn total(&self) -> Money {
        eur(1_000 * i64::try_from(self.tickets.len()).unwrap())
    }

    fn as_ref(&self, version: i64) -> BookingRef {
        BookingRef {
            booking_id: self.id,
            user_id: self.user,
            event_id: self.event.id,
            seats: u32::try_from(self.tickets.len()).unwrap(),
            version,
        }
    }

    pub(crate) fn confirmed(&self, payment: PaymentId) -> Message {
        Message::BookingConfirmed(BookingConfirmed {
            booking: self.as_ref(2),
            payment_id: Some(payment),
            tickets: self.tickets.clone(),
            items: self.lines.clone(),
            total: self.total(),
            event: self.event.clone(),
        })
    }

    pub(crate) fn refused(&self, payment: PaymentId) -> Message {
        Message::BookingRefused(BookingRefused {
            booking: self.as_ref(2),
            payment_id: payment,
            reason: RefusalReason::Expired,
        })
    }

    /// The first so many tickets are cancelled after `skip` others.
    pub(crate) fn cancelled(&self, payment: PaymentId, skip: usize, count: usize) -> Message {
        let tickets: Vec<_> = self.tickets[skip..skip + count]
            .iter()
            .map(|ticket| CancelledTicket {
                id: ticket.id,
                price: ticket.price,
            })
            .collect();
        Message::BookingCancelled(BookingCancelled {
            booking: self.as_ref(3),
            payment_id: Some(payment),
            ticket_ids: tickets.iter().map(|ticket| ticket.id).collect(),
            amount: eur(tickets.iter().map(|ticket| ticket.price.amount).sum()),
            tickets,
            reason: CancelReason::Buyer,
            whole: skip + count == self.tickets.len(),
        })
    }
}

fn event() -> EventSnapshot {
    EventSnapshot {
        id: EventId::new(),
        organisation_id: OrganisationId::new(),
        organisation_name: "Bühne & Söhne".into(),
        title: "Hamlet <Prinz von Dänemark>".into(),
        status: EventStatus::Published,
        starts_at: Utc::now() + TimeDelta::days(30),
        ends_at: Utc::now() + TimeDelta::days(31),
        time_zone: "Europe/Vienna".into(),
        venue: Some(VenueSnapshot {
            name: "Großes Haus".into(),
            address: "Ring 1".into(),
            city: "Wien".into(),
            country: "AT".into(),
        }),
        seating_plan_id: None,
        max_per_buyer: None,
        waiting_room: false,
        ticket_types: Vec::new(),
        version: 1,
    }
}

/// How checkout answers for one booking.
#[derive(Clone)]
enum Answer {
    Held(Held),
    Refused(StatusCode, &'static str),
    /// Confirmed, for it costs nothing.
    Free(Held),
}

#[derive(Clone, Default)]
pub(crate) struct Shop(Arc<Mutex<HashMap<BookingId, (UserId, Answer)>>>);

impl Shop {
    /// Serves it for as long as the runtime lives; the URL stands for Booking's and auth's.
    pub(crate) async fn serve(&self) -> BaseUrl {
        let router = Router::new()
            .route("/bookings/{id}/checkout", routing::post(checkout))
            .route("/me", routing::get(me))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url.parse().unwrap()
    }

    fn put(&self, id: BookingId, user: UserId, answer: Answer) {
        self.0.lock().unwrap().insert(id, (user, answer));
    }

    pub(crate) fn hold(&self, user: UserId, quantity: u32) -> Held {
        let held = Held::new(user, quantity);
        self.put(held.id, user, Answer::Held(held.clone()));
        held
    }

    pub(crate) fn free(&self, user: UserId) -> BookingId {
        let held = Held::new(user, 1);
        self.put(held.id, user, Answer::Free(held.clone()));
        held.id
    }

    pub(crate) fn refuse(&self, user: UserId, status: u16, code: &'static str) -> BookingId {
        let id = BookingId::new();
        let status = StatusCode::from_u16(status).unwrap();
        self.put(id, user, Answer::Refused(status, code));
        id
    }
}

async fn checkout(
    State(shop): State<Shop>,
    Path(id): Path<BookingId>,
    headers: axum::http::HeaderMap,
) -> Response {
    let Some(caller) = caller(&headers).await else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let known = shop.0.lock().unwrap().get(&id).cloned();
    match known {
        Some((user, answer)) if user == caller.user_id => match answer {
            Answer::Held(held) => Json(view(&held, "held", held.total())).into_response(),
            Answer::Free(held) => Json(view(&held, "confirmed", eur(0))).into_response(),
            Answer::Refused(status, code) => (status, Json(json!({"code": code}))).into_response(),
        },
        _ => (
            StatusCode::NOT_FOUND,
            Json(json!({"code": "booking_not_found"})),
        )
            .into_response(),
    }
}

fn view(held: &Held, status: &str, total: Money) -> Value {
    json!({
        "id": held.id, "event_id": held.event.id, "status": status, "seats": held.tickets.len(),
        "items": held.lines, "total": total, "expires_at": Utc::now() + TimeDelta::minutes(15),
        "event": {"title": held.event.title, "starts_at": held.event.starts_at, "ends_at": held.event.ends_at,
            "time_zone": held.event.time_zone, "venue": held.event.venue},
    })
}

async fn me(headers: axum::http::HeaderMap) -> Response {
    match caller(&headers).await {
        Some(caller) => Json(
            json!({"id": caller.user_id, "email": "ben@example.com", "name": "Ben Čapek-Müller"}),
        )
        .into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn caller(headers: &axum::http::HeaderMap) -> Option<Principal> {
    let value = headers.get("authorization")?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?;
    Issuer::shared().verifier().verify(token).await.ok()
}
