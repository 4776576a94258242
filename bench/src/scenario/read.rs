//! What everybody reads before they buy.

use std::{net::SocketAddr, rc::Rc};

use anyhow::Result;

use super::{Bench, holds::Measured};
use crate::{
    http::render,
    load::{Load, Pace, Supply},
    organiser::availability,
    report::{Figure, Limit, number},
};

const CONNECTIONS: [usize; 2] = [64, 256];
const CAPACITY: u32 = 1_000;
/// Reads of an event a second.
const WANTED: f64 = 30_000.0;

pub(super) async fn run(bench: &mut Bench) -> Result<()> {
    let event = bench.organiser.open_sale(CAPACITY).await?.event;
    let catalog = bench.place.catalog_url;
    let booking = bench.place.booking_url;

    let path = format!("/events/{event}");
    let page = best(bench, catalog, &path).await?;
    let share = page.usage.generator_share() * 100.0;
    let figure = page.figure("read", "GET /events/{id}");
    bench.add(figure.limit(Limit::AtLeast(WANTED)).detail(format!(
        "{}; the generator took {share:.0} % of the CPU time",
        page.detail()
    )))?;
    let steady = steadily(bench, catalog, &path).await?;
    let p99 = steady.tally.millis(0.99);
    let name = format!("GET /events/{{id}}, p99 at {}/s", number(WANTED));
    let figure = Figure::new("read", name, p99, "ms").limit(Limit::AtMost(10.0));
    bench.add(figure.detail(format!("an open loop; {}", steady.detail())))?;

    let stock = best(bench, booking, &availability(event)).await?;
    let name = "GET /events/{id}/availability";
    bench.add(stock.figure("read", name))
}

/// The best of the numbers of connections.
async fn best(bench: &mut Bench, address: SocketAddr, path: &str) -> Result<Measured> {
    let request = render("GET", path, None, None, None);
    let supply = Supply::Cycle(Rc::from([request]));
    let load = |connections, duration| Load {
        address,
        connections,
        supply: supply.clone(),
        pace: Pace::Closed,
        duration,
    };
    let mut best: Option<Measured> = None;
    for connections in CONNECTIONS {
        load(connections, bench.scale.warm_up).run().await?;
        bench.settle().await?;
        let watch = bench.meter.watch();
        let tally = load(connections, bench.scale.duration).run().await?;
        let measured = Measured {
            tally,
            usage: watch.end(),
            unsent_messages: 0,
        };
        bench.note(&measured.usage);
        if best
            .as_ref()
            .is_none_or(|best| measured.tally.rate() > best.tally.rate())
        {
            best = Some(measured);
        }
    }
    best.ok_or_else(|| anyhow::anyhow!("nothing was measured"))
}

/// What is wanted, by an open loop.
async fn steadily(bench: &mut Bench, address: SocketAddr, path: &str) -> Result<Measured> {
    let request = render("GET", path, None, None, None);
    let load = Load {
        address,
        connections: CONNECTIONS[1],
        supply: Supply::Cycle(Rc::from([request])),
        pace: Pace::Open(WANTED),
        duration: bench.scale.duration,
    };
    bench.settle().await?;
    let watch = bench.meter.watch();
    let tally = load.run().await?;
    let measured = Measured {
        tally,
        usage: watch.end(),
        unsent_messages: 0,
    };
    bench.note(&measured.usage);
    Ok(measured)
}
