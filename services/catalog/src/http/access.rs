//! Who may do what with an organisation and its events.

use contracts::{EventId, OrganisationId};
use kit::{Problem, auth::Principal, memberships::Role, problem::FieldError};
use sqlx::PgConnection;

use crate::{
    domain::{Fault, transition::InvalidTransition},
    store::{events, events::Event, organisations},
};

/// Any member, or an admin: 404 for others.
pub(super) async fn member(
    connection: &mut PgConnection,
    caller: &Principal,
    organisation: OrganisationId,
) -> Result<(), Problem> {
    let found =
        organisations::find(connection, organisation, caller.user_id, caller.is_admin()).await?;
    found
        .map(drop)
        .ok_or_else(|| Problem::not_found("organisation"))
}

/// Organisers only: 403 for staff, 404 for others.
pub(super) async fn organiser(
    connection: &mut PgConnection,
    caller: &Principal,
    organisation: OrganisationId,
) -> Result<(), Problem> {
    allow(
        organisations::role(connection, organisation, caller.user_id).await?,
        "organisation",
    )
}

/// An event of an organisation that the caller organises: 403 for staff, 404 for others.
pub(super) async fn organised_event(
    connection: &mut PgConnection,
    caller: &Principal,
    id: EventId,
) -> Result<Event, Problem> {
    let event = events::find(connection, id, Some(caller.user_id)).await?;
    let event = event.ok_or_else(|| Problem::not_found("event"))?;
    allow(event.role(), "event")?;
    Ok(event)
}

fn allow(role: Option<Role>, what: &'static str) -> Result<(), Problem> {
    match role {
        Some(Role::Organiser) => Ok(()),
        Some(Role::Staff) => {
            Err(Problem::forbidden().detail("Only the organisation's organisers may do this."))
        }
        None => Err(Problem::not_found(what)),
    }
}

/// 422 when there are faults.
pub(super) fn no_faults(faults: Vec<Fault>) -> Result<(), Problem> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(Problem::unprocessable(to_errors(faults)))
}

pub(super) fn to_errors(faults: Vec<Fault>) -> Vec<FieldError> {
    faults
        .into_iter()
        .map(|fault| FieldError::new(fault.pointer, fault.message))
        .collect()
}

pub(super) fn invalid_transition(error: InvalidTransition) -> Problem {
    Problem::conflict("invalid_transition", "Invalid transition").detail(format!("{error}."))
}
