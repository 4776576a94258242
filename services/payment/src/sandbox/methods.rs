//! The payment methods that the sandbox knows, and how each of them goes.

use std::time::Duration;

/// How long an asynchronous result takes.
pub(super) const RESULT_AFTER: Duration = Duration::from_secs(1);
/// How long an answer is held back: longer than any client waits.
pub(super) const HELD_BACK: Duration = Duration::from_secs(12);
/// How late a late webhook is.
pub(super) const LATE: Duration = Duration::from_secs(4);

/// What authorising comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authorising {
    Succeeds,
    Declines(&'static Decline),
    /// The buyer has to approve on the sandbox's page.
    AsksBuyer,
    /// Known only [`RESULT_AFTER`].
    Later(Option<&'static Decline>),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decline {
    pub(super) code: &'static str,
    pub(super) message: &'static str,
}

pub(super) const DECLINED: Decline = Decline {
    code: "generic_decline",
    message: "Your card was declined.",
};
const INSUFFICIENT_FUNDS: Decline = Decline {
    code: "insufficient_funds",
    message: "Your card has insufficient funds.",
};
pub(super) const NOT_APPROVED: Decline = Decline {
    code: "authentication_failed",
    message: "You did not approve the payment.",
};

/// What happens to the answers of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answering {
    AtOnce,
    /// The call works, but its answer comes too late.
    AfterTooLong,
    /// The first call does nothing and is not answered in time; its repeat works.
    OnlyRepeats,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capturing {
    Succeeds,
    Refused,
    /// Answers 500 twice.
    FailsTwice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refunding {
    Succeeds,
    Refused,
    /// Known only [`RESULT_AFTER`].
    Later,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Webhooks {
    Once,
    Twice,
    /// [`LATE`].
    Late,
    /// The older an event, the later it comes.
    Backwards,
    /// Never.
    Lost,
}

#[derive(Debug)]
pub(super) struct Method {
    pub(super) name: &'static str,
    /// For people.
    pub(super) about: &'static str,
    pub(super) authorising: Authorising,
    pub(super) answering: Answering,
    pub(super) capturing: Capturing,
    pub(super) refunding: Refunding,
    pub(super) webhooks: Webhooks,
}

const fn method(name: &'static str, about: &'static str) -> Method {
    Method {
        name,
        about,
        authorising: Authorising::Succeeds,
        answering: Answering::AtOnce,
        capturing: Capturing::Succeeds,
        refunding: Refunding::Succeeds,
        webhooks: Webhooks::Once,
    }
}

/// Stripe's names for what Stripe has a name for, then our own.
pub(super) const METHODS: &[Method] = &[
    method("pm_card_visa", "Succeeds."),
    Method {
        authorising: Authorising::Declines(&DECLINED),
        ..method("pm_card_chargeDeclined", "Is declined.")
    },
    Method {
        authorising: Authorising::Declines(&INSUFFICIENT_FUNDS),
        ..method(
            "pm_card_chargeDeclinedInsufficientFunds",
            "Is declined: insufficient funds.",
        )
    },
    Method {
        authorising: Authorising::AsksBuyer,
        ..method(
            "pm_card_authenticationRequired",
            "The buyer approves or declines on the provider's page.",
        )
    },
    Method {
        authorising: Authorising::Later(None),
        ..method(
            "pm_sandbox_asyncSuccess",
            "Succeeds a second later; only a webhook tells.",
        )
    },
    Method {
        authorising: Authorising::Later(Some(&DECLINED)),
        ..method(
            "pm_sandbox_asyncFailure",
            "Is declined a second later; only a webhook tells.",
        )
    },
    Method {
        answering: Answering::AfterTooLong,
        ..method(
            "pm_sandbox_timeoutAfterCharge",
            "Goes through, but no call is answered in time.",
        )
    },
    Method {
        answering: Answering::OnlyRepeats,
        ..method(
            "pm_sandbox_timeoutBeforeCharge",
            "The first call is lost; its repeat works.",
        )
    },
    Method {
        webhooks: Webhooks::Twice,
        ..method("pm_sandbox_webhooksTwice", "Every webhook comes twice.")
    },
    Method {
        webhooks: Webhooks::Late,
        ..method("pm_sandbox_webhooksLate", "Every webhook comes late.")
    },
    Method {
        webhooks: Webhooks::Backwards,
        ..method(
            "pm_sandbox_webhooksOutOfOrder",
            "Webhooks come in the wrong order.",
        )
    },
    Method {
        authorising: Authorising::Later(None),
        webhooks: Webhooks::Lost,
        ..method(
            "pm_sandbox_webhooksLost",
            "Succeeds a second later, and nothing tells: one has to ask.",
        )
    },
    Method {
        capturing: Capturing::Refused,
        ..method(
            "pm_sandbox_captureRefused",
            "Is authorised, but the capture is refused for good.",
        )
    },
    Method {
        capturing: Capturing::FailsTwice,
        ..method(
            "pm_sandbox_captureFailsTwice",
            "The capture fails twice before it works.",
        )
    },
    Method {
        refunding: Refunding::Refused,
        ..method("pm_sandbox_refundRefused", "Refunds are refused.")
    },
    Method {
        refunding: Refunding::Later,
        ..method("pm_sandbox_refundLater", "Refunds succeed a second later.")
    },
];

pub(super) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}
