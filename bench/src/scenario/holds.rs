//! `POST /bookings`, straight to booking, each request by a buyer of its own.

use std::rc::Rc;

use anyhow::Result;

use super::{Bench, Maximum};
use crate::{
    http::render,
    load::{Load, Pace, Supply, Tally},
    meter::Usage,
    number::{as_f64, whole},
    organiser::Sale,
    report::{Figure, Limit},
};

const CONNECTIONS: [usize; 3] = [8, 64, 256];
/// Requests for the warm-up, and to learn the rate from.
const FIRST: usize = 4_000;
/// More requests are minted than the first rate foretells: it was measured cold.
const RESERVE: f64 = 2.0;
/// They lie in memory, a kilobyte each.
const MOST_REQUESTS: usize = 400_000;
const CAPACITY: u32 = 1_000_000;

/// Makes the body of the request with this number, and whether there is one left.
pub(super) type Body<'a> = &'a dyn Fn(usize) -> Option<String>;

/// One measurement.
#[derive(Debug)]
pub(super) struct Measured {
    pub tally: Tally,
    pub usage: Usage,
}

impl Measured {
    fn detail(&self) -> String {
        let mut detail = format!(
            "p50 {:.1} ms, p99 {:.1} ms; cores: {}",
            self.tally.millis(0.5),
            self.tally.millis(0.99),
            self.usage.words()
        );
        let troubles = self.tally.troubles();
        if !troubles.is_empty() {
            detail.push_str("; ");
            detail.push_str(&troubles);
        }
        detail
    }

    /// Successes for each second of CPU time that the system took.
    pub(super) fn per_cpu_second(&self) -> f64 {
        as_f64(self.tally.accepted_in_time) / self.usage.system_seconds().max(f64::EPSILON)
    }
}

impl Bench {
    /// Rendered holds of new buyers, from the body with number `from` on.
    pub(super) fn holds(
        &self,
        from: usize,
        wanted: usize,
        with_keys: bool,
        body: Body<'_>,
    ) -> Result<Supply> {
        let bodies: Vec<String> = (from..from + wanted).map_while(body).collect();
        let requests = self.buyers.requests(bodies.len(), |index, token| {
            let key = with_keys.then(|| uuid::Uuid::now_v7().to_string());
            render(
                "POST",
                "/bookings",
                Some(token),
                key.as_deref(),
                Some(&bodies[index]),
            )
        })?;
        Ok(Supply::Once(Rc::from(requests)))
    }

    /// Loads booking by a closed loop: warm, then measured.
    pub(super) async fn measure(
        &mut self,
        connections: usize,
        with_keys: bool,
        body: Body<'_>,
    ) -> Result<Measured> {
        let load = |supply, duration| Load {
            address: self.place.booking_url,
            connections,
            supply,
            pace: Pace::Closed,
            duration,
        };
        let first = self.holds(0, FIRST, with_keys, body)?;
        let first = load(first, self.scale.warm_up).run().await?;
        let used = usize::try_from(first.answered())?;
        let wanted = whole(first.rate() * RESERVE * self.scale.duration.as_secs_f64());
        let supply = self.holds(
            used.max(connections) + connections,
            wanted.clamp(FIRST, MOST_REQUESTS),
            with_keys,
            body,
        )?;
        self.settle().await?;
        let watch = self.meter.watch();
        let tally = load(supply, self.scale.duration).run().await?;
        let measured = Measured {
            tally,
            usage: watch.end(),
        };
        self.note_memory(&measured.usage);
        Ok(measured)
    }
}

pub(super) fn general(sale: Sale) -> String {
    let Sale { event, ticket_type } = sale;
    format!(
        r#"{{"event_id":"{event}","items":[{{"ticket_type_id":"{ticket_type}","quantity":1}}]}}"#
    )
}

pub(super) async fn hot(bench: &mut Bench) -> Result<()> {
    let mut best: Option<Maximum> = None;
    for connections in CONNECTIONS {
        let sale = bench.organiser.open_sale(CAPACITY).await?;
        let body = general(sale);
        let measured = bench
            .measure(connections, false, &|_| Some(body.clone()))
            .await?;
        let rate = measured.tally.rate();
        let name = format!("holds of one event, {connections} connections");
        bench.add(Figure::new("hot", name, rate, "/s").detail(measured.detail()))?;
        if best.is_none_or(|best| rate > best.per_second) {
            best = Some(Maximum {
                per_second: rate,
                connections,
                per_cpu_second: measured.per_cpu_second(),
            });
            let share = measured.usage.generator_share() * 100.0;
            eprintln!("  the generator took {share:.0} % of the CPU time");
        }
    }
    let Some(best) = best else { return Ok(()) };
    bench.maximum = Some(best);
    let figure = Figure::new("hot", "holds of one event, best", best.per_second, "/s")
        .limit(Limit::AtLeast(8_000.0));
    let at = format!("at {} connections", best.connections);
    bench.add(figure.detail(at))?;
    if let Some(baseline) = bench.baseline {
        let ratio = best.per_second / baseline;
        let figure = Figure::new("hot", "of what pgbench reached", ratio, "×");
        bench.add(figure.limit(Limit::AtLeast(3.0)))?;
    }
    Ok(())
}
