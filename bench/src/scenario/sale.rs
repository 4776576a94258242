//! A sale from its first second to sold out: many buyers, two replicas of booking, and afterwards the books are checked against
//! the answers.

mod audit;
mod buyer;

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::Instant,
};

use anyhow::Result;
use tokio::task::JoinSet;

use self::buyer::{Buyer, Outcome};
use super::{Bench, replica::Replica};
use crate::{
    http::Connection,
    report::{Figure, Limit},
};

/// What each buyer wants; together more than there is.
const WANTED: u32 = 6;
/// Buyers served at once.
const AT_ONCE: usize = 256;

/// What is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Places,
    Seats,
}

pub(super) async fn run(bench: &mut Bench) -> Result<()> {
    let replica = Replica::start(bench, "booking2").await?;
    let mut result = Ok(());
    for kind in [Kind::Places, Kind::Seats] {
        if result.is_ok() {
            result = sell_out(bench, kind).await;
        }
    }
    replica.stop().await?;
    result
}

/// What all buyers of a sale share.
struct Crowd {
    buyers: RefCell<std::vec::IntoIter<Buyer>>,
    replicas: [SocketAddr; 2],
    outcomes: RefCell<Vec<Outcome>>,
    last_held: Cell<Instant>,
}

async fn sell_out(bench: &mut Bench, kind: Kind) -> Result<()> {
    let places = bench.scale.sale_places;
    let count = bench.scale.sale_buyers;
    let (sale, names) = match kind {
        Kind::Places => (bench.organiser.open_sale(places).await?, Vec::new()),
        Kind::Seats => bench.organiser.open_seats(places).await?,
    };
    // Single seats may be left between what groups took: whoever comes last takes those.
    let late = match kind {
        Kind::Places => 0,
        Kind::Seats => usize::try_from(places / WANTED)?,
    };
    let buyers = (0..count + late)
        .map(|index| {
            let token = bench.buyers.token()?;
            Ok(match kind {
                Kind::Places => Buyer::of_places(sale, token, WANTED),
                Kind::Seats if index < count => Buyer::of_seats(sale, token, WANTED, &names),
                Kind::Seats => Buyer::of_leftovers(sale, token),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    bench.settle().await?;

    let watch = bench.meter.watch();
    let start = Instant::now();
    let crowd = Rc::new(Crowd {
        buyers: RefCell::new(buyers.into_iter()),
        replicas: [bench.place.booking_url, bench.place.second_booking_url],
        outcomes: RefCell::default(),
        last_held: Cell::new(start),
    });
    let mut workers = JoinSet::new();
    for worker in 0..AT_ONCE {
        workers.spawn_local(serve(crowd.clone(), worker));
    }
    while let Some(ended) = workers.join_next().await {
        ended?;
    }
    let seconds = (crowd.last_held.get() - start).as_secs_f64();
    let usage = watch.end();
    bench.note_sale(&usage);

    let outcomes = crowd.outcomes.take();
    let books = audit::check(bench, sale, kind == Kind::Seats, places, &outcomes).await?;
    let (what, how) = match kind {
        Kind::Places => ("places", "general admission"),
        Kind::Seats => ("numbered seats", "picked, best, then what was left"),
    };
    let name = format!("{places} {what}, {count} buyers, 2 replicas: sold out in");
    bench.add(Figure::new("sale", name, seconds, "s").detail(format!(
        "{how}; {}; cores: {}",
        books.words,
        usage.words()
    )))?;
    for (name, value) in [
        (format!("{what} oversold"), books.oversold),
        (format!("{what} left over"), books.left),
        (format!("{what}: bookings lost or doubled"), books.wrong),
    ] {
        bench.add(Figure::new("sale", name, value, "").limit(Limit::Exactly(0.0)))?;
    }
    Ok(())
}

/// Serves one buyer after the other until there is none.
async fn serve(crowd: Rc<Crowd>, worker: usize) {
    let mut connection = Connection::new(crowd.replicas[worker % 2]);
    loop {
        let Some(buyer) = crowd.buyers.borrow_mut().next() else {
            return;
        };
        let outcome = buyer.buy(&mut connection).await;
        if matches!(outcome, Outcome::Held { .. }) {
            crowd.last_held.set(Instant::now());
        }
        crowd.outcomes.borrow_mut().push(outcome);
    }
}
