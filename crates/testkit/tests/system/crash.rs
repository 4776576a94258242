//! kill -9 of everything, one after the other, while people buy.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use anyhow::{Result, ensure};
use contracts::BookingId;
use futures::{StreamExt, stream};
use serde_json::json;
use testkit::platform::{OnSale, Options, Part, Person, Platform, Server, comes_true, id};
use tokio::sync::RwLock;

use crate::{audit::Audit, patience::until_answered};

const BOOKINGS: usize = 500;
const AT_ONCE: usize = 8;

/// Every answered booking is in the history and, confirmed, got its mail under one Message-ID.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_answered_is_lost_when_everything_is_killed() -> Result<()> {
    let options = Options::default()
        .alone()
        .with("RECONCILE_AFTER", "2s")
        .with("HOLD_TTL", "10m");
    let platform = RwLock::new(Platform::start("crash", options).await?);
    let sale = OnSale::publish(&*platform.read().await, 10_000, 2500).await?;
    let buyers = {
        let platform = platform.read().await;
        let mut buyers = Vec::new();
        for n in 0..AT_ONCE {
            buyers.push(Person::register(&*platform, &format!("buyer{n}")).await?);
        }
        buyers
    };

    let done = AtomicBool::new(false);
    let buying = async {
        let bought: Vec<_> =
            stream::iter(0..BOOKINGS)
                .map(|n| {
                    let (platform, buyer, sale) = (&platform, &buyers[n % AT_ONCE], &sale);
                    async move {
                        Ok::<_, anyhow::Error>((n % AT_ONCE, buy(platform, buyer, sale).await?))
                    }
                })
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
        done.store(true, Ordering::Relaxed);
        bought.into_iter().collect::<Result<Vec<_>>>()
    };
    let killing = async {
        let mut kills = 0;
        // Every part at least once, and on as long as people buy.
        while !done.load(Ordering::Relaxed) || kills == 0 {
            for part in [
                Part::Booking,
                Part::Payment,
                Part::Worker,
                Part::Sandbox,
                Part::Catalog,
                Part::Auth,
            ] {
                tokio::time::sleep(Duration::from_millis(400)).await;
                let mut platform = platform.write().await;
                platform.kill(part).await?;
                platform.restart(part).await?;
                kills += 1;
            }
            for server in [Server::Redis, Server::RabbitMq] {
                server.kill()?;
                server.answers_again().await?;
                kills += 1;
            }
        }
        Ok::<_, anyhow::Error>(kills)
    };
    let (bought, kills) = tokio::try_join!(buying, killing)?;
    println!("{} bookings answered, {kills} kills", bought.len());

    let platform = platform.into_inner();
    platform.ready().await?;
    for (buyer, booking) in &bought {
        let buyer = &buyers[*buyer];
        comes_true("an answered booking is confirmed", async || {
            Ok(buyer.booking(&platform, *booking).await?["status"] == "confirmed")
        })
        .await?;
    }
    for (n, buyer) in buyers.iter().enumerate() {
        let history = buyer.history(&platform).await?;
        let mine: BTreeSet<BookingId> = bought
            .iter()
            .filter(|(owner, _)| *owner == n)
            .map(|(_, booking)| *booking)
            .collect();
        ensure!(
            mine.is_subset(&history),
            "lost from the history: {:?}",
            mine.difference(&history)
        );
    }
    let audit = Audit::of(&platform).await?;
    audit.every_confirmed_booking_is_mailed_once().await?;
    audit.passes().await
}

/// Holds and pays, sending each request again with its key until there is an answer.
async fn buy(platform: &RwLock<Platform>, buyer: &Person, sale: &OnSale) -> Result<BookingId> {
    // Ports stay the same whoever is killed.
    let url = async |part, path| format!("{}/{path}", platform.read().await.url(part));
    let hold = json!({"event_id": sale.event, "seats": 1});
    let held = until_answered(buyer, &url(Part::Booking, "bookings").await, &hold)
        .await?
        .ok()?;
    let booking: BookingId = id(&held["id"])?;
    let pay = json!({"booking_id": booking, "payment_method": "pm_card_visa"});
    until_answered(buyer, &url(Part::Payment, "payments").await, &pay)
        .await?
        .ok()?;
    Ok(booking)
}
