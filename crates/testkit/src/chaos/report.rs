//! How it goes, and what came of it, for people.

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Formatter},
    sync::atomic::Ordering,
    time::Duration,
};

use super::{
    journal::{Act, Facts, Journal, Tally},
    watch::Sights,
};
use crate::audit::Finding;

/// Breaches of a rule that are shown; more tell no more.
const SHOWN: usize = 5;

/// How it goes.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub elapsed: Duration,
    pub operations: usize,
    pub kills: usize,
    pub held: usize,
    pub sold: usize,
    /// Requests that had to be sent again.
    pub failures: usize,
    /// Rules that were seen broken.
    pub broken: usize,
}

impl Line {
    pub(super) fn now(elapsed: Duration, journal: &Journal, sights: &Sights) -> Self {
        let failures = journal.failures();
        let facts = journal.facts();
        Self {
            elapsed,
            operations: operations(&facts),
            kills: facts.kills.values().sum(),
            held: sights.held.load(Ordering::Relaxed),
            sold: sights.sold.load(Ordering::Relaxed),
            failures,
            broken: facts.findings.len(),
        }
    }
}

impl Display for Line {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs();
        write!(
            f,
            "{}:{:02}  {} operations · {} kills · {} held, {} sold · {} requests sent again",
            seconds / 60,
            seconds % 60,
            self.operations,
            self.kills,
            self.held,
            self.sold,
            self.failures
        )?;
        if self.broken > 0 {
            write!(f, " · {} RULES BROKEN", self.broken)?;
        }
        Ok(())
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    pub line: Line,
    /// By the name of what was asked.
    pub operations: Vec<(&'static str, Tally)>,
    /// By the name of the victim.
    pub kills: Vec<(&'static str, usize)>,
    pub looks: usize,
    pub blind: usize,
    pub answers: usize,
    pub offers: usize,
    pub confirmed: usize,
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(line: Line, facts: &Facts, sights: &Sights, findings: Vec<Finding>) -> Self {
        let tallies = facts.tallies.iter();
        let kills = facts.kills.iter();
        Self {
            line,
            operations: tallies
                .map(|(act, tally)| (act.name(), tally.clone()))
                .collect(),
            kills: kills
                .map(|(victim, count)| (victim.name(), *count))
                .collect(),
            looks: sights.looks.load(Ordering::Relaxed),
            blind: sights.blind.load(Ordering::Relaxed),
            answers: sights.answers.load(Ordering::Relaxed),
            offers: facts.offers.len(),
            confirmed: facts.confirmed.len(),
            findings,
        }
    }

    /// What breaks a rule, over all rules.
    pub fn violations(&self) -> usize {
        self.findings
            .iter()
            .map(|finding| finding.breaches.len())
            .sum()
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "  {:<22} {:>12} {:>8} {:>8}",
            "operation", "acknowledged", "refused", "given up"
        )?;
        for (name, tally) in &self.operations {
            let codes = codes(&tally.codes);
            writeln!(
                f,
                "  {name:<22} {:>12} {:>8} {:>8}{codes}",
                tally.acknowledged, tally.refused, tally.given_up
            )?;
        }
        let kills: Vec<_> = self
            .kills
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        writeln!(f, "\n  {} kills: {}", self.line.kills, kills.join(" · "))?;
        writeln!(
            f,
            "  looks at the stock: {} by SQL ({} of them cut off by a kill), {} by the API",
            self.looks, self.blind, self.answers
        )?;
        writeln!(
            f,
            "  {} bookings seen confirmed, {} offers from waiting lists\n",
            self.confirmed, self.offers
        )?;
        for finding in &self.findings {
            let mark = if finding.holds() { '✓' } else { '✗' };
            write!(f, "  {mark} {}", finding.rule)?;
            if !finding.holds() {
                write!(f, ": {}", finding.breaches.len())?;
            }
            writeln!(f)?;
            for breach in finding.breaches.iter().take(SHOWN) {
                writeln!(f, "      {breach}")?;
            }
        }
        Ok(())
    }
}

/// All that was asked for; reading changes nothing and does not count.
fn operations(facts: &Facts) -> usize {
    facts
        .tallies
        .iter()
        .filter(|(act, _)| **act != Act::Read)
        .map(|(_, tally)| tally.acknowledged + tally.refused + tally.given_up)
        .sum()
}

fn codes(codes: &BTreeMap<String, usize>) -> String {
    if codes.is_empty() {
        return String::new();
    }
    let codes: Vec<_> = codes
        .iter()
        .map(|(code, count)| format!("{code} {count}"))
        .collect();
    format!("  {}", codes.join(", "))
}
