//! What traces cost a hold: the same load at replicas of booking that differ in nothing else, one after the other, several times.

use anyhow::Result;

use super::{
    Bench,
    holds::{CAPACITY, Measured, USUAL_CONNECTIONS},
    replica::{Replica, control},
    wishes::Wishes,
};
use crate::{
    number::as_f64,
    report::{Figure, Limit},
};

/// Each way is measured so often, all of them in turn: the machine may be another's for a while.
const ROUNDS: usize = 3;

/// A way to run booking, and the runit service that runs it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Without,
    Sampled,
    Unheard,
    All,
}

impl Way {
    const EACH: [Self; 4] = [Self::Without, Self::Sampled, Self::Unheard, Self::All];

    fn service(self) -> &'static str {
        match self {
            Self::Without => "booking2",
            Self::Sampled => "sampled",
            Self::Unheard => "unheard",
            Self::All => "traced",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Without => "no traces",
            Self::Sampled => "10 % of the traces",
            Self::Unheard => "10 %, the collector is away",
            Self::All => "all traces",
        }
    }

    /// "Nothing measurable" is a twentieth: two runs of the same differ by as much.
    fn limit(self) -> Option<Limit> {
        matches!(self, Self::Sampled | Self::Unheard).then_some(Limit::AtLeast(95.0))
    }
}

/// What one load told.
#[derive(Clone, Copy, Debug)]
struct Taken {
    /// Holds a second.
    rate: f64,
    /// Of a hold, in milliseconds.
    p99: f64,
    /// CPU time that booking took for each hold, in microseconds.
    each: f64,
}

pub(super) async fn run(bench: &mut Bench) -> Result<()> {
    let collector = bench.place.services_dir.join("collector");
    control(&collector, "up").await?;
    let taken = rounds(bench).await;
    control(&collector, "down").await?;
    let taken = taken?;
    let of = |way: Way, what: fn(&Taken) -> f64| {
        let mut values: Vec<f64> = taken
            .iter()
            .filter(|(of, _)| *of == way)
            .map(|(_, taken)| what(taken))
            .collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let rate: fn(&Taken) -> f64 = |taken| taken.rate;
    for way in Way::EACH {
        let name = format!(
            "holds of one event, {USUAL_CONNECTIONS} connections, {}",
            way.words()
        );
        let figure = Figure::new("traces", name, of(way, rate), "/s");
        let all: Vec<_> = taken
            .iter()
            .filter(|(of, _)| *of == way)
            .map(|(_, taken)| format!("{:.0}", taken.rate))
            .collect();
        bench.add(figure.detail(format!(
            "the middle of {}; p99 {:.1} ms; booking's CPU for a hold {:.0} us",
            all.join(", "),
            of(way, |taken| taken.p99),
            of(way, |taken| taken.each)
        )))?;
        if way == Way::Without {
            continue;
        }
        let share = of(way, rate) / of(Way::Without, rate) * 100.0;
        let name = format!("{}: of what it is without", way.words());
        let mut figure = Figure::new("traces", name, share, "%");
        if let Some(limit) = way.limit() {
            figure = figure.limit(limit);
        }
        bench.add(figure)?;
    }
    Ok(())
}

async fn rounds(bench: &mut Bench) -> Result<Vec<(Way, Taken)>> {
    let rounds = if bench.scale.quick { 1 } else { ROUNDS };
    let mut taken = Vec::new();
    for _ in 0..rounds {
        for way in Way::EACH {
            let replica = Replica::start(bench, way.service()).await?;
            let wishes = Wishes::general(bench.organiser.open_sale(CAPACITY).await?);
            let address = bench.place.second_booking_url;
            let measured = bench
                .measure_holds_at(address, USUAL_CONNECTIONS, &wishes, false)
                .await;
            replica.stop().await?;
            taken.push((way, take(way, &measured?)));
        }
    }
    Ok(taken)
}

fn take(way: Way, measured: &Measured) -> Taken {
    let cpu = measured.usage.cpu.get(way.service());
    let held = measured.tally.accepted.len().max(1);
    Taken {
        rate: measured.tally.rate(),
        p99: measured.tally.millis(0.99),
        each: cpu.map_or(0.0, |cpu| cpu.as_secs_f64() * 1e6 / as_f64(held)),
    }
}
