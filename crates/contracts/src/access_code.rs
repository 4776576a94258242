//! What opens a ticket type that is not for everybody.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The code of a ticket type that only who knows it can have. Travels from Catalog to Booking; whoever else
/// hears the same messages drops it. Never log it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccessCode(String);

impl AccessCode {
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessCode(hidden)")
    }
}
