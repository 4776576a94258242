//! What latency is worth below the maximum, and what is left of the maximum far above it.

use std::time::Duration;

use anyhow::Result;

use super::{
    Bench,
    holds::{CAPACITY, MOST_REQUESTS, Measured},
    wishes::Wishes,
};
use crate::{
    load::{Load, Pace},
    number::{count, whole},
    report::{Figure, Limit},
};

/// More than are ever busy at once below the maximum.
const CONNECTIONS: usize = 256;
/// More than a service takes in at once, so that it is the service that refuses.
const MANY_CONNECTIONS: usize = 2_048;
const USUAL: f64 = 0.7;
const OVERLOAD: f64 = 3.0;

pub(super) async fn run(bench: &mut Bench) -> Result<()> {
    let maximum = bench.maximum().await?;

    let rate = maximum.per_second * USUAL;
    let usual = offer(bench, rate, CONNECTIONS).await?;
    let figure = Figure::new(
        "overload",
        "p99 of a hold at 70 % of the maximum",
        usual.tally.millis(0.99),
        "ms",
    );
    bench.add(figure.limit(Limit::AtMost(25.0)).detail(format!(
        "{rate:.0}/s offered, {:.0}/s held; {}",
        usual.tally.rate(),
        usual.detail()
    )))?;

    let rate = maximum.per_second * OVERLOAD;
    let over = offer(bench, rate, MANY_CONNECTIONS).await?;
    let goodput = over.tally.rate() / maximum.per_second * 100.0;
    let figure = Figure::new(
        "overload",
        "goodput at 3 × the maximum, of the maximum",
        goodput,
        "%",
    );
    bench.add(figure.detail(format!(
        "{rate:.0}/s offered, {:.0}/s held; the generator took {:.0} % of the CPU time; {}",
        over.tally.rate(),
        over.usage.generator_share() * 100.0,
        over.detail()
    )))?;
    let each = over.per_cpu_second() / maximum.per_cpu_second * 100.0;
    let name = "the same for each CPU-second without the generator's";
    bench.add(Figure::new("overload", name, each, "%").limit(Limit::AtLeast(80.0)))?;
    let p99 = over.tally.millis(0.99);
    let name = "p99 of what was accepted at 3 × the maximum";
    bench.add(Figure::new("overload", name, p99, "ms").limit(Limit::AtMost(600.0)))?;
    let shed = over.tally.share(503) * 100.0;
    let name = "answered with 503 at 3 × the maximum";
    bench.add(Figure::new("overload", name, shed, "%"))
}

/// Offers holds at a rate by an open loop.
async fn offer(bench: &mut Bench, rate: f64, connections: usize) -> Result<Measured> {
    let wishes = Wishes::general(bench.organiser.open_sale(CAPACITY).await?);
    let wanted = whole(rate * bench.scale.duration.as_secs_f64()).min(MOST_REQUESTS);
    let supply = bench.holds(&wishes, 0, wanted, false)?;
    bench.settle().await?;
    let watch = bench.meter.watch();
    let load = Load {
        address: bench.place.booking_url,
        connections,
        supply,
        pace: Pace::Open(rate),
        duration: Duration::from_secs_f64(count(wanted) / rate),
    };
    let tally = load.run().await?;
    bench.measured(tally, watch).await
}
