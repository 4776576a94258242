//! Catalog as booking meets it: an HTTP server that knows a few events and may be down.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::get,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::{EventId, EventSnapshot, OrganisationId, UserId};
use kit::config::BaseUrl;
use serde_json::{Value, json};

#[derive(Clone, Default)]
pub(crate) struct Catalog(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    events: HashMap<EventId, Value>,
    seating: HashMap<EventId, Value>,
    roles: HashMap<(String, OrganisationId), &'static str>,
    down: bool,
}

impl Catalog {
    /// Serves on a free port for as long as the test's runtime lives.
    pub(crate) async fn serve(&self) -> BaseUrl {
        let router = Router::new()
            .route("/events/{id}", get(event))
            .route("/events/{id}/seating", get(seating))
            .route("/organisations/{id}/members/me", get(membership))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}").parse().unwrap()
    }

    /// Publishes an event, for everybody to read, with seats as `(guid, row, ticket type)`.
    pub(crate) fn publish(&self, event: &EventSnapshot, seats: &[(String, String, Value)]) {
        let mut known = self.0.lock().unwrap();
        known.events.insert(
            event.id,
            serde_json::to_value(event.without_access_codes()).unwrap(),
        );
        if !seats.is_empty() {
            let seats: Vec<Value> = (0..)
                .zip(seats)
                .map(|(x, (guid, row, kind))| {
                    json!({"seat_guid": guid, "zone": "Hall", "row": row, "number": guid, "category": "c",
                      "ticket_type_id": kind, "x": f64::from(x) * 10.0, "y": 0.0})
                })
                .collect();
            known.seating.insert(
                event.id,
                json!({"plan": {}, "categories": [], "seats": seats}),
            );
        }
    }

    pub(crate) fn enrol(&self, user: UserId, organisation: OrganisationId, role: &'static str) {
        let key = (user.to_string(), organisation);
        self.0.lock().unwrap().roles.insert(key, role);
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }

    fn enter(&self) -> Result<(), StatusCode> {
        if self.0.lock().unwrap().down {
            return Err(StatusCode::BAD_GATEWAY);
        }
        Ok(())
    }
}

async fn event(
    State(catalog): State<Catalog>,
    Path(id): Path<EventId>,
) -> Result<Json<Value>, StatusCode> {
    catalog.enter()?;
    let event = catalog.0.lock().unwrap().events.get(&id).cloned();
    event.map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn seating(
    State(catalog): State<Catalog>,
    Path(id): Path<EventId>,
) -> Result<Json<Value>, StatusCode> {
    catalog.enter()?;
    let seating = catalog.0.lock().unwrap().seating.get(&id).cloned();
    seating.map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn membership(
    State(catalog): State<Catalog>,
    Path(id): Path<OrganisationId>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    catalog.enter()?;
    let user = subject(&headers).ok_or(StatusCode::UNAUTHORIZED)?;
    let role = catalog
        .0
        .lock()
        .unwrap()
        .roles
        .get(&(user.clone(), id))
        .copied();
    role.map(|role| Json(json!({"organisation_id": id, "user_id": user, "role": role})))
        .ok_or(StatusCode::NOT_FOUND)
}

fn subject(headers: &HeaderMap) -> Option<String> {
    let token = headers.get("authorization")?.to_str().ok()?;
    let payload = BASE64_URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1)?)
        .ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    Some(claims["sub"].as_str()?.to_owned())
}
