//! A payment's states, and what follows from what the provider says.

use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

/// Where a payment stands. What was refunded is an amount beside it, not a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaymentStatus)]
pub enum Status {
    /// The provider has been asked, or is about to be; its answer is not known yet.
    Created,
    /// The buyer has to confirm at `next_action.url`.
    RequiresAction,
    /// The money is reserved and taken as soon as the booking is confirmed.
    Authorised,
    /// The money is taken; there is a receipt.
    Captured,
    /// Nothing was taken, and nothing will be.
    Failed,
    /// The reserved money was let go, for the booking could not be confirmed.
    Voided,
}

impl Status {
    pub const ALL: [Self; 6] = [
        Self::Created,
        Self::RequiresAction,
        Self::Authorised,
        Self::Captured,
        Self::Failed,
        Self::Voided,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::RequiresAction => "requires_action",
            Self::Authorised => "authorised",
            Self::Captured => "captured",
            Self::Failed => "failed",
            Self::Voided => "voided",
        }
    }

    /// Whether a payment may go from this state to `next`.
    pub const fn can_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (
                Self::Created,
                Self::RequiresAction | Self::Authorised | Self::Failed
            ) | (Self::RequiresAction, Self::Authorised | Self::Failed)
                | (
                    Self::Authorised,
                    Self::Captured | Self::Voided | Self::Failed
                )
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such state")]
pub struct UnknownStatus;

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownStatus)
    }
}

/// Why a payment or refund came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Stable, for programs, such as `insufficient_funds`.
    pub code: String,
    /// For the buyer.
    pub message: String,
}

impl Failure {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }

    /// Money that was reserved is no longer there when it is to be taken.
    pub fn authorisation_lost() -> Self {
        Self::new(
            "authorisation_lost",
            "The payment provider let the reserved amount go. No money was taken.",
        )
    }

    pub fn cancelled() -> Self {
        Self::new(
            "cancelled",
            "The payment was cancelled. No money was taken.",
        )
    }

    /// Nobody confirmed the payment before the hold ended.
    pub fn timed_out() -> Self {
        Self::new(
            "timed_out",
            "The payment was not confirmed in time. No money was taken.",
        )
    }

    pub fn provider_unavailable() -> Self {
        Self::new(
            "provider_unavailable",
            "The payment provider could not be reached. No money was taken.",
        )
    }

    /// The provider names another amount than we asked for.
    pub fn amount_mismatch() -> Self {
        Self::new(
            "amount_mismatch",
            "The payment provider reserved a wrong amount. It is being let go.",
        )
    }
}

/// What the provider says about a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderState {
    /// It can't say yet.
    Processing,
    /// The buyer has to confirm at this address.
    RequiresAction(String),
    Authorised,
    Captured,
    Failed(Failure),
    /// Voided, by us or by the provider.
    Cancelled,
}

/// What we have decided to do with an authorised payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Capture,
    Void,
}

/// What is to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing new.
    Stay,
    RequireAction(String),
    Authorise,
    Capture,
    Void,
    Fail {
        failure: Failure,
        /// Whether Booking may have confirmed already and has to cancel.
        after_authorisation: bool,
    },
    /// Money is reserved for a payment that has ended: it has to be let go.
    GiveBack,
}

/// What follows for a payment in `status`, about which `decision` was made, when the provider says `state`.
///
/// News may be old or come twice: whatever does not lead forward changes nothing.
pub fn step(status: Status, decision: Option<Decision>, state: &ProviderState) -> Step {
    match (status, state) {
        (Status::Created | Status::RequiresAction, ProviderState::RequiresAction(url)) => {
            if status == Status::Created {
                Step::RequireAction(url.clone())
            } else {
                Step::Stay
            }
        }
        // Captured: by a capture that is yet to be decided on here; it will find it done.
        (
            Status::Created | Status::RequiresAction,
            ProviderState::Authorised | ProviderState::Captured,
        ) => Step::Authorise,
        (Status::Created | Status::RequiresAction, ProviderState::Failed(failure)) => Step::Fail {
            failure: failure.clone(),
            after_authorisation: false,
        },
        (Status::Created | Status::RequiresAction, ProviderState::Cancelled) => Step::Fail {
            failure: Failure::cancelled(),
            after_authorisation: false,
        },
        (Status::Authorised, ProviderState::Captured) if decision == Some(Decision::Capture) => {
            Step::Capture
        }
        (Status::Authorised, ProviderState::Cancelled | ProviderState::Failed(_))
            if decision == Some(Decision::Void) =>
        {
            Step::Void
        }
        (Status::Authorised, ProviderState::Cancelled) => Step::Fail {
            failure: Failure::authorisation_lost(),
            after_authorisation: true,
        },
        (Status::Authorised, ProviderState::Failed(failure)) => Step::Fail {
            failure: failure.clone(),
            after_authorisation: true,
        },
        (Status::Failed | Status::Voided, ProviderState::Authorised)
            if decision != Some(Decision::Void) =>
        {
            Step::GiveBack
        }
        _ => Step::Stay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states() -> [ProviderState; 6] {
        [
            ProviderState::Processing,
            ProviderState::RequiresAction("https://bank.example/1".into()),
            ProviderState::Authorised,
            ProviderState::Captured,
            ProviderState::Failed(Failure::new("card_declined", "Declined.")),
            ProviderState::Cancelled,
        ]
    }

    fn result(step: &Step) -> Option<Status> {
        match step {
            Step::Stay | Step::GiveBack => None,
            Step::RequireAction(_) => Some(Status::RequiresAction),
            Step::Authorise => Some(Status::Authorised),
            Step::Capture => Some(Status::Captured),
            Step::Void => Some(Status::Voided),
            Step::Fail { .. } => Some(Status::Failed),
        }
    }

    #[test]
    fn every_step_is_a_legal_transition() {
        for status in Status::ALL {
            for decision in [None, Some(Decision::Capture), Some(Decision::Void)] {
                for state in states() {
                    let step = step(status, decision, &state);
                    if let Some(next) = result(&step) {
                        assert!(status.can_become(next), "{status:?} {decision:?} {state:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn news_that_comes_twice_changes_nothing_the_second_time() {
        for status in Status::ALL {
            for decision in [None, Some(Decision::Capture), Some(Decision::Void)] {
                for state in states() {
                    let Some(next) = result(&step(status, decision, &state)) else {
                        continue;
                    };
                    // An authorisation that is found captured waits for Booking's word.
                    if next == Status::Authorised {
                        assert_eq!(step(next, None, &ProviderState::Authorised), Step::Stay);
                    } else {
                        assert_eq!(step(next, decision, &state), Step::Stay);
                    }
                }
            }
        }
    }

    #[test]
    fn what_has_ended_stays_ended() {
        for status in [Status::Captured, Status::Failed, Status::Voided] {
            for next in Status::ALL {
                assert!(!status.can_become(next), "{status:?} {next:?}");
            }
        }
    }

    #[test]
    fn money_reserved_for_an_ended_payment_is_let_go_once() {
        for status in [Status::Failed, Status::Voided] {
            let found = |decision| step(status, decision, &ProviderState::Authorised);
            assert_eq!(found(None), Step::GiveBack);
            assert_eq!(found(Some(Decision::Capture)), Step::GiveBack);
            assert_eq!(found(Some(Decision::Void)), Step::Stay);
        }
    }

    #[test]
    fn an_authorisation_that_vanishes_makes_booking_cancel() {
        for decision in [None, Some(Decision::Capture)] {
            let Step::Fail {
                failure,
                after_authorisation,
            } = step(Status::Authorised, decision, &ProviderState::Cancelled)
            else {
                panic!("it must fail");
            };
            assert!(after_authorisation);
            assert_eq!(failure.code, "authorisation_lost");
        }
    }

    #[test]
    fn names_are_read_back() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        assert_eq!("paid".parse::<Status>(), Err(UnknownStatus));
    }
}
