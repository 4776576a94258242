//! Tickets, their QR codes and the keys that prove them.

use axum::{
    extract::State,
    http::{HeaderName, header},
    response::{IntoResponse as _, Response},
};
use contracts::{BookingId, TicketId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path},
};
use qrcode::{EcLevel, QrCode, render::svg};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{Ticket, TicketStatus},
    state::App,
    store,
};

/// Least size of a QR code, in pixels; it is a drawing and scales.
const QR_SIZE: u32 = 320;
/// How long a gate may keep the keys, in seconds.
const KEYS_MAX_AGE: u32 = 3_600;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tickets {
    items: Vec<Ticket>,
}

/// List a booking's tickets
///
/// Empty until the booking is confirmed.
#[utoipa::path(
    get,
    path = "/bookings/{id}/tickets",
    tag = "Tickets",
    params(("id" = uuid::Uuid, Path, description = "The booking")),
    responses(
        (status = 200, description = "All tickets, also cancelled ones", body = Tickets),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`booking_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list_tickets(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<BookingId>,
) -> Result<Json<Tickets>, Problem> {
    let mut connection = app.pool.acquire().await?;
    store::bookings::owned(&mut connection, id, principal.user_id)
        .await?
        .ok_or_else(|| Problem::not_found("booking"))?;
    drop(connection);
    let items = store::tickets::list(&app.pool, &app.keys, principal.user_id, id, None).await?;
    Ok(Json(Tickets { items }))
}

/// Get a ticket's QR code
///
/// Black on white with its quiet zone: show it large. A cancelled ticket has none.
#[utoipa::path(
    get,
    path = "/bookings/{id}/tickets/{ticket_id}/qr.svg",
    tag = "Tickets",
    params(
        ("id" = uuid::Uuid, Path, description = "The booking"),
        ("ticket_id" = uuid::Uuid, Path, description = "The ticket"),
    ),
    responses(
        (status = 200, description = "The code as a drawing", body = String, content_type = "image/svg+xml"),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`ticket_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get_ticket_qr(
    State(app): State<App>,
    principal: Principal,
    Path((booking, ticket)): Path<(BookingId, TicketId)>,
) -> Result<Response, Problem> {
    let user = principal.user_id;
    let ticket = store::tickets::list(&app.pool, &app.keys, user, booking, Some(ticket))
        .await?
        .into_iter()
        .next()
        .filter(|ticket| ticket.status != TicketStatus::Cancelled)
        .ok_or_else(|| Problem::not_found("ticket"))?;
    let drawing = draw(&ticket.code).map_err(Problem::internal)?;
    let headers: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        // It opens the gate: nobody but the buyer's own browser may keep it.
        (header::CACHE_CONTROL, "private, max-age=3600"),
    ];
    Ok((headers, drawing).into_response())
}

fn draw(code: &str) -> anyhow::Result<String> {
    let code = QrCode::with_error_correction_level(code, EcLevel::M)?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(QR_SIZE, QR_SIZE)
        .quiet_zone(true)
        .build())
}

/// A public key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TicketKey {
    /// The last four bytes of a code's payload, in hexadecimal
    #[schema(pattern = "^[0-9a-f]{8}$", example = "5f3a9c01")]
    kid: String,
    #[schema(example = "OKP")]
    kty: &'static str,
    #[schema(example = "Ed25519")]
    crv: &'static str,
    /// The key, base64url
    x: String,
    #[schema(example = "EdDSA")]
    alg: &'static str,
    #[schema(rename = "use", example = "sig")]
    #[serde(rename = "use")]
    purpose: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TicketKeySet {
    /// The one in use first
    keys: Vec<TicketKey>,
}

/// Get the keys that tickets are signed with
///
/// A gate that keeps them can check codes without network: `T1.<payload>.<signature>`, both base64url. The payload is ticket id
/// (16 bytes), event id (16 bytes) and key id (4 bytes); the signature is Ed25519 over the text `T1.<payload>`.
#[utoipa::path(
    get,
    path = "/.well-known/ticket-keys.json",
    tag = "Tickets",
    responses((status = 200, description = "All keys whose tickets are good", body = TicketKeySet)),
    security(())
)]
pub(super) async fn ticket_keys(State(app): State<App>) -> Response {
    let keys = app
        .keys
        .public()
        .map(|(kid, x)| TicketKey {
            kid,
            kty: "OKP",
            crv: "Ed25519",
            x,
            alg: "EdDSA",
            purpose: "sig",
        })
        .collect();
    let cache = format!("public, max-age={KEYS_MAX_AGE}");
    (
        [(header::CACHE_CONTROL, cache)],
        Json(TicketKeySet { keys }),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_drawing_with_its_quiet_zone() {
        let svg = draw(&"a".repeat(138)).unwrap();
        assert!(svg.contains("<svg"), "{svg}");
        // Version 8 has 49 modules a side, and 4 on each side stay white.
        let side = svg
            .split("viewBox=\"0 0 ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .and_then(|side| side.parse::<u32>().ok())
            .unwrap();
        assert_eq!(side % (49 + 8), 0, "{side}");
        assert!(side >= QR_SIZE);
    }
}
