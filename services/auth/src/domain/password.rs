//! Passwords as people type them. They are never logged, and kept only as hashes.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de};

pub const MIN_CHARS: usize = 8;
pub const MAX_CHARS: usize = 128;
pub const MAX_BYTES: usize = 512;

/// A password that may be set: [`MIN_CHARS`] to [`MAX_CHARS`] characters, at most [`MAX_BYTES`] bytes.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have {MIN_CHARS} to {MAX_CHARS} characters and at most {MAX_BYTES} bytes")]
pub struct InvalidPassword;

impl Password {
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl TryFrom<SecretString> for Password {
    type Error = InvalidPassword;

    fn try_from(secret: SecretString) -> Result<Self, InvalidPassword> {
        let text = secret.expose_secret();
        let fits =
            (MIN_CHARS..=MAX_CHARS).contains(&text.chars().count()) && text.len() <= MAX_BYTES;
        if fits {
            Ok(Self(secret))
        } else {
            Err(InvalidPassword)
        }
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SecretString::deserialize(deserializer)?
            .try_into()
            .map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Password {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("At most 512 bytes in UTF-8"))
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Password,
            )))
            .min_length(Some(MIN_CHARS))
            .max_length(Some(MAX_CHARS))
            .examples(["correct horse battery staple"])
            .into()
    }
}

impl utoipa::ToSchema for Password {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_bounded_in_characters_and_bytes() {
        let valid = |text: &str| Password::try_from(SecretString::from(text)).is_ok();
        assert!(valid("12345678") && valid(&"ä".repeat(128)) && valid(&"🎫".repeat(128)));
        assert!(!valid("1234567") && !valid(&"a".repeat(129)));
    }
}
