//! The books of a sale against what its buyers were answered.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::Result;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::buyer::Outcome;
use crate::{number::as_f64, organiser::Sale, scenario::Bench};

/// What the check found.
#[derive(Debug)]
pub(super) struct Books {
    pub oversold: f64,
    pub left: f64,
    /// Bookings that were acknowledged and are not there as they were, that nobody was told of, or that share a seat.
    pub wrong: f64,
    pub words: String,
}

pub(super) async fn check(
    bench: &Bench,
    sale: Sale,
    seated: bool,
    places: u32,
    outcomes: &[Outcome],
) -> Result<Books> {
    let mut ids: Vec<Uuid> = Vec::new();
    let mut quantities: Vec<i32> = Vec::new();
    let mut sold_out = 0;
    let mut unknown: BTreeMap<&str, i64> = BTreeMap::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Held { id, seats } => {
                ids.push(*id);
                quantities.push(*seats);
            }
            Outcome::SoldOut => sold_out += 1,
            Outcome::Unknown(why) => *unknown.entry(why).or_default() += 1,
        }
    }
    let event = sale.event.as_uuid();
    let mut booking = PgConnection::connect(&bench.place.database_url_booking).await?;
    let (bookings, held): (i64, i64) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(quantity), 0) FROM bookings WHERE event_id = $1 AND status IN ('held', 'confirmed')",
    )
    .bind(event)
    .fetch_one(&mut booking)
    .await?;
    let stock: i64 = sqlx::query_scalar(
        "SELECT coalesce(sum(held + sold), 0)::bigint FROM stock WHERE event_id = $1",
    )
    .bind(event)
    .fetch_one(&mut booking)
    .await?;
    let acknowledged: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM unnest($1::uuid[], $2::int[]) AS told (id, quantity)
         JOIN bookings b ON b.id = told.id AND b.quantity = told.quantity AND b.event_id = $3",
    )
    .bind(&ids)
    .bind(&quantities)
    .bind(event)
    .fetch_one(&mut booking)
    .await?;
    let (taken, shared) = if seated {
        seats(&mut booking, event).await?
    } else {
        (held, 0)
    };
    booking.close().await?;

    let told = i64::try_from(ids.len())?;
    let places = i64::from(places);
    let unanswered: i64 = unknown.values().sum();
    // What the rows say in three ways must be the same.
    let highest = held.max(stock).max(taken);
    let lowest = held.min(stock).min(taken);
    let lost = told - acknowledged;
    let unheard_of = (bookings - told - unanswered).max(0);
    let mut words = format!("{told} held, {sold_out} came too late");
    for (why, count) in unknown {
        let _ = write!(words, ", {count} × {why}");
    }
    Ok(Books {
        oversold: number((highest - places).max(0) + (highest - lowest)),
        left: number((places - highest).max(0)),
        wrong: number(lost + unheard_of + shared),
        words,
    })
}

/// Seats that are taken, and how often a seat stands in one booking too many.
async fn seats(booking: &mut PgConnection, event: Uuid) -> Result<(i64, i64)> {
    let taken =
        sqlx::query_scalar("SELECT count(*) FROM seats WHERE event_id = $1 AND status <> 0")
            .bind(event)
            .fetch_one(&mut *booking)
            .await?;
    let shared = sqlx::query_scalar(
        "SELECT count(*) - count(DISTINCT seat) FROM bookings b,
           jsonb_array_elements(b.items) AS line, jsonb_array_elements_text(line -> 'seats') AS seat
         WHERE b.event_id = $1 AND b.status IN ('held', 'confirmed')",
    )
    .bind(event)
    .fetch_one(&mut *booking)
    .await?;
    Ok((taken, shared))
}

fn number(count: i64) -> f64 {
    as_f64(count.unsigned_abs())
}
