//! Every operation and who may call it.

use reqwest::Method;
use testkit::platform::Part;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Public,
    /// Any account; it acts on the caller's own things or makes new ones.
    SignedIn,
    /// The one whose object it is; it does not exist for others.
    Owner,
    /// Members of the organisation.
    Staff,
    /// Organisers of the organisation; its staff get 403.
    Organiser,
    Admin,
}

/// `call` is `METHOD service path`, the path as in the document, below the service. `{…}` in path and body are filled from the world.
pub(super) struct Operation {
    pub(super) call: &'static str,
    pub(super) access: Access,
    /// JSON, or empty for none.
    pub(super) body: &'static str,
}

impl Operation {
    pub(super) fn method(&self) -> Method {
        self.word(0).parse().unwrap_or(Method::GET)
    }

    pub(super) fn service(&self) -> &'static str {
        self.word(1)
    }

    pub(super) fn path(&self) -> &'static str {
        self.word(2)
    }

    fn word(&self, n: usize) -> &'static str {
        self.call.split(' ').nth(n).unwrap_or_default()
    }
}

pub(super) fn part(service: &str) -> Part {
    match service {
        "auth" => Part::Auth,
        "catalog" => Part::Catalog,
        "booking" => Part::Booking,
        _ => Part::Payment,
    }
}

const fn op(call: &'static str, access: Access, body: &'static str) -> Operation {
    Operation { call, access, body }
}

use Access::{Admin, Organiser, Owner, Public, SignedIn, Staff};

const NEW_EVENT: &str = r#"{"organisation_id":"{organisation_id}","title":"A","time_zone":"UTC",
    "starts_at":"2030-01-01T00:00:00Z","ends_at":"2030-01-02T00:00:00Z"}"#;
const PLAN: &str = r##"{"name":"Hall","size":{"width":1,"height":1},"categories":[{"name":"A","color":"#000"}],"zones":[]}"##;

pub(super) const OPERATIONS: &[Operation] = &[
    op(
        "POST auth /register",
        Public,
        r#"{"email":"new@example.com","password":"a long enough password"}"#,
    ),
    op(
        "POST auth /login",
        Public,
        r#"{"email":"nobody@example.com","password":"a wrong password"}"#,
    ),
    op("POST auth /refresh", Public, r#"{"refresh_token":"x"}"#),
    op("POST auth /logout", Public, r#"{"refresh_token":"x"}"#),
    op(
        "POST auth /password-reset",
        Public,
        r#"{"email":"nobody@example.com"}"#,
    ),
    op(
        "POST auth /password-reset/confirm",
        Public,
        r#"{"token":"x","new_password":"a long enough password"}"#,
    ),
    op("GET auth /.well-known/jwks.json", Public, ""),
    op("GET auth /me", SignedIn, ""),
    op("PATCH auth /me", SignedIn, r#"{"name":"A"}"#),
    op(
        "PUT auth /me/password",
        SignedIn,
        r#"{"current_password":"a wrong password","new_password":"a long enough password"}"#,
    ),
    op("GET auth /me/sessions", SignedIn, ""),
    op("DELETE auth /me/sessions/{id}", Owner, ""),
    op("GET auth /users", Admin, ""),
    op(
        "PUT auth /users/{id}/roles",
        Admin,
        r#"{"roles":["buyer"]}"#,
    ),
    op("POST auth /keys/rotate", Admin, ""),
    op("GET catalog /categories", Public, ""),
    op("GET catalog /events", Public, ""),
    op("POST catalog /events", Organiser, NEW_EVENT),
    op("POST catalog /events/import", Organiser, ""),
    op("GET catalog /events/{id}", Public, ""),
    op(
        "PATCH catalog /events/{id}",
        Organiser,
        r#"{"title":"Mine"}"#,
    ),
    op("GET catalog /events/{id}/edit", Organiser, ""),
    op("DELETE catalog /events/{id}", Organiser, ""),
    op("POST catalog /events/{id}/publish", Organiser, ""),
    op("POST catalog /events/{id}/cancel", Organiser, "{}"),
    op("POST catalog /events/{id}/duplicate", Organiser, ""),
    op("GET catalog /events/{id}/seating", Public, ""),
    op("GET catalog /organisations", SignedIn, ""),
    op("POST catalog /organisations", SignedIn, r#"{"name":"A"}"#),
    op("GET catalog /organisations/{id}", Staff, ""),
    op("GET catalog /organisations/{id}/members", Staff, ""),
    op(
        "POST catalog /organisations/{id}/members",
        Organiser,
        r#"{"email":"{stranger_email}","role":"organiser"}"#,
    ),
    op("GET catalog /organisations/{id}/members/me", Staff, ""),
    op(
        "PUT catalog /organisations/{id}/members/{user_id}",
        Organiser,
        r#"{"role":"organiser"}"#,
    ),
    op(
        "DELETE catalog /organisations/{id}/members/{user_id}",
        Organiser,
        "",
    ),
    op("GET catalog /venues", SignedIn, ""),
    op(
        "POST catalog /venues",
        Organiser,
        r#"{"organisation_id":"{organisation_id}","name":"A"}"#,
    ),
    op("GET catalog /venues/{id}", Staff, ""),
    op("GET catalog /venues/{id}/seating-plans", Staff, ""),
    op("POST catalog /venues/{id}/seating-plans", Organiser, PLAN),
    op(
        "GET catalog /venues/{id}/seating-plans/{plan_id}",
        Staff,
        "",
    ),
    op("GET booking /.well-known/ticket-keys.json", Public, ""),
    op("GET booking /bookings", SignedIn, ""),
    op(
        "POST booking /bookings",
        SignedIn,
        r#"{"event_id":"{event_id}","seats":1}"#,
    ),
    op("GET booking /bookings/{id}", Owner, ""),
    op("POST booking /bookings/{id}/checkout", Owner, ""),
    op("POST booking /bookings/{id}/cancel", Owner, "{}"),
    op("GET booking /bookings/{id}/history", Owner, ""),
    op("GET booking /bookings/{id}/tickets", Owner, ""),
    op(
        "GET booking /bookings/{id}/tickets/{ticket_id}/qr.svg",
        Owner,
        "",
    ),
    op("GET booking /events/{id}/availability", Public, ""),
    op("GET booking /events/{id}/availability/stream", Public, ""),
    op("GET booking /events/{id}/seats", Public, ""),
    op(
        "POST booking /events/{id}/waiting-list",
        SignedIn,
        r#"{"ticket_type_id":"{ticket_type_id}","quantity":1}"#,
    ),
    op("GET booking /events/{id}/waiting-list", SignedIn, ""),
    op("DELETE booking /events/{id}/waiting-list", SignedIn, ""),
    op("POST booking /events/{id}/queue", SignedIn, ""),
    op("GET booking /events/{id}/queue", SignedIn, ""),
    op("DELETE booking /events/{id}/queue", SignedIn, ""),
    // Whoever has the signed place may follow it: a browser's EventSource sends no token.
    op("GET booking /events/{id}/queue/stream", Public, ""),
    op(
        "PUT booking /events/{id}/capacity",
        Organiser,
        r#"{"ticket_type_id":"{ticket_type_id}","capacity":1}"#,
    ),
    op("GET booking /events/{id}/sales", Organiser, ""),
    op("GET booking /events/{id}/check-ins", Staff, ""),
    op(
        "POST booking /check-ins",
        Staff,
        r#"{"event_id":"{event_id}","code":"{ticket_code}"}"#,
    ),
    op("DELETE booking /check-ins/{id}", Staff, ""),
    op("GET payment /payments", SignedIn, ""),
    op(
        "POST payment /payments",
        Owner,
        r#"{"booking_id":"{booking_id}","payment_method":"pm_card_visa"}"#,
    ),
    op("GET payment /payments/{id}", Owner, ""),
    op("GET payment /payments/{id}/receipt", Owner, ""),
    op("GET payment /payments/{id}/refunds", Owner, ""),
    op("POST payment /payments/{id}/refunds", Owner, "{}"),
    op("GET payment /payments/{id}/credit-notes", Owner, ""),
    op(
        "GET payment /payments/{id}/credit-notes/{number}",
        Owner,
        "",
    ),
    op("POST payment /webhooks/{provider}", Public, "{}"),
];

/// What each operation is asked with beyond its path.
pub(super) fn query(call: &str) -> &'static str {
    match call {
        "GET auth /users" => "?email={stranger_email}",
        "POST catalog /events/import" => "?organisation_id={organisation_id}",
        "GET payment /payments" => "?booking_id={booking_id}",
        _ => "",
    }
}
