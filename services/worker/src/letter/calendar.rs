//! A calendar entry (RFC 5545).

use chrono::{DateTime, Utc};
use contracts::EventSnapshot;

/// Longest line, in bytes without its end (RFC 5545, 3.1).
const MAX_LINE: usize = 75;

/// An event as a file that calendars import. The same event has the same UID, so that importing it again replaces it.
pub(super) fn entry(event: &EventSnapshot, url: &str) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//event-platform//tickets//EN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@event-platform", event.id),
        format!("SEQUENCE:{}", event.version),
        format!("DTSTAMP:{}", utc(Utc::now())),
        format!("DTSTART:{}", utc(event.starts_at)),
        format!("DTEND:{}", utc(event.ends_at)),
        format!("SUMMARY:{}", escape(&event.title)),
        format!("URL:{url}"),
    ];
    if let Some(venue) = &event.venue {
        let place = format!("{}, {}, {}", venue.name, venue.address, venue.city);
        lines.push(format!("LOCATION:{}", escape(&place)));
    }
    lines.extend(["END:VEVENT".to_owned(), "END:VCALENDAR".to_owned()]);
    lines.iter().map(|line| fold(line)).collect()
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Breaks a long line between characters; a continuation begins with a space.
fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 8);
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > MAX_LINE {
            folded.push_str("\r\n ");
            length = 1;
        }
        folded.push(c);
        length += c.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_between_characters_and_never_over_75_bytes() {
        let long = format!("SUMMARY:{}", "Füße".repeat(60));
        let folded = fold(&long);
        assert!(folded.split("\r\n").all(|line| line.len() <= MAX_LINE));
        assert_eq!(folded.replace("\r\n ", ""), format!("{long}\r\n"));
    }

    #[test]
    fn escapes_what_would_end_a_value() {
        assert_eq!(escape("a,b;c\\d\ne\r"), "a\\,b\\;c\\\\d\\ne");
    }
}
