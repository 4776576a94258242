//! Seats are named by the seating plan's `seat_guid`.

use serde::{Deserialize, Deserializer, Serialize, de};

/// The longest `seat_guid`, in characters.
pub const MAX_SEAT_GUID: usize = 64;

/// A seat's name, unique within its event: 1 to [`MAX_SEAT_GUID`] printable characters, such as `A-12`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct SeatGuid(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a seat_guid has 1 to {MAX_SEAT_GUID} printable characters")]
pub struct InvalidSeatGuid;

impl SeatGuid {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl TryFrom<String> for SeatGuid {
    type Error = InvalidSeatGuid;

    fn try_from(text: String) -> Result<Self, InvalidSeatGuid> {
        let length = text.chars().count();
        if (1..=MAX_SEAT_GUID).contains(&length) && !text.chars().any(char::is_control) {
            Ok(Self(text))
        } else {
            Err(InvalidSeatGuid)
        }
    }
}

impl std::fmt::Display for SeatGuid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SeatGuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .try_into()
            .map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for SeatGuid {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("The seat's seat_guid in the seating plan"))
            .min_length(Some(1))
            .max_length(Some(MAX_SEAT_GUID))
            .pattern(Some(r"^[^\u0000-\u001f\u007f-\u009f]+$"))
            .examples(["A-12"])
            .into()
    }
}

impl utoipa::ToSchema for SeatGuid {}
