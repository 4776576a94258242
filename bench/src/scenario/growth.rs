//! How holds slow down as the tables grow.

use anyhow::Result;
use sqlx::{Connection as _, PgConnection};

use super::{
    Bench,
    holds::{CAPACITY, USUAL_CONNECTIONS},
    wishes::Wishes,
};
use crate::{
    organiser::Sale,
    report::{Figure, number},
};

const EMPTY: &str = include_str!("../../sql/empty_bookings.sql");
const FILL: &str = include_str!("../../sql/fill_bookings.sql");
const ANALYZE: &str = include_str!("../../sql/analyze_bookings.sql");
/// Bookings made in one statement.
const PART: u32 = 100_000;

pub(super) async fn run(bench: &mut Bench) -> Result<()> {
    let many = bench.scale.many_bookings;
    let few = bench.scale.few_bookings;
    let mut booking = PgConnection::connect(&bench.place.database_url_booking).await?;
    sqlx::raw_sql(EMPTY).execute(&mut booking).await?;
    let sold = bench.organiser.open_sale(many).await?;

    let mut rates = [0.0; 2];
    let mut there = 0;
    for (rate, bookings) in rates.iter_mut().zip([few, many]) {
        while there < bookings {
            let part = PART.min(bookings - there);
            fill(&mut booking, sold, part).await?;
            there += part;
        }
        sqlx::raw_sql(ANALYZE).execute(&mut booking).await?;
        let wishes = Wishes::general(bench.organiser.open_sale(CAPACITY).await?);
        let measured = bench
            .measure_holds(USUAL_CONNECTIONS, &wishes, false)
            .await?;
        *rate = measured.tally.rate();
        let name = format!(
            "holds of one event, {USUAL_CONNECTIONS} connections, {} bookings there",
            number(bookings.into())
        );
        bench.add(measured.figure("growth", name))?;
    }
    booking.close().await?;
    let kept = rates[1] / rates[0] * 100.0;
    let name = "the second, of the first";
    bench.add(Figure::new("growth", name, kept, "%"))
}

/// Confirmed bookings of one event, with tickets, as booking itself would have left them.
async fn fill(booking: &mut PgConnection, sale: Sale, count: u32) -> Result<()> {
    sqlx::query(FILL)
        .bind(sale.event.as_uuid())
        .bind(sale.ticket_type.as_uuid())
        .bind(i32::try_from(count)?)
        .execute(booking)
        .await?;
    Ok(())
}
