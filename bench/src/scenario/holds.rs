//! `POST /bookings`, straight to booking, each request by a buyer of its own.

use std::{fmt::Write as _, net::SocketAddr, rc::Rc};

use anyhow::Result;

use super::{Bench, Maximum, wishes::Wishes};
use crate::{
    http::render,
    load::{Load, Pace, Supply, Tally},
    meter::{Usage, Watch},
    number::{as_f64, whole},
    report::{Figure, Limit},
};

const CONNECTIONS: [usize; 3] = [8, 64, 256];
/// Where one number of connections must do.
pub(super) const USUAL_CONNECTIONS: usize = 64;
/// Requests for the warm-up, and to learn the rate from.
const FIRST: usize = 4_000;
/// More requests are minted than the first rate foretells: it was measured cold.
const RESERVE: f64 = 2.0;
/// They lie in memory, a kilobyte each.
pub(super) const MOST_REQUESTS: usize = 400_000;
pub(super) const CAPACITY: u32 = 1_000_000;
/// Of each of many events.
const SMALL_CAPACITY: u32 = 50_000;

/// One measurement.
#[derive(Debug)]
pub(super) struct Measured {
    pub tally: Tally,
    pub usage: Usage,
    /// Messages that booking has not sent yet when the load ends.
    pub unsent_messages: u64,
}

impl Measured {
    /// Successes a second, with what they took.
    pub(super) fn figure(&self, scenario: &'static str, name: impl Into<String>) -> Figure {
        let mut figure = Figure::new(scenario, name, self.tally.rate(), "/s")
            .detail(self.detail())
            .measure("p50_ms", self.tally.millis(0.5))
            .measure("p99_ms", self.tally.millis(0.99))
            .measure("per_cpu_second", self.per_cpu_second())
            .measure("unsent_messages", as_f64(self.unsent_messages));
        for (part, cores) in self.usage.cores() {
            figure = figure.measure(format!("cores_{part}"), cores);
        }
        figure
    }

    pub(super) fn detail(&self) -> String {
        let mut detail = format!(
            "p50 {:.1} ms, p99 {:.1} ms; cores: {}",
            self.tally.millis(0.5),
            self.tally.millis(0.99),
            self.usage.words()
        );
        if self.unsent_messages > 0 {
            let _ = write!(detail, "; {} messages to send", self.unsent_messages);
        }
        let troubles = self.tally.troubles();
        if !troubles.is_empty() {
            detail.push_str("; ");
            detail.push_str(&troubles);
        }
        detail
    }

    /// Successes for each second of CPU time that the system took, late ones too: it worked for them.
    pub(super) fn per_cpu_second(&self) -> f64 {
        as_f64(self.tally.accepted.len()) / self.usage.system_seconds().max(f64::EPSILON)
    }

    fn as_maximum(&self, connections: usize) -> Maximum {
        Maximum {
            per_second: self.tally.rate(),
            connections,
            per_cpu_second: self.per_cpu_second(),
        }
    }
}

impl Bench {
    /// Rendered holds of new buyers, for the wishes from number `from` on.
    pub(super) fn holds(
        &self,
        wishes: &Wishes,
        from: usize,
        wanted: usize,
        with_keys: bool,
    ) -> Result<Supply> {
        let bodies: Vec<&str> = (from..from + wanted)
            .map_while(|index| wishes.get(index))
            .collect();
        let requests = self.buyers.requests(bodies.len(), |index, token| {
            let key = with_keys.then(|| uuid::Uuid::now_v7().to_string());
            let body = Some(bodies[index]);
            render("POST", "/bookings", Some(token), key.as_deref(), body)
        })?;
        Ok(Supply::Once(Rc::from(requests)))
    }

    /// Loads booking by a closed loop: warm, then measured.
    pub(super) async fn measure_holds(
        &mut self,
        connections: usize,
        wishes: &Wishes,
        with_keys: bool,
    ) -> Result<Measured> {
        let address = self.place.booking_url;
        self.measure_holds_at(address, connections, wishes, with_keys)
            .await
    }

    /// The same at one of booking's replicas.
    pub(super) async fn measure_holds_at(
        &mut self,
        address: SocketAddr,
        connections: usize,
        wishes: &Wishes,
        with_keys: bool,
    ) -> Result<Measured> {
        let load = |supply, duration| Load {
            address,
            connections,
            supply,
            pace: Pace::Closed,
            duration,
        };
        // Where stock is limited most of it is left for what counts.
        let first = wishes.count().map_or(FIRST, |count| FIRST.min(count / 8));
        let supply = self.holds(wishes, 0, first, with_keys)?;
        self.buyers.introduce().await?;
        let warm = load(supply, self.scale.warm_up).run().await?;
        let wanted = whole(warm.rate() * RESERVE * self.scale.duration.as_secs_f64());
        let wanted = wanted.clamp(FIRST, MOST_REQUESTS);
        let supply = self.holds(wishes, warm.taken.min(first), wanted, with_keys)?;
        self.settle().await?;
        let watch = self.meter.watch();
        let tally = load(supply, self.scale.duration).run().await?;
        self.measured(tally, watch).await
    }

    /// Ends the measurement of holds.
    pub(super) async fn measured(&mut self, tally: Tally, watch: Watch) -> Result<Measured> {
        let usage = watch.end();
        self.note_sale(&usage);
        Ok(Measured {
            tally,
            usage,
            unsent_messages: self.unsent_messages().await?,
        })
    }

    /// The most holds of one event, measured now if it was not yet.
    pub(super) async fn maximum(&mut self) -> Result<Maximum> {
        if let Some(maximum) = self.maximum {
            return Ok(maximum);
        }
        let wishes = Wishes::general(self.organiser.open_sale(CAPACITY).await?);
        let measured = self
            .measure_holds(USUAL_CONNECTIONS, &wishes, false)
            .await?;
        let maximum = measured.as_maximum(USUAL_CONNECTIONS);
        self.maximum = Some(maximum);
        let name = format!("holds of one event, {USUAL_CONNECTIONS} connections");
        self.add(measured.figure("hot", name))?;
        Ok(maximum)
    }
}

pub(super) async fn hot(bench: &mut Bench) -> Result<()> {
    let mut best: Option<(Maximum, f64)> = None;
    for connections in CONNECTIONS {
        let wishes = Wishes::general(bench.organiser.open_sale(CAPACITY).await?);
        let measured = bench.measure_holds(connections, &wishes, false).await?;
        let maximum = measured.as_maximum(connections);
        let name = format!("holds of one event, {connections} connections");
        bench.add(measured.figure("hot", name))?;
        if best.is_none_or(|(best, _)| maximum.per_second > best.per_second) {
            best = Some((maximum, measured.usage.generator_share()));
        }
    }
    let Some((best, generator)) = best else {
        return Ok(());
    };
    bench.maximum = Some(best);
    let figure = Figure::new("hot", "holds of one event, best", best.per_second, "/s");
    bench.add(figure.limit(Limit::AtLeast(8_000.0)).detail(format!(
        "at {} connections; the generator took {:.0} % of the CPU time",
        best.connections,
        generator * 100.0
    )))?;
    if let Some(baseline) = bench.baseline {
        let ratio = best.per_second / baseline;
        let figure = Figure::new("hot", "of what pgbench reached", ratio, "×");
        bench.add(figure.limit(Limit::AtLeast(3.0)))?;
    }

    let wishes = Wishes::general(bench.organiser.open_sale(CAPACITY).await?);
    let measured = bench.measure_holds(best.connections, &wishes, true).await?;
    let name = "the same, each with an Idempotency-Key";
    bench.add(measured.figure("hot", name))
}

pub(super) async fn picked(bench: &mut Bench) -> Result<()> {
    let mut best: f64 = 0.0;
    for connections in CONNECTIONS {
        let (sale, names) = bench.organiser.open_seats(bench.scale.seats).await?;
        let wishes = Wishes::picked(sale, names);
        let measured = bench.measure_holds(connections, &wishes, false).await?;
        best = best.max(measured.tally.rate());
        let name = format!("holds of picked seats, {connections} connections");
        bench.add(measured.figure("picked", name))?;
    }
    let figure = Figure::new("picked", "holds of picked seats, best", best, "/s");
    bench.add(figure.limit(Limit::AtLeast(5_000.0)))
}

pub(super) async fn best(bench: &mut Bench) -> Result<()> {
    let mut best: f64 = 0.0;
    for connections in CONNECTIONS {
        let (sale, names) = bench.organiser.open_seats(bench.scale.seats).await?;
        let wishes = Wishes::best(sale, u32::try_from(names.len())?);
        let measured = bench.measure_holds(connections, &wishes, false).await?;
        best = best.max(measured.tally.rate());
        let name = format!("holds of the best seats, {connections} connections");
        bench.add(measured.figure("best", name))?;
    }
    let figure = Figure::new("best", "holds of the best seats, best", best, "/s");
    bench.add(figure.limit(Limit::AtLeast(4_000.0)))
}

pub(super) async fn spread(bench: &mut Bench) -> Result<()> {
    let events = bench.scale.events;
    let sales = bench.organiser.open_sales(events, SMALL_CAPACITY).await?;
    let wishes = Wishes::any_of(&sales);
    for connections in CONNECTIONS {
        let measured = bench.measure_holds(connections, &wishes, false).await?;
        let name = format!("holds of {events} events at random, {connections} connections");
        bench.add(measured.figure("spread", name))?;
    }
    Ok(())
}
