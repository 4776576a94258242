//! Texts with a bound, URLs, and country codes.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::openapi::{
    RefOr,
    schema::{ObjectBuilder, Schema, Type},
};

/// Text of `MIN` to `MAX` characters, without surrounding space and without control characters but line breaks and tabs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

pub type Title = Text<1, 200>;
pub type Description = Text<0, 20_000>;
/// A category, a tag, a name of a ticket type or a seating category.
pub type Label = Text<1, 50>;
pub type Name = Text<1, 200>;
pub type Address = Text<0, 300>;
pub type City = Text<0, 100>;
pub type Reason = Text<0, 1_000>;

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let length = text.chars().count();
        if !(MIN..=MAX).contains(&length) {
            return Err(format!("must have {MIN} to {MAX} characters"));
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            return Err("must not contain control characters".into());
        }
        Ok(Self(text.to_owned()))
    }

    /// The beginning of a text that may be too long.
    pub fn truncated(text: &str) -> Result<Self, String> {
        let clean: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(MAX)
            .collect();
        Self::parse(&clean)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize> utoipa::PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(MAX));
        if MIN == 0 {
            return schema
                .pattern(Some(
                    r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$",
                ))
                .into();
        }
        // Surrounding space is dropped, so something else must be there.
        schema
            .min_length(Some(MIN))
            .pattern(Some(r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"))
            .into()
    }
}

impl<const MIN: usize, const MAX: usize> utoipa::ToSchema for Text<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Text{MIN}To{MAX}").into()
    }
}

/// An absolute http(s) URL of at most 2,000 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct WebUrl(String);

impl WebUrl {
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "must be an http(s) URL of at most 2000 characters".to_owned();
        if text.len() > 2_000 || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(wrong());
        }
        match reqwest::Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(wrong()),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for WebUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for WebUrl {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(2_000))
            .pattern(Some(
                "^https?://[a-z0-9.-]+(:[0-9]{1,4})?(/[A-Za-z0-9._~/-]*)?$",
            ))
            .examples(["https://example.com/picture.jpg"])
            .into()
    }
}

impl utoipa::ToSchema for WebUrl {}

/// ISO 3166-1 alpha-2, upper case; empty when the country is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Country(String);

impl Country {
    pub fn parse(text: &str) -> Result<Self, String> {
        if matches!(text.len(), 0 | 2) && text.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be two upper-case letters (ISO 3166-1 alpha-2)".into())
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Country {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^([A-Z]{2})?$"))
            .examples(["AT"])
            .into()
    }
}

impl utoipa::ToSchema for Country {}

/// An IANA time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(chrono_tz::Tz);

impl TimeZone {
    pub const UTC: Self = Self(chrono_tz::UTC);

    pub fn parse(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| "must be an IANA time zone such as Europe/Vienna".into())
    }

    pub fn as_str(self) -> &'static str {
        self.0.name()
    }

    pub fn tz(self) -> chrono_tz::Tz {
        self.0
    }
}

impl Serialize for TimeZone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for TimeZone {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("IANA time zone"))
            .max_length(Some(50))
            .examples(["Europe/Vienna"])
            .into()
    }
}

impl utoipa::ToSchema for TimeZone {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_bounds() {
        assert_eq!(Label::parse(" music ").unwrap().as_str(), "music");
        for wrong in ["", "  ", &"a".repeat(51), "a\0b", "a\u{7f}"] {
            assert!(Label::parse(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(
            Label::truncated(&"ä".repeat(99))
                .unwrap()
                .as_str()
                .chars()
                .count(),
            50
        );
    }

    #[test]
    fn urls_are_absolute_and_of_the_web() {
        assert!(WebUrl::parse("https://example.com/a?b=c").is_ok());
        for wrong in [
            "",
            "/a",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://",
            "https://a b",
        ] {
            assert!(WebUrl::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
