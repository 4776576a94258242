//! A sale that many watch: open streams of an event's availability on one replica while it sells.

mod watchers;

use anyhow::Result;

use self::watchers::Watchers;
use super::{
    Bench,
    holds::{CAPACITY, USUAL_CONNECTIONS},
    wishes::Wishes,
};
use crate::{
    meter::megabytes,
    number::count,
    organiser::availability,
    report::{Figure, Limit},
};

pub(super) async fn run(bench: &mut Bench) -> Result<()> {
    let wishes = Wishes::general(bench.organiser.open_sale(CAPACITY).await?);
    let alone = bench
        .measure_holds(USUAL_CONNECTIONS, &wishes, false)
        .await?;
    let name = format!("holds of one event, {USUAL_CONNECTIONS} connections, nobody watches");
    bench.add(alone.figure("streams", name))?;

    let sale = bench.organiser.open_sale(CAPACITY).await?;
    let wanted = bench.scale.streams;
    let path = format!("{}/stream", availability(sale.event));
    let watchers = Watchers::open(bench.place.booking_url, &path, wanted).await?;
    let open = watchers.open_count();
    let figure = Figure::new("streams", "open streams on one replica", count(open), "");
    let refused = watchers.refusals();
    bench.add(figure.limit(Limit::AtLeast(count(wanted))).detail(refused))?;
    let idle = bench.meter.sample().memory["booking"];

    let wishes = Wishes::general(sale);
    let watched = bench
        .measure_holds(USUAL_CONNECTIONS, &wishes, false)
        .await?;
    let received = watchers.end()?;

    bench.add(watched.figure("streams", "the same, watched"))?;
    let share = watched.tally.rate() / alone.tally.rate() * 100.0;
    let name = "the same, of what it is when nobody watches";
    bench.add(Figure::new("streams", name, share, "%"))?;
    let a_second = received.a_second();
    let figure = Figure::new("streams", "updates received", a_second, "/s");
    bench.add(figure.detail(format!(
        "{:.1} a second on each stream; {} streams ended early",
        a_second / count(open).max(1.0),
        received.ended
    )))?;
    let peak = megabytes(watched.usage.peak_of("booking").rss);
    let name = format!("booking: resident with {open} streams, highest");
    let figure = Figure::new("streams", name, peak, "MB").limit(Limit::AtMost(320.0));
    bench.add(figure.detail(format!("before the sale {:.1}", megabytes(idle.rss))))
}
