//! E-mail addresses.

use serde::{Deserialize, Deserializer, de};

/// The longest address that mail servers take, in bytes (RFC 5321).
pub const MAX_EMAIL: usize = 254;
const MAX_LOCAL: usize = 64;
const MAX_LABEL: usize = 63;

/// An address as its owner typed it, without surrounding space: dot-atoms in ASCII on both sides of the `@`, so that any
/// mail server can be given it. Two that differ in case only are the same account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address such as ben@example.com")]
pub struct InvalidEmail;

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What comes before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

impl std::str::FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(InvalidEmail)?;
        let local_ok = local.len() <= MAX_LOCAL
            && local
                .split('.')
                .all(|atom| !atom.is_empty() && atom.bytes().all(is_atom));
        let domain_ok = domain.split('.').all(|label| {
            (1..=MAX_LABEL).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        if text.len() <= MAX_EMAIL && local_ok && domain_ok {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEmail)
        }
    }
}

/// RFC 5322 `atext`, which is not all that a mailbox could have, but all that is in use.
fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

/// What two addresses of one account have in common. Also for text that is no address, such as a mistyped login.
pub fn fold(email: &str) -> String {
    email.trim().to_lowercase()
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Email {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        const ATOM: &str = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
        const LABEL: &str = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("Compared without case"))
            .max_length(Some(MAX_EMAIL))
            .pattern(Some(format!(r"^{ATOM}(\.{ATOM})*@{LABEL}(\.{LABEL})*$")))
            .examples(["ben@example.com"])
            .into()
    }
}

impl utoipa::ToSchema for Email {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_addresses_that_mail_reaches() {
        for good in [
            "ben@example.com",
            " ben@example.com ",
            "b.e+tickets@mail.example.co.uk",
            "admin@localhost",
            "o'neil@x-y.example",
        ] {
            let email: Email = good.parse().unwrap();
            assert_eq!(email.as_str(), good.trim());
        }
    }

    #[test]
    fn refuses_what_is_none() {
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "", "x", "@", "a@", "@b", "a b@c", "a@b c", ".a@b", "a.@b", "a..b@c", "a@-b", "a@b-",
            "a@b..c", "a@b@c", "ä@b", "a@ä", "a\r\n@b", &long,
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
