//! Moments as people read them: in the event's time zone, which is named.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use contracts::EventSnapshot;

const FORMAT: &str = "%A, %-d %B %Y, %H:%M";

/// `Saturday, 5 December 2026, 19:30 (Europe/Vienna)`; in UTC when no zone is known.
pub(super) fn moment(at: DateTime<Utc>, event: Option<&EventSnapshot>) -> String {
    match event.and_then(|event| event.time_zone.parse::<Tz>().ok()) {
        Some(zone) => format!("{} ({zone})", at.with_timezone(&zone).format(FORMAT)),
        None => utc(at),
    }
}

pub(super) fn utc(at: DateTime<Utc>) -> String {
    format!("{} (UTC)", at.format(FORMAT))
}
