//! The gate.

use axum::extract::State;
use chrono::{DateTime, Utc};
use contracts::{CheckInId, EventId, UserId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path, Query},
    metrics,
    page::{Page, PageQuery},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        check_in::{CheckIn, CheckInResult, GateTicket},
        ticket_code::MAX_CODE,
    },
    state::App,
    store,
};

/// The longest nonce, in characters.
const MAX_NONCE: usize = 64;

/// What a gate has scanned.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Scan {
    /// The event of this gate
    #[schema(value_type = uuid::Uuid)]
    event_id: EventId,
    /// The text of the QR code
    #[schema(min_length = 1, max_length = 512, example = "T1.AZLwwQ….Zm9v…")]
    code: String,
    /// The gate's name for this scan: sending it again changes nothing and gets `ok` again
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = r"^[!-~]+$",
        nullable = true
    )]
    nonce: Option<String>,
}

impl Scan {
    fn check(&self) -> Result<(), Problem> {
        if !(1..=MAX_CODE).contains(&self.code.chars().count()) {
            let message = format!("must have 1 to {MAX_CODE} characters");
            return Err(Problem::invalid("/code", message));
        }
        let plain = |nonce: &String| {
            (1..=MAX_NONCE).contains(&nonce.len())
                && nonce.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !self.nonce.as_ref().is_none_or(plain) {
            let message = format!("must have 1 to {MAX_NONCE} visible ASCII characters");
            return Err(Problem::invalid("/nonce", message));
        }
        Ok(())
    }
}

/// Check a ticket in
///
/// For the organisation's staff and organisers. The answer is 200 whether the person may enter or not: look at `result`. Two gates
/// with the same ticket at once: one gets `ok`, the other `already_redeemed`.
#[utoipa::path(
    post,
    path = "/check-ins",
    tag = "Check-in",
    request_body(content = Scan, example = json!({"event_id": "0192f0c1-0000-7000-8000-000000000001", "code": "T1.AZLwwQ.Zm9v"})),
    responses(
        (status = 200, description = "May they enter", body = CheckIn),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`, also for who is not of its organisation", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn check_in(
    State(app): State<App>,
    principal: Principal,
    Json(scan): Json<Scan>,
) -> Result<Json<CheckIn>, Problem> {
    scan.check()?;
    require_staff(&app, &principal, scan.event_id, Problem::not_found("event")).await?;
    let answer = match app.keys.verify(&scan.code) {
        Some(scanned) => {
            let nonce = scan.nonce.as_deref();
            store::check_ins::check_in(&app.pool, scan.event_id, scanned, nonce, principal.user_id)
                .await?
        }
        None => CheckIn {
            result: CheckInResult::Invalid,
            ticket: None,
            check_in_id: None,
        },
    };
    metrics::counter!("booking_check_ins_total", "result" => answer.result.as_str()).increment(1);
    Ok(Json(answer))
}

async fn require_staff(
    app: &App,
    principal: &Principal,
    event: EventId,
    hidden: Problem,
) -> Result<(), Problem> {
    let event = app.events.get(event).await?;
    app.memberships
        .require_staff(principal, event.organisation_id, hidden)
        .await?;
    Ok(())
}

/// Undo a check-in
///
/// The ticket is valid again, unless it was cancelled meanwhile; who did this stays on record.
#[utoipa::path(
    delete,
    path = "/check-ins/{id}",
    tag = "Check-in",
    params(("id" = uuid::Uuid, Path, description = "`check_in_id` of the entry")),
    responses(
        (status = 200, description = "The ticket as it is now", body = GateTicket),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`check_in_not_found`", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`invalid_transition`: it was undone before", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn undo_check_in(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<CheckInId>,
) -> Result<Json<GateTicket>, Problem> {
    let hidden = || Problem::not_found("check_in");
    let (event, ticket) = store::check_ins::event_of(&app.pool, id)
        .await?
        .ok_or_else(hidden)?;
    require_staff(&app, &principal, event, hidden()).await?;
    store::check_ins::undo(&app.pool, id, ticket, principal.user_id)
        .await?
        .map(Json)
        .ok_or_else(|| {
            Problem::conflict("invalid_transition", "Not possible now")
                .detail("This check-in was undone before.")
        })
}

/// An entry of the gate's list.
#[derive(Debug, Serialize, ToSchema)]
struct Entry {
    #[schema(value_type = uuid::Uuid)]
    id: CheckInId,
    at: DateTime<Utc>,
    #[schema(value_type = uuid::Uuid)]
    checked_in_by: UserId,
    /// When it was taken back; absent if it was not
    undone_at: Option<DateTime<Utc>>,
    /// As it is now
    ticket: GateTicket,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckIns {
    /// How many are in
    #[schema(minimum = 0)]
    checked_in: u32,
    /// How many tickets there are
    #[schema(minimum = 0)]
    total: u32,
    /// Newest first
    items: Vec<Entry>,
    /// Send it as `cursor` to get the next page; null on the last
    next_cursor: Option<String>,
}

/// List check-ins
///
/// For the organisation's staff and organisers: how many are in, and the last entries.
#[utoipa::path(
    get,
    path = "/events/{id}/check-ins",
    tag = "Check-in",
    params(("id" = uuid::Uuid, Path, description = "The event"), PageQuery),
    responses(
        (status = 200, description = "A page of entries", body = CheckIns),
        (status = 401, description = "No valid token", body = kit::openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`event_not_found`, also for who is not of its organisation", body = kit::openapi::Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "A parameter can't be right", body = kit::openapi::Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list_check_ins(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<EventId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<CheckIns>, Problem> {
    let before = page.after::<CheckInId>()?;
    require_staff(&app, &principal, id, Problem::not_found("event")).await?;
    let entries = store::check_ins::list(&app.pool, id, before, page.rows()).await?;
    let (checked_in, total) = store::check_ins::counts(&app.pool, id).await?;
    let page = Page::new(entries, &page, |entry| entry.id).map(|entry| Entry {
        id: entry.id,
        at: entry.at,
        checked_in_by: entry.checked_in_by,
        undone_at: entry.undone_at,
        ticket: entry.ticket,
    });
    Ok(Json(CheckIns {
        checked_in,
        total,
        items: page.items,
        next_cursor: page.next_cursor,
    }))
}
