//! When an event is sold, as a waiting room needs to know it.

use chrono::{DateTime, Utc};
use contracts::{EventSnapshot, EventStatus};
use uuid::Uuid;

/// Where an event's sale is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It begins then.
    Early(DateTime<Utc>),
    Open,
    /// Nothing is sold any more.
    Over,
}

/// When the first ticket type goes on sale; `None` when one always was.
pub(super) fn start(event: &EventSnapshot) -> Option<DateTime<Utc>> {
    let starts: Option<Vec<_>> = event
        .ticket_types
        .iter()
        .map(|kind| kind.sales_start)
        .collect();
    starts?.into_iter().min()
}

pub(super) fn phase(event: &EventSnapshot, now: DateTime<Utc>) -> Phase {
    let end = event
        .ticket_types
        .iter()
        .map(|kind| {
            kind.sales_end
                .map_or(event.ends_at, |end| end.min(event.ends_at))
        })
        .max();
    if event.status != EventStatus::Published || end.is_none_or(|end| end <= now) {
        return Phase::Over;
    }
    match start(event) {
        Some(start) if now < start => Phase::Early(start),
        _ => Phase::Open,
    }
}

/// Ticket types that are sold or will be.
pub(super) fn open_types(event: &EventSnapshot, now: DateTime<Utc>) -> Vec<Uuid> {
    event
        .ticket_types
        .iter()
        .filter(|kind| kind.sales_end.is_none_or(|end| now < end))
        .map(|kind| kind.id.as_uuid())
        .collect()
}

/// The second that those who came before the sale count as arrived in: its last one before the start. Seconds since 1970.
pub(super) fn early_second(event: &EventSnapshot) -> u64 {
    start(event)
        .and_then(|start| u64::try_from(start.timestamp()).ok())
        .map_or(0, |start| start.saturating_sub(1))
}
