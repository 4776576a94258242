//! `draft → published → cancelled | completed`.

use contracts::EventStatus;

/// A change of an event's status that may not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event that is {} can't become {}", name(*.from), name(*.to))]
pub struct InvalidTransition {
    pub from: EventStatus,
    pub to: EventStatus,
}

pub fn check(from: EventStatus, to: EventStatus) -> Result<(), InvalidTransition> {
    use EventStatus::{Cancelled, Completed, Draft, Published};
    match (from, to) {
        (Draft, Published) | (Published, Cancelled | Completed) => Ok(()),
        _ => Err(InvalidTransition { from, to }),
    }
}

pub fn name(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Draft => "draft",
        EventStatus::Published => "published",
        EventStatus::Cancelled => "cancelled",
        EventStatus::Completed => "completed",
    }
}

pub fn parse(name: &str) -> Option<EventStatus> {
    use EventStatus::{Cancelled, Completed, Draft, Published};
    [Draft, Published, Cancelled, Completed]
        .into_iter()
        .find(|status| self::name(*status) == name)
}
