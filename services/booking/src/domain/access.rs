//! Ticket types that only who knows their access code may have.

use std::fmt;

use aws_lc_rs::constant_time;
use contracts::{AccessCode, EventSnapshot, TicketTypeId, TicketTypeSnapshot};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Refusal;

/// What somebody gave as an access code. It may be one: never log it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GivenCode(String);

impl GivenCode {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Whether it is that code, in upper or lower case. Takes as long however much of it is right.
    fn is(&self, code: &AccessCode) -> bool {
        let (given, code) = (digest(&self.0), digest(code.reveal()));
        constant_time::verify_slices_are_equal(&given, &code).is_ok()
    }
}

impl fmt::Debug for GivenCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenCode(hidden)")
    }
}

fn digest(code: &str) -> [u8; 32] {
    Sha256::digest(code.trim().to_lowercase()).into()
}

/// The ticket types of an event that a request may not have, each with the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closed(Vec<(TicketTypeId, Refusal)>);

impl Closed {
    /// What `given` does not open.
    pub fn to(given: Option<&GivenCode>, event: &EventSnapshot) -> Self {
        let given = given.filter(|given| !given.is_empty());
        let closed = |kind| refusal(kind, given).map(|refusal| (kind.id, refusal));
        Self(event.ticket_types.iter().filter_map(closed).collect())
    }

    /// Refuses a ticket type that is closed.
    pub fn check(&self, id: TicketTypeId) -> Result<(), Refusal> {
        match self.0.iter().find(|(closed, _)| *closed == id) {
            Some((_, refusal)) => Err(refusal.clone()),
            None => Ok(()),
        }
    }
}

fn refusal(kind: &TicketTypeSnapshot, given: Option<&GivenCode>) -> Option<Refusal> {
    if !kind.access_code_required && kind.access_code.is_none() {
        return None;
    }
    match (given, &kind.access_code) {
        (None, _) => Some(Refusal::AccessCodeRequired(kind.id)),
        (Some(_), None) => Some(Refusal::AccessCodeNotHeard),
        (Some(given), Some(code)) if given.is(code) => None,
        (Some(_), Some(_)) => Some(Refusal::AccessCodeWrong(kind.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_surrounding_space_make_no_difference() {
        let code = AccessCode::new("Fan Club Ä1");
        for right in ["Fan Club Ä1", "fan club ä1", " FAN CLUB Ä1\n"] {
            assert!(GivenCode::new(right).is(&code), "{right:?}");
        }
        for wrong in ["", "Fan", "Fan Club Ä12", "FanClub Ä1"] {
            assert!(!GivenCode::new(wrong).is(&code), "{wrong:?}");
        }
        assert!(!format!("{:?}", GivenCode::new("Moonlight")).contains("Moonlight"));
    }
}
