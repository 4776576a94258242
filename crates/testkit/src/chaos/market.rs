//! What is on sale: few places, so that they sell out again and again.

use anyhow::Result;

use super::plan::EventKind;
use crate::platform::{OnSale, Urls};

/// General admission, by places and price in cents; the free one is confirmed without a payment.
const GENERAL: [(u32, i64); 4] = [(3, 2500), (8, 1900), (15, 3100), (12, 0)];
const SEATS: u32 = 20;
const SEAT_PRICE: i64 = 4200;
/// One that never sells out: people stay in once they are inside.
const ROOMY: (u32, i64) = (1_000_000, 900);

pub(super) struct Stand {
    pub sale: OnSale,
    pub free: bool,
    /// Whether places need not come back.
    pub roomy: bool,
}

pub(super) struct Market {
    pub stands: Vec<Stand>,
}

impl Market {
    pub(super) async fn open(urls: &Urls) -> Result<Self> {
        let mut stands = Vec::new();
        for (places, price) in GENERAL {
            stands.push(Stand {
                sale: OnSale::publish(urls, places, price).await?,
                free: price == 0,
                roomy: false,
            });
        }
        stands.push(Stand {
            sale: OnSale::publish_seats(urls, SEATS, SEAT_PRICE).await?,
            free: false,
            roomy: false,
        });
        stands.push(Stand {
            sale: OnSale::publish(urls, ROOMY.0, ROOMY.1).await?,
            free: false,
            roomy: true,
        });
        Ok(Self { stands })
    }

    /// As the plan needs to know it.
    pub(super) fn events(&self) -> Vec<EventKind> {
        let seats = |stand: &Stand| stand.sale.seats.len();
        let kind = |stand| EventKind {
            seats: seats(stand),
        };
        self.stands.iter().map(kind).collect()
    }
}
