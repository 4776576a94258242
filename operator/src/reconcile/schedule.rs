//! When a cron expression was due. What the API server takes for a CronJob is read; anything else is `None`.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Timelike as _, Utc};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// How far it is looked back: the 29th of February comes every four years, or eight.
const LONGEST: u64 = 9 * 366;

/// A set of small numbers, by bits.
type Set = u64;

pub(super) struct Schedule {
    minutes: Set,
    hours: Set,
    days: Set,
    months: Set,
    weekdays: Set,
    /// Where both are restricted either of them is enough.
    either: bool,
}

impl Schedule {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let fields: Vec<_> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            return None;
        };
        let any = |field: &str| field.starts_with(['*', '?']);
        Some(Self {
            minutes: set(minutes, 0..=59, &[])?,
            hours: set(hours, 0..=23, &[])?,
            days: set(days, 1..=31, &[])?,
            months: set(months, 1..=12, &MONTHS)?,
            weekdays: set(weekdays, 0..=6, &WEEKDAYS)?,
            either: !any(days) && !any(weekdays),
        })
    }

    /// The time before `now` at which it was due for the `nth` last time, from 1.
    pub(super) fn due_before(&self, now: DateTime<Utc>, nth: usize) -> Option<DateTime<Utc>> {
        (0..LONGEST)
            .filter_map(|back| now.date_naive().checked_sub_days(Days::new(back)))
            .filter(|date| self.has(*date))
            .flat_map(|date| self.times_of(date))
            .filter(|time| *time < now)
            .nth(nth.checked_sub(1)?)
    }

    fn has(&self, date: NaiveDate) -> bool {
        let day = self.days >> date.day() & 1 == 1;
        let weekday = self.weekdays >> date.weekday().num_days_from_sunday() & 1 == 1;
        let due = if self.either {
            day || weekday
        } else {
            day && weekday
        };
        due && self.months >> date.month() & 1 == 1
    }

    /// The last first.
    fn times_of(&self, date: NaiveDate) -> impl Iterator<Item = DateTime<Utc>> {
        (0..24 * 60)
            .rev()
            .map(move |minute| date.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minute))
            .filter(|time| {
                self.hours >> time.hour() & 1 == 1 && self.minutes >> time.minute() & 1 == 1
            })
            .map(|time| time.and_utc())
    }
}

/// The numbers that a field is about.
fn set(field: &str, bounds: RangeInclusive<u32>, names: &[&str]) -> Option<Set> {
    let number = |text: &str| {
        let named = names.iter().position(|name| *name == text);
        let number = match named {
            Some(place) => u32::try_from(place).ok()? + bounds.start(),
            None => text.parse().ok()?,
        };
        bounds.contains(&number).then_some(number)
    };
    let mut all = 0;
    for item in field.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)?),
            None => (item, 1),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" || range == "?" => (*bounds.start(), *bounds.end()),
            Some((first, last)) => (number(first)?, number(last)?),
            None if item.contains('/') => (number(range)?, *bounds.end()),
            None => (number(range)?, number(range)?),
        };
        for number in (first..=last).step_by(step) {
            all |= 1 << number;
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_due_is_known() {
        // A Wednesday.
        let now: DateTime<Utc> = "2026-11-25T18:30:00Z".parse().unwrap();
        for (schedule, last, before) in [
            ("0 3 * * *", "2026-11-25T03:00:00Z", "2026-11-24T03:00:00Z"),
            (
                "30 18 * * *",
                "2026-11-24T18:30:00Z",
                "2026-11-23T18:30:00Z",
            ),
            (
                "*/15 * * * *",
                "2026-11-25T18:15:00Z",
                "2026-11-25T18:00:00Z",
            ),
            (
                "0 6-8,20/2 * * *",
                "2026-11-25T08:00:00Z",
                "2026-11-25T07:00:00Z",
            ),
            (
                "0 3 * * Sun",
                "2026-11-22T03:00:00Z",
                "2026-11-15T03:00:00Z",
            ),
            ("0 3 1 * *", "2026-11-01T03:00:00Z", "2026-10-01T03:00:00Z"),
            ("0 3 1 * 1", "2026-11-23T03:00:00Z", "2026-11-16T03:00:00Z"),
            ("0 0 29 2 *", "2024-02-29T00:00:00Z", "2020-02-29T00:00:00Z"),
        ] {
            let parsed = Schedule::parse(schedule).unwrap();
            let due = |nth| parsed.due_before(now, nth).unwrap();
            assert_eq!(
                [due(1), due(2)],
                [last, before].map(|time| time.parse::<DateTime<Utc>>().unwrap()),
                "{schedule}"
            );
        }
        for wrong in [
            "",
            "* * * *",
            "60 * * * *",
            "* * * * 7",
            "*/0 * * * *",
            "x * * * *",
        ] {
            assert!(Schedule::parse(wrong).is_none(), "{wrong}");
        }
    }
}
