//! Hold, pay, confirmed: what a buyer goes through, with the sandbox as the payment provider.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt::Write as _,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use hdrhistogram::Histogram;
use serde::Deserialize;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Bench, holds::CAPACITY, wishes::places};
use crate::{
    http::{Connection, render},
    load::{histogram, micros, millis},
    number::{as_f64, whole},
    report::{Figure, Limit},
    settings::Place,
};

const BUYERS_AT_ONCE: [usize; 3] = [1, 16, 64];
/// Tokens for each second: more journeys than any machine of today makes.
const TOKENS: f64 = 3_000.0;
const METHOD: &str = "pm_card_visa";
/// How often a buyer looks whether it is confirmed.
const LOOK: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(15);

/// What buyers share.
struct Crowd {
    place: Place,
    hold: String,
    tokens: RefCell<std::vec::IntoIter<String>>,
    end: Instant,
    /// Microseconds from the hold, and from paying, to confirmed.
    whole: RefCell<Histogram<u64>>,
    paying: RefCell<Histogram<u64>>,
    in_time: Cell<u64>,
    failures: RefCell<BTreeMap<String, u64>>,
}

/// What of an answer is needed.
#[derive(Deserialize)]
struct Booking {
    id: Uuid,
    status: String,
}

pub(super) async fn run(bench: &mut Bench) -> Result<()> {
    let mut best: Option<(f64, usize)> = None;
    for at_once in BUYERS_AT_ONCE {
        let sale = bench.organiser.open_sale(CAPACITY).await?;
        let seconds = bench.scale.duration.as_secs_f64();
        let tokens = (0..whole(TOKENS * seconds))
            .map(|_| bench.buyers.token())
            .collect::<Result<Vec<_>>>()?;
        bench.settle().await?;
        let watch = bench.meter.watch();
        let crowd = Rc::new(Crowd {
            place: bench.place.clone(),
            hold: places(sale, 1),
            tokens: RefCell::new(tokens.into_iter()),
            end: Instant::now() + bench.scale.duration,
            whole: RefCell::new(histogram()?),
            paying: RefCell::new(histogram()?),
            in_time: Cell::new(0),
            failures: RefCell::default(),
        });
        let mut workers = JoinSet::new();
        for _ in 0..at_once {
            workers.spawn_local(serve(crowd.clone()));
        }
        while let Some(ended) = workers.join_next().await {
            ended?;
        }
        let usage = watch.end();
        bench.note_sale(&usage);
        let rate = as_f64(crowd.in_time.get()) / seconds;
        let (all, paying) = (crowd.whole.borrow(), crowd.paying.borrow());
        let name = format!("hold, pay, confirmed: {at_once} buyers at once");
        let mut detail = format!(
            "p50 {:.0} ms, p99 {:.0} ms; from pay p50 {:.0} ms, p99 {:.0} ms; cores: {}",
            millis(&all, 0.5),
            millis(&all, 0.99),
            millis(&paying, 0.5),
            millis(&paying, 0.99),
            usage.words()
        );
        for (why, count) in crowd.failures.borrow().iter() {
            let _ = write!(detail, "; {count} × {why}");
        }
        bench.add(Figure::new("journey", name, rate, "/s").detail(detail))?;
        if at_once == 1 {
            let name = "from pay to confirmed, idle, longest";
            let figure = Figure::new("journey", name, millis(&paying, 1.0), "ms");
            bench.add(figure.limit(Limit::AtMost(500.0)))?;
        }
        if best.is_none_or(|(best, _)| rate > best) {
            best = Some((rate, at_once));
        }
    }
    let (rate, at_once) = best.context("nothing was measured")?;
    let figure = Figure::new("journey", "hold, pay, confirmed, best", rate, "/s");
    bench.add(figure.detail(format!("{at_once} buyers at once")))
}

/// One buyer after the other until the time is over.
async fn serve(crowd: Rc<Crowd>) {
    let mut booking = Connection::new(crowd.place.booking_url);
    let mut payment = Connection::new(crowd.place.payment_url);
    while Instant::now() < crowd.end {
        let Some(token) = crowd.tokens.borrow_mut().next() else {
            return;
        };
        if let Err(error) = go(&crowd, &token, &mut booking, &mut payment).await {
            *crowd
                .failures
                .borrow_mut()
                .entry(format!("{error:#}"))
                .or_default() += 1;
        }
    }
}

async fn go(
    crowd: &Crowd,
    token: &str,
    booking: &mut Connection,
    payment: &mut Connection,
) -> Result<()> {
    let began = Instant::now();
    let request = render("POST", "/bookings", Some(token), None, Some(&crowd.hold));
    let answer = booking.exchange(&request).await?;
    ensure!(answer.status == 201, "hold: {}", answer.status);
    let held: Booking = serde_json::from_slice(answer.body)?;

    let pays = Instant::now();
    let body = format!(
        r#"{{"booking_id":"{}","payment_method":"{METHOD}"}}"#,
        held.id
    );
    let key = Uuid::now_v7().to_string();
    let request = render("POST", "/payments", Some(token), Some(&key), Some(&body));
    let status = payment.exchange(&request).await?.status;
    ensure!(matches!(status, 201 | 202), "pay: {status}");

    let path = format!("/bookings/{}", held.id);
    let request = render("GET", &path, Some(token), None, None);
    loop {
        let answer = booking.exchange(&request).await?;
        ensure!(answer.status == 200, "look: {}", answer.status);
        let seen: Booking = serde_json::from_slice(answer.body)?;
        if seen.status == "confirmed" {
            break;
        }
        ensure!(pays.elapsed() < PATIENCE, "still {} at last", seen.status);
        tokio::time::sleep(LOOK).await;
    }
    let now = Instant::now();
    crowd
        .whole
        .borrow_mut()
        .saturating_record(micros(now - began));
    crowd
        .paying
        .borrow_mut()
        .saturating_record(micros(now - pays));
    if now <= crowd.end {
        crowd.in_time.set(crowd.in_time.get() + 1);
    }
    Ok(())
}
