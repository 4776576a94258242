//! Events from other sites: schema.org `Event` as JSON-LD, one a line.
//!
//! What is usable is taken; a line that can't become an event says why. Dates without a time are whole days in UTC, for the
//! source does not say the zone: an event runs from 00:00 of its first to 24:00 of its last day.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use contracts::OrganisationId;
use serde_json::Value;

use super::{
    event::{EventInput, MAX_TAGS, Venue},
    text::{Address, City, Country, Description, Label, Name, TimeZone, Title, WebUrl},
};

/// The longest line, in bytes.
pub const MAX_LINE: usize = 65_536;

/// An event of another site, and what names it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    pub source_key: String,
    pub input: EventInput,
}

/// Why a line is not an event, with its name where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub name: Option<String>,
    pub reason: String,
}

/// Reads one line.
pub fn read(line: &[u8], organisation_id: OrganisationId) -> Result<Imported, Skipped> {
    let anonymous = |reason: String| Skipped { name: None, reason };
    if line.len() > MAX_LINE {
        return Err(anonymous(format!(
            "the line has more than {MAX_LINE} bytes"
        )));
    }
    let event: Value =
        serde_json::from_slice(line).map_err(|error| anonymous(format!("no JSON: {error}")))?;
    let name = event["name"]
        .as_str()
        .map(|name| name.chars().take(200).collect::<String>());
    convert(&event, organisation_id).map_err(|reason| Skipped { name, reason })
}

fn convert(event: &Value, organisation_id: OrganisationId) -> Result<Imported, String> {
    if !is_event(&event["@type"]) {
        return Err("@type: is no schema.org Event".into());
    }
    let name = event["name"].as_str().ok_or("name: is missing")?;
    let title = Title::truncated(name).map_err(|message| format!("name: {message}"))?;
    let start_text = event["startDate"].as_str().ok_or("startDate: is missing")?;
    let starts_at =
        moment(start_text, false).ok_or_else(|| format!("startDate: {start_text:?} is no date"))?;
    let ends_at = match event["endDate"].as_str() {
        Some(text) => moment(text, true).ok_or_else(|| format!("endDate: {text:?} is no date"))?,
        None => moment(start_text, true).unwrap_or(starts_at),
    };
    let url = event["url"].as_str();
    let external_url = url
        .map(WebUrl::parse)
        .transpose()
        .map_err(|message| format!("url: {message}"))?;
    let mut tags: Vec<Label> = texts(&event["keywords"])
        .filter_map(|tag| Label::truncated(tag).ok())
        .collect();
    let category = tags
        .first()
        .cloned()
        .or_else(|| Label::parse("other").ok())
        .unwrap_or_default();
    tags.extend(
        texts(&event["inLanguage"])
            .filter_map(|language| Label::truncated(&format!("language:{language}")).ok()),
    );
    if mode(event) == Some("online") {
        tags.extend(Label::parse("online"));
    }
    tags.dedup();
    tags.truncate(MAX_TAGS);
    let input = EventInput {
        organisation_id,
        title,
        description: event["description"]
            .as_str()
            .map(Description::truncated)
            .transpose()
            .map_err(|message| format!("description: {message}"))?
            .unwrap_or_default(),
        category,
        tags,
        image_url: texts(&event["image"])
            .next()
            .and_then(|url| WebUrl::parse(url).ok()),
        external_url,
        starts_at,
        ends_at,
        time_zone: TimeZone::UTC,
        venue: venue(&event["location"])?,
        venue_id: None,
        seating_plan_id: None,
        ticket_types: Vec::new(),
        max_per_buyer: Some(10),
        waiting_room: false,
    };
    if let Some(fault) = input.faults().first() {
        return Err(format!(
            "{}: {}",
            fault.pointer.trim_start_matches('/'),
            fault.message
        ));
    }
    // A yearly event keeps its URL, so the date belongs to its name.
    let source_key = format!("{}\n{}\n{start_text}", url.unwrap_or_default(), name);
    Ok(Imported { source_key, input })
}

fn is_event(kind: &Value) -> bool {
    texts(kind).any(|kind| {
        kind.trim_start_matches("https://schema.org/")
            .ends_with("Event")
    })
}

fn mode(event: &Value) -> Option<&'static str> {
    let mode = event["eventAttendanceMode"].as_str()?;
    if mode.ends_with("OnlineEventAttendanceMode") {
        Some("online")
    } else {
        None
    }
}

/// A text or a list of texts.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let many = value.as_array().map_or(&[][..], Vec::as_slice);
    value
        .as_str()
        .into_iter()
        .chain(many.iter().filter_map(Value::as_str))
}

/// The place, if the event has one; none for an event that is only online.
fn venue(location: &Value) -> Result<Option<Venue>, String> {
    let location = match location {
        Value::Array(places) => places.first().unwrap_or(&Value::Null),
        other => other,
    };
    if !location.is_object() || location["@type"] == "VirtualLocation" {
        return Ok(None);
    }
    let address = &location["address"];
    let city = address["addressLocality"].as_str().unwrap_or_default();
    let country = address["addressCountry"].as_str().unwrap_or_default();
    let name = location["name"]
        .as_str()
        .filter(|name| !name.trim().is_empty())
        .unwrap_or(city);
    if name.trim().is_empty() {
        return Ok(None);
    }
    let line: Vec<_> = [
        address["streetAddress"].as_str(),
        address["postalCode"].as_str(),
        Some(city),
        Some(country),
    ]
    .into_iter()
    .flatten()
    .filter(|part| !part.is_empty())
    .collect();
    let labelled = |message: String| format!("location: {message}");
    Ok(Some(Venue {
        name: Name::truncated(name).map_err(labelled)?,
        address: Address::truncated(&line.join(", ")).map_err(labelled)?,
        city: City::truncated(city).map_err(labelled)?,
        country: country_code(country),
    }))
}

/// The code of a country by its English name or code; empty when we don't know it.
fn country_code(name: &str) -> Country {
    let plain: String = name.chars().filter(|c| !matches!(c, '.')).collect();
    let name = match plain.trim() {
        "Scotland" | "England" | "Wales" | "UK" => "GB",
        "USA" => "US",
        "Korea" | "South Korea" => "KR",
        "Czech Republic" => "CZ",
        "North Macedonia" => "MK",
        "Turkey" => "TR",
        "Russia" => "RU",
        "Vietnam" => "VN",
        "Moldova" => "MD",
        "Taiwan" => "TW",
        other => other,
    };
    let found = rust_iso3166::from_alpha2(name).or_else(|| {
        rust_iso3166::ALL
            .iter()
            .find(|country| {
                country
                    .name
                    .split(['(', ','])
                    .next()
                    .is_some_and(|known| known.trim().eq_ignore_ascii_case(name))
            })
            .copied()
    });
    let long_names = || {
        rust_iso3166::ALL
            .iter()
            .find(|country| {
                country
                    .name
                    .to_lowercase()
                    .starts_with(&name.to_lowercase())
            })
            .copied()
    };
    let found = found.or_else(|| if name.len() > 3 { long_names() } else { None });
    found
        .and_then(|country| Country::parse(country.alpha2).ok())
        .unwrap_or_default()
}

/// A date, a date and time with offset, or one without, which is taken as UTC. The end of a day is the next midnight.
fn moment(text: &str, end: bool) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    if let Ok(at) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S") {
        return Some(at.and_utc());
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let day = if end { day.succ_opt()? } else { day };
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(change: impl FnOnce(&mut Value)) -> Result<Imported, Skipped> {
        let mut event = json!({
            "@type": "Event", "name": "Conf", "url": "https://conf.example", "startDate": "2026-03-01", "endDate": "2026-03-02",
            "keywords": ["rust"], "inLanguage": ["en"],
            "location": {"@type": "Place", "name": "Vienna", "address": {"addressLocality": "Vienna", "addressCountry": "Austria"}},
        });
        change(&mut event);
        read(event.to_string().as_bytes(), OrganisationId::new())
    }

    #[test]
    fn takes_what_is_usable() {
        let event = line(|_| {}).unwrap().input;
        assert_eq!(event.starts_at.to_rfc3339(), "2026-03-01T00:00:00+00:00");
        assert_eq!(event.ends_at.to_rfc3339(), "2026-03-03T00:00:00+00:00");
        assert_eq!(event.venue.unwrap().country.as_str(), "AT");
        assert_eq!(
            line(|event| event["location"] = Value::Null)
                .unwrap()
                .input
                .venue,
            None
        );
    }

    #[test]
    fn names_what_is_not() {
        for (change, reason) in [
            ("name", "name: is missing"),
            ("startDate", "startDate: is missing"),
        ] {
            let skipped = line(|event| event[change] = Value::Null).unwrap_err();
            assert_eq!(skipped.reason, reason);
        }
        assert_eq!(
            line(|event| event["endDate"] = "2025-01-01".into())
                .unwrap_err()
                .reason,
            "ends_at: must not be before starts_at"
        );
        assert_eq!(
            line(|event| event["@type"] = "Person".into())
                .unwrap_err()
                .name
                .as_deref(),
            Some("Conf")
        );
        assert!(
            read(b"{", OrganisationId::new())
                .unwrap_err()
                .reason
                .starts_with("no JSON")
        );
    }
}
