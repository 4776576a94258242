//! An event on sale on a platform in the cluster, and people who buy.

use std::time::Duration;

use anyhow::{Result, ensure};
use contracts::BookingId;
use testkit::platform::{Entrance, OnSale, Person, booking_id};

use super::{Platform, eventually};

pub(crate) struct Shop {
    pub(crate) entrance: Entrance,
    pub(crate) sale: OnSale,
    pub(crate) buyer: Person,
}

const CAPACITY: u32 = 1_000_000;
const PRICE: i64 = 2500;

impl Shop {
    /// An organiser publishes an event, and a buyer registers.
    pub(crate) async fn open(platform: &Platform) -> Result<Self> {
        platform.answers(Duration::from_secs(20)).await?;
        let entrance = Entrance::new(&platform.address().await?);
        let sale = OnSale::publish(&entrance, CAPACITY, PRICE).await?;
        let buyer = Person::register(&entrance, "buyer").await?;
        Ok(Self {
            entrance,
            sale,
            buyer,
        })
    }

    /// Holds two places, pays and waits for the tickets.
    pub(crate) async fn buy(&self) -> Result<BookingId> {
        let held = self.buyer.hold(&self.entrance, self.sale.event, 2).await?;
        let booking = booking_id(held)?;
        self.buyer
            .pay(&self.entrance, booking, "pm_card_visa")
            .await?
            .ok()?;
        eventually(
            "the booking is confirmed",
            Duration::from_secs(10),
            async || Ok(self.has(booking).await?),
        )
        .await?;
        Ok(booking)
    }

    /// Whether the booking is confirmed and has its two tickets.
    pub(crate) async fn has(&self, booking: BookingId) -> Result<bool> {
        let found = self.buyer.booking(&self.entrance, booking).await?;
        if found["status"] != "confirmed" {
            return Ok(false);
        }
        let tickets = self.buyer.tickets(&self.entrance, booking).await?;
        ensure!(
            tickets.len() == 2,
            "{} tickets for two places",
            tickets.len()
        );
        Ok(true)
    }
}
