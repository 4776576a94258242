//! From what an organiser sends to an event that can be stored.

use contracts::{EventId, TicketTypeId};
use kit::{Problem, http};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use tokio::sync::SemaphorePermit;

use super::{access, seating};
use crate::{
    domain::{
        Fault,
        event::{EventInput, TicketType, Venue},
        seating::Plan,
    },
    store::{
        events::{self, Event},
        venues,
    },
};

/// An event whose fields fit each other and what they refer to.
pub(super) struct Prepared {
    pub(super) input: EventInput,
    /// The place as it is shown: the event's own, or the venue's that it names.
    pub(super) place: Option<Venue>,
    pub(super) plan: Option<Plan>,
    /// For as long as the plan is there.
    _turn: Option<SemaphorePermit<'static>>,
}

/// Looks up what the input refers to; 422 with every fault.
pub(super) async fn prepare(
    connection: &mut PgConnection,
    mut input: EventInput,
) -> Result<Prepared, Problem> {
    let mut faults = input.faults();
    let mut place = input.venue.clone();
    if let Some(venue) = input.venue_id {
        place = venues::place(&mut *connection, venue, input.organisation_id).await?;
        if place.is_none() {
            faults.push(Fault::new(
                "/venue_id",
                "is none of the organisation's venues",
            ));
        }
    }
    let mut plan = None;
    let mut turn = None;
    if let (Some(plan_id), Some(venue)) = (input.seating_plan_id, input.venue_id) {
        turn = Some(seating::turn().await?);
        match events::plan(connection, plan_id, venue, input.organisation_id).await? {
            // It was sound when it was imported.
            Some(source) => plan = Plan::read(&source).ok(),
            None => faults.push(Fault::new(
                "/seating_plan_id",
                "is none of the venue's seating plans",
            )),
        }
    }
    faults.extend(input.seat(plan.as_ref()));
    access::no_faults(faults)?;
    Ok(Prepared {
        input,
        place,
        plan,
        _turn: turn,
    })
}

/// The input that an event was made of.
pub(super) fn current(event: &Event) -> Result<EventInput, Problem> {
    serde_json::from_value(Value::Object(document(event))).map_err(Problem::internal)
}

/// An event's input with some fields replaced; 422 for what does not fit.
pub(super) fn patched(event: &Event, mut patch: Map<String, Value>) -> Result<EventInput, Problem> {
    let mut document = document(event);
    // Naming one kind of place takes the other away.
    let names = |field: &str| patch.get(field).is_some_and(|value| !value.is_null());
    if names("venue") && !patch.contains_key("venue_id") {
        document.insert("venue_id".into(), Value::Null);
    }
    if names("venue_id") && !patch.contains_key("venue") {
        document.insert("venue".into(), Value::Null);
    }
    let kinds = patch.get_mut("ticket_types").and_then(Value::as_array_mut);
    for kind in kinds.into_iter().flatten() {
        if let Some(kind) = kind.as_object_mut() {
            keep_access_code(event, kind);
        }
    }
    document.extend(patch);
    let input: EventInput = http::from_value(Value::Object(document))?;
    let known: Vec<_> = event.ticket_types.iter().map(|kind| kind.id).collect();
    Ok(EventInput {
        ticket_types: input
            .ticket_types
            .into_iter()
            .map(|kind| kind.known_or_new(&known))
            .collect(),
        ..input
    })
}

/// A ticket type of an edit that says nothing of its access code keeps it: whoever does not know that there are codes, or read
/// the event as everybody does, opens nothing by an edit of something else.
fn keep_access_code(event: &Event, kind: &mut Map<String, Value>) {
    // Answered beside the code, from which it follows.
    kind.remove("access_code_required");
    let id = kind.get("id").and_then(Value::as_str);
    let id: Option<TicketTypeId> = id.and_then(|id| id.parse().ok());
    if let Some(code) = id.and_then(|id| event.access_codes.get(&id)) {
        kind.entry("access_code").or_insert_with(|| json!(code));
    }
}

/// The ticket types with their access codes, which are stored apart.
fn ticket_types(event: &Event) -> Vec<Value> {
    let with_code = |kind: &TicketType| {
        let mut document = json!(kind);
        document["access_code"] = json!(event.access_codes.get(&kind.id));
        document
    };
    event.ticket_types.iter().map(with_code).collect()
}

fn document(event: &Event) -> Map<String, Value> {
    let own_place = event
        .venue_id
        .is_none()
        .then_some(event.venue.as_ref())
        .flatten();
    let document = json!({
        "organisation_id": event.organisation_id,
        "title": event.title,
        "description": event.description,
        "category": event.category,
        "tags": event.tags,
        "image_url": event.image_url,
        "external_url": event.external_url,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "time_zone": event.time_zone,
        "venue": own_place,
        "venue_id": event.venue_id,
        "seating_plan_id": event.seating_plan_id,
        "ticket_types": ticket_types(event),
        "max_per_buyer": event.max_per_buyer,
        "waiting_room": event.waiting_room,
    });
    match document {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Stores a new draft.
pub(super) async fn insert_draft(
    connection: &mut PgConnection,
    prepared: &Prepared,
) -> sqlx::Result<EventId> {
    events::insert(connection, &prepared.input, prepared.place.as_ref()).await
}
