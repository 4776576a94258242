//! Types and rules of the catalog; nothing here knows HTTP or SQL.

pub mod access_code;
pub mod event;
pub mod import;
pub mod seating;
pub mod text;
pub mod transition;

/// What is wrong with one field, by its JSON pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub pointer: String,
    pub message: String,
}

impl Fault {
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}
