//! What was acknowledged, and what nobody should ever have been told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use contracts::{BookingId, PaymentId};
use uuid::Uuid;

use super::plan::Victim;
use crate::{
    audit::{Finding, merge},
    platform::Answer,
};

/// What people ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    Hold,
    Checkout,
    Pay,
    Confirm,
    Release,
    Cancel,
    Join,
    Leave,
    CheckIn,
    UndoCheckIn,
    Read,
}

impl Act {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Checkout => "checkout, free",
            Self::Pay => "pay",
            Self::Confirm => "provider's page",
            Self::Release => "release",
            Self::Cancel => "cancel, refund",
            Self::Join => "waiting list: join",
            Self::Leave => "waiting list: leave",
            Self::CheckIn => "check in",
            Self::UndoCheckIn => "undo check-in",
            Self::Read => "read",
        }
    }

    /// Statuses that a request which is in order may be refused with.
    const fn refusals(self) -> &'static [u16] {
        match self {
            Self::Checkout | Self::Release | Self::Cancel => &[409, 410],
            Self::Pay => &[402, 409, 410],
            Self::Hold | Self::Join | Self::Confirm | Self::UndoCheckIn => &[409],
            Self::Leave | Self::CheckIn | Self::Read => &[],
        }
    }
}

/// How often something was asked, by its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub acknowledged: usize,
    pub refused: usize,
    pub given_up: usize,
    /// Refusals by their code.
    pub codes: BTreeMap<String, usize>,
}

/// What is known to have happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub tallies: BTreeMap<Act, Tally>,
    pub kills: BTreeMap<Victim, usize>,
    /// By the number of the buyer.
    pub holds: BTreeMap<BookingId, Uuid>,
    pub payments: BTreeSet<PaymentId>,
    /// Seen confirmed by their buyer.
    pub confirmed: BTreeSet<BookingId>,
    pub released: BTreeSet<BookingId>,
    pub cancelled: BTreeSet<BookingId>,
    /// By their buyer or, as a gate was told, by the bank.
    pub cancelled_tickets: BTreeSet<Uuid>,
    pub joined: BTreeSet<Uuid>,
    /// Whether the last word about a ticket was that its owner is in.
    pub inside: BTreeMap<Uuid, bool>,
    /// Offers of the waiting list that were seen.
    pub offers: BTreeSet<BookingId>,
    /// What was seen broken meanwhile.
    pub findings: Vec<Finding>,
}

#[derive(Debug, Default)]
pub(super) struct Journal {
    facts: Mutex<Facts>,
    /// Requests that came to nothing and were sent again.
    pub(super) failures: AtomicUsize,
}

impl Journal {
    pub(super) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how a request ended: the answer is handed on when it is a success.
    pub(super) fn note(&self, act: Act, answer: anyhow::Result<Answer>) -> Noted {
        let mut facts = self.facts();
        let tally = facts.tallies.entry(act).or_default();
        let Ok(answer) = answer else {
            tally.given_up += 1;
            return Noted::GivenUp;
        };
        if answer.status.is_success() {
            tally.acknowledged += 1;
            return Noted::Acknowledged(answer);
        }
        tally.refused += 1;
        *tally.codes.entry(answer.code().to_owned()).or_default() += 1;
        if !act.refusals().contains(&answer.status.as_u16()) {
            let breach = format!("{}: {} {}", act.name(), answer.status, answer.body);
            let rule = "no request that is in order is refused as wrong";
            merge(&mut facts.findings, Finding::new(rule, vec![breach]));
        }
        Noted::Refused(answer)
    }

    /// Notes what must not be.
    pub(super) fn breach(&self, rule: &'static str, breach: String) {
        merge(&mut self.facts().findings, Finding::new(rule, vec![breach]));
    }

    pub(super) fn killed(&self, victim: Victim) {
        *self.facts().kills.entry(victim).or_default() += 1;
    }

    pub(super) fn failures(&self) -> usize {
        self.failures.load(Ordering::Relaxed)
    }
}

/// How a request ended.
#[derive(Clone, Debug)]
pub(super) enum Noted {
    Acknowledged(Answer),
    Refused(Answer),
    /// There was no answer in time.
    GivenUp,
}

impl Noted {
    pub(super) fn acknowledged(self) -> Option<Answer> {
        match self {
            Self::Acknowledged(answer) => Some(answer),
            _ => None,
        }
    }
}
