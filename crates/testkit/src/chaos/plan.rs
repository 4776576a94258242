//! What everybody is going to do, from a seed: a stream of choices for each buyer and one for the killer, so that a seed repeats
//! the same choices whatever the timing.

use std::time::Duration;

use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};

use crate::platform::{Part, Server};

/// Payment methods of the sandbox that a buyer may have, and how often among 100.
const METHODS: &[(&str, u32)] = &[
    (GOOD_CARD, 46),
    ("pm_card_chargeDeclined", 6),
    ("pm_card_authenticationRequired", 14),
    ("pm_sandbox_captureRefused", 5),
    ("pm_sandbox_captureFailsTwice", 4),
    ("pm_sandbox_asyncSuccess", 4),
    ("pm_sandbox_asyncFailure", 3),
    ("pm_sandbox_timeoutAfterCharge", 3),
    ("pm_sandbox_timeoutBeforeCharge", 3),
    ("pm_sandbox_webhooksTwice", 3),
    ("pm_sandbox_webhooksOutOfOrder", 3),
    ("pm_sandbox_webhooksLost", 3),
    ("pm_sandbox_refundLater", 3),
];
pub(super) const GOOD_CARD: &str = "pm_card_visa";

/// Whose choices a stream is.
const KILLER: u64 = u64::MAX;

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Places of general admission.
    Places(u32),
    /// The best seats that are left.
    Best(u32),
    /// Neighbours, by the number of the first.
    Picked { first: usize, count: usize },
}

impl Wish {
    pub(super) fn count(&self) -> u32 {
        match self {
            Self::Places(count) | Self::Best(count) => *count,
            Self::Picked { count, .. } => u32::try_from(*count).unwrap_or(1),
        }
    }
}

/// What a buyer does with a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    Pay(Payment),
    /// Gives it back.
    Release,
    /// Pays and gives it back at the same moment.
    PayAndRelease,
    /// Lets it expire.
    Forget,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Payment {
    pub method: &'static str,
    /// What the buyer says on the provider's page, when asked there.
    pub page: Page,
    /// Whether another card is tried after one that is declined.
    pub again: bool,
    pub then: Then,
}

/// What a buyer does on the provider's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Approve,
    Decline,
    Leave,
}

/// What a buyer does with tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Keep,
    /// Cancels all of them.
    Cancel,
    /// Cancels one.
    CancelOne,
    /// Goes in with one; two gates scan it at once.
    Enter,
}

/// What a buyer does when nothing is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Goes away.
    No,
    /// Takes the offer.
    Take,
    /// Gives the offer back.
    Decline,
    /// Lets the offer expire.
    Forget,
    /// Leaves the list at once.
    Leave,
}

/// One try to get places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    /// The event's number.
    pub event: usize,
    pub wish: Wish,
    pub intent: Intent,
    pub wait: Wait,
    /// Which replica of booking is asked first.
    pub second_replica: bool,
    /// How long the buyer thinks beforehand.
    pub pause: Duration,
}

/// An event as the plan needs to know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventKind {
    /// Numbered seats; 0 for general admission.
    pub seats: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Victim {
    Part(Part),
    Server(Server),
}

impl Victim {
    const ALL: [Self; 10] = [
        Self::Part(Part::Booking),
        Self::Part(Part::SecondBooking),
        Self::Part(Part::Payment),
        Self::Part(Part::Worker),
        Self::Part(Part::Sandbox),
        Self::Part(Part::Catalog),
        Self::Part(Part::Auth),
        Self::Server(Server::PostgreSql),
        Self::Server(Server::Redis),
        Self::Server(Server::RabbitMq),
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Part(part) => part.name(),
            Self::Server(server) => server.name(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kill {
    /// How long after the one before.
    pub pause: Duration,
    pub victim: Victim,
    /// How long it stays away; a server's supervisor decides that itself.
    pub away: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    seed: u64,
}

impl Plan {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    fn stream(self, whose: u64) -> StdRng {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        seed[8..16].copy_from_slice(&whose.to_le_bytes());
        StdRng::from_seed(seed)
    }

    /// A buyer's visits, without end.
    pub(super) fn buyer(
        self,
        number: usize,
        events: Vec<EventKind>,
    ) -> impl Iterator<Item = Visit> + Send + use<> {
        let mut choices = self.stream(number as u64);
        std::iter::repeat_with(move || visit(&mut choices, &events))
    }

    /// The kills, without end: everybody once in each round, in an order that changes.
    pub(super) fn killer(self, every: Duration) -> impl Iterator<Item = Kill> + Send + use<> {
        let mut choices = self.stream(KILLER);
        let mut round = Vec::new();
        std::iter::repeat_with(move || {
            if round.is_empty() {
                round.extend(Victim::ALL);
            }
            let victim = round.swap_remove(choices.random_range(0..round.len()));
            Kill {
                pause: every.mul_f64(choices.random_range(0.5..1.5)),
                victim,
                away: every.mul_f64(choices.random_range(0.0..0.6)),
            }
        })
    }
}

fn visit(choices: &mut StdRng, events: &[EventKind]) -> Visit {
    let event = choices.random_range(0..events.len());
    let seats = events[event].seats;
    let wish = match (seats, choices.random_range(0..2)) {
        (0, _) => Wish::Places(choices.random_range(1..=4)),
        (_, 0) => Wish::Best(choices.random_range(1..=3)),
        _ => {
            let count = choices.random_range(1..=3.min(seats));
            let first = choices.random_range(0..=seats - count);
            Wish::Picked { first, count }
        }
    };
    let payment = Payment {
        method: method(choices),
        page: *[Page::Approve, Page::Approve, Page::Decline, Page::Leave]
            .choose(choices)
            .unwrap_or(&Page::Approve),
        again: choices.random_bool(0.5),
        then: match choices.random_range(0..10) {
            0..3 => Then::Keep,
            3..6 => Then::Cancel,
            6..8 => Then::CancelOne,
            _ => Then::Enter,
        },
    };
    let intent = match choices.random_range(0..20) {
        0..14 => Intent::Pay(payment),
        14..16 => Intent::Release,
        16..17 => Intent::PayAndRelease,
        _ => Intent::Forget,
    };
    let wait = match choices.random_range(0..10) {
        0..3 => Wait::No,
        3..7 => Wait::Take,
        7 => Wait::Decline,
        8 => Wait::Forget,
        _ => Wait::Leave,
    };
    Visit {
        event,
        wish,
        intent,
        wait,
        second_replica: choices.random(),
        pause: Duration::from_millis(choices.random_range(0..200)),
    }
}

fn method(choices: &mut StdRng) -> &'static str {
    let all = METHODS.iter().map(|(_, weight)| weight).sum();
    let mut left = choices.random_range(0..all);
    for (method, weight) in METHODS {
        if left < *weight {
            return method;
        }
        left -= weight;
    }
    GOOD_CARD
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const EVENTS: [EventKind; 2] = [EventKind { seats: 0 }, EventKind { seats: 12 }];

    fn visits(seed: u64, number: usize) -> Vec<Visit> {
        Plan::new(seed)
            .buyer(number, EVENTS.to_vec())
            .take(50)
            .collect()
    }

    #[test]
    fn a_seed_repeats_its_choices_and_another_one_does_not() {
        assert_eq!(visits(7, 1), visits(7, 1));
        assert_ne!(visits(7, 1), visits(8, 1));
        assert_ne!(visits(7, 1), visits(7, 2));
        let kills = |seed| {
            let kills = Plan::new(seed).killer(Duration::from_secs(3));
            kills.take(50).collect::<Vec<_>>()
        };
        assert_eq!(kills(7), kills(7));
        assert_ne!(kills(7), kills(8));
    }

    #[test]
    fn ten_kills_are_one_of_each() {
        let kills = Plan::new(1).killer(Duration::from_secs(3));
        let victims: BTreeSet<_> = kills.take(10).map(|kill| kill.victim).collect();
        assert_eq!(victims.len(), Victim::ALL.len());
    }
}
