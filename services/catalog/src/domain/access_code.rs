//! What opens a ticket type that is not for everybody.

use std::{borrow::Cow, collections::BTreeMap};

use contracts::TicketTypeId;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::openapi::{
    RefOr,
    schema::{ObjectBuilder, Schema, Type},
};

const MIN: usize = 4;
const MAX: usize = 64;

/// A code as an organiser gives it: 4 to 64 printable characters, without surrounding space. Upper and lower case are the same.
/// Never log it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AccessCode(contracts::AccessCode);

/// The codes of an event, by ticket type.
pub type AccessCodes = BTreeMap<TicketTypeId, AccessCode>;

impl AccessCode {
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if !(MIN..=MAX).contains(&text.chars().count()) {
            return Err(format!("must have {MIN} to {MAX} characters"));
        }
        if !text.chars().all(is_printable) {
            return Err("must have printable characters only".into());
        }
        Ok(Self(contracts::AccessCode::new(text)))
    }

    /// As it travels to Booking.
    pub fn to_contract(&self) -> contracts::AccessCode {
        self.0.clone()
    }
}

/// What can be seen and typed; of all space only the usual one.
fn is_printable(c: char) -> bool {
    let unseen = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c == ' ' || !(c.is_control() || c.is_whitespace() || unseen)
}

impl<'de> Deserialize<'de> for AccessCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for AccessCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Upper and lower case are the same"))
            .min_length(Some(MIN))
            .max_length(Some(MAX))
            .pattern(Some(r"^[^\s\u0000-\u001f\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]{4,64}$"))
            .examples(["FANCLUB-2027"])
            .into()
    }
}

impl utoipa::ToSchema for AccessCode {
    fn name() -> Cow<'static, str> {
        "AccessCode".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_short_printable_and_hidden() {
        let code = AccessCode::parse("  Fan Club Ä1\n").unwrap();
        assert_eq!(code.to_contract().reveal(), "Fan Club Ä1");
        assert!(!format!("{code:?}").contains("Fan"));
        assert!(AccessCode::parse(&"ä".repeat(64)).is_ok());
        for wrong in [
            "",
            "abc",
            "   abc   ",
            &"a".repeat(65),
            "a\tbcd",
            "abc\0d",
            "ab\u{200b}cd",
            "ab\u{a0}cd",
        ] {
            assert!(AccessCode::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
