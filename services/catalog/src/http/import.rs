//! Bulk import of schema.org events.

use axum::{body::Bytes, extract::State};
use contracts::{EventId, Message, OrganisationId, messages::EventChanged};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Query},
    openapi, outbox,
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};

use super::access;
use crate::{
    App,
    domain::import::{self, Imported, Skipped},
    pages,
    store::{
        events,
        imports::{self, Outcome},
    },
};

/// Events stored in one transaction: a lock is held for some 10 ms.
const CHUNK: usize = 200;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportQuery {
    /// Who they belong to
    organisation_id: OrganisationId,
    /// Publish what is new, and drafts of an earlier import
    #[serde(default)]
    #[param(default = false)]
    publish: bool,
}

/// What became of an import.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportReport {
    /// Lines that are not empty
    lines: usize,
    created: usize,
    updated: usize,
    /// Already there as they are, or cancelled or completed here
    unchanged: usize,
    skipped: Vec<SkippedLine>,
}

/// A line that is no event.
#[derive(Serialize, ToSchema)]
struct SkippedLine {
    /// Counted from 1, empty lines too
    line: usize,
    /// The event's name, where there is one
    #[schema(required)]
    name: Option<String>,
    reason: String,
}

/// Import events
///
/// The body is NDJSON: a schema.org `Event` as JSON-LD on each line, at most 8 MiB. Lines that can't become events are named with
/// the reason; the others are stored. Importing again changes only what has changed: an event is known by its URL, name and date.
#[utoipa::path(
    post, path = "/events/import", tag = "Events",
    security(("bearer" = [])),
    params(ImportQuery),
    request_body(content = String, content_type = "application/x-ndjson", description = "An event a line", example = json!(
        "{\"@type\": \"Event\", \"name\": \"Rust by the Danube\", \"startDate\": \"2027-05-07\", \"url\": \"https://example.com\"}\n"
    )),
    responses(
        (status = 200, description = "What became of each line", body = ImportReport),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only organisers", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`: split the file", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn import_events(
    State(app): State<App>,
    caller: Principal,
    Query(query): Query<ImportQuery>,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Json<ImportReport>, Problem> {
    let body = body.map_err(|_| {
        Problem::new(
            axum::http::StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "Body too large",
        )
        .detail("An import has at most 8 MiB; split the file.")
    })?;
    let organisation = query.organisation_id;
    access::organiser(&mut *app.pool.acquire().await?, &caller, organisation).await?;
    // Reading 8 MiB takes longer than a thread that serves others may be kept.
    let read = tokio::task::spawn_blocking(move || read(&body, organisation));
    let (mut report, events) = read.await.map_err(Problem::internal)?;
    for chunk in events.chunks(CHUNK) {
        let outcome = store(&app, organisation, chunk, query.publish).await?;
        report.created += outcome.created.len();
        report.updated += outcome.updated.len();
        report.unchanged += outcome.unchanged;
    }
    Ok(Json(report))
}

/// Every line either is an event or is in the report.
fn read(body: &[u8], organisation: OrganisationId) -> (ImportReport, Vec<Imported>) {
    let mut report = ImportReport {
        lines: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        skipped: Vec::new(),
    };
    let mut events = Vec::new();
    for (n, line) in body.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        report.lines += 1;
        match import::read(line, organisation) {
            Ok(event) => events.push((n + 1, event)),
            Err(Skipped { name, reason }) => report.skipped.push(SkippedLine {
                line: n + 1,
                name,
                reason,
            }),
        }
    }
    let repeated = imports::repeated(&events);
    let (kept, again): (Vec<_>, Vec<_>) = events
        .into_iter()
        .partition(|(line, _)| !repeated.contains_key(line));
    report
        .skipped
        .extend(again.into_iter().map(|(line, event)| SkippedLine {
            line,
            name: Some(event.input.title.into_string()),
            reason: format!("is the same event as line {}", repeated[&line]),
        }));
    report.skipped.sort_by_key(|skipped| skipped.line);
    (report, kept.into_iter().map(|(_, event)| event).collect())
}

async fn store(
    app: &App,
    organisation: OrganisationId,
    chunk: &[Imported],
    publish: bool,
) -> Result<Outcome, Problem> {
    let mut transaction = app.pool.begin().await?;
    let outcome = imports::upsert(&mut transaction, organisation, chunk, publish).await?;
    tell(&mut transaction, &outcome).await?;
    transaction.commit().await?;
    app.outbox.wake();
    Ok(outcome)
}

/// Others hear of what is published.
async fn tell(connection: &mut PgConnection, outcome: &Outcome) -> sqlx::Result<()> {
    let ids: Vec<EventId> = outcome
        .created
        .iter()
        .chain(&outcome.updated)
        .copied()
        .collect();
    let messages: Vec<_> = events::published(&mut *connection, &ids)
        .await?
        .into_iter()
        .map(|event| {
            let message = EventChanged {
                event: event.snapshot(),
                version: event.version,
            };
            let message = if outcome.created.contains(&event.id) {
                Message::EventPublished(message)
            } else {
                Message::EventUpdated(message)
            };
            message.into()
        })
        .collect();
    outbox::add_many(&mut *connection, &messages).await?;
    pages::changed(connection, &ids).await
}
