//! What a person is called.

use serde::{Deserialize, Deserializer, de};

/// The longest name, in characters.
pub const MAX_NAME: usize = 100;

/// 1 to [`MAX_NAME`] characters without surrounding space, none of them a control character: it goes into mail headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {MAX_NAME} characters, none of them a control character")]
pub struct InvalidName;

impl Name {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        let length = text.chars().count();
        if (1..=MAX_NAME).contains(&length) && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName)
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Name {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some(
                "Surrounding space is dropped; control characters are refused",
            ))
            .min_length(Some(1))
            .max_length(Some(MAX_NAME))
            .pattern(Some(r"^[^\u0000-\u001f\u007f-\u009f]*$"))
            .examples(["Ben Barker"])
            .into()
    }
}

impl utoipa::ToSchema for Name {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_to_a_hundred_characters() {
        assert_eq!(" Zoë ".parse::<Name>().unwrap().as_str(), "Zoë");
        for bad in ["", " ", "a\nb", &"ä".repeat(101)] {
            assert!(bad.parse::<Name>().is_err(), "{bad}");
        }
        assert!("ä".repeat(100).parse::<Name>().is_ok());
    }
}
