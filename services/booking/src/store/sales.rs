//! What an event has sold.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contracts::{Currency, EventId, TicketTypeId};
use sqlx::PgPool;

use super::count;

/// One ticket type.
#[derive(Clone, Debug)]
pub struct TypeSales {
    pub id: TicketTypeId,
    pub capacity: u32,
    pub held: u32,
    pub sold: u32,
    /// What its tickets cost that are not cancelled, in minor units.
    pub revenue: i64,
    /// What its cancelled tickets gave back.
    pub refunded: i64,
}

/// By ticket type; amounts in other currencies than `currency` are left out.
pub async fn by_type(
    pool: &PgPool,
    event_id: EventId,
    currency: Currency,
) -> sqlx::Result<Vec<TypeSales>> {
    let rows = sqlx::query!(
        r#"SELECT s.ticket_type_id AS "id: TicketTypeId", s.capacity, s.held, s.sold,
             coalesce(t.revenue, 0) AS "revenue!", coalesce(t.refunded, 0) AS "refunded!"
           FROM stock s LEFT JOIN (
             SELECT ticket_type_id,
               (sum(price_amount) FILTER (WHERE status <> 'cancelled'))::bigint AS revenue,
               sum(refunded_amount)::bigint AS refunded
             FROM tickets WHERE event_id = $1 AND currency = $2 GROUP BY ticket_type_id
           ) t USING (ticket_type_id)
           WHERE s.event_id = $1 ORDER BY s.ticket_type_id"#,
        event_id.as_uuid(),
        currency.as_str()
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TypeSales {
            id: row.id,
            capacity: count(row.capacity),
            held: count(row.held),
            sold: count(row.sold),
            revenue: row.revenue,
            refunded: row.refunded,
        })
        .collect())
}

/// One day's sales, less what was cancelled since.
#[derive(Clone, Debug, Default)]
pub struct DaySales {
    /// `YYYY-MM-DD` in the event's time zone.
    pub date: String,
    pub tickets: u32,
    pub revenue: i64,
}

/// By the day of sale in `time_zone`, oldest first; amounts in other currencies than `currency` are left out.
pub async fn by_day(
    pool: &PgPool,
    event_id: EventId,
    currency: Currency,
    time_zone: chrono_tz::Tz,
) -> sqlx::Result<Vec<DaySales>> {
    // PostgreSQL may not know the zone's name. All zones change days at a quarter of an hour.
    let quarters = sqlx::query!(
        r#"SELECT date_bin('15 minutes', sold_at, 'epoch') AS "start!", count(*) AS "tickets!", sum(price_amount)::bigint AS "revenue!"
           FROM tickets WHERE event_id = $1 AND currency = $2 AND status <> 'cancelled' GROUP BY 1 ORDER BY 1"#,
        event_id.as_uuid(),
        currency.as_str()
    )
    .fetch_all(pool)
    .await?;
    let mut days: BTreeMap<NaiveDate, DaySales> = BTreeMap::new();
    for quarter in quarters {
        let date = quarter.start.with_timezone(&time_zone).date_naive();
        let day = days.entry(date).or_default();
        day.tickets += count(quarter.tickets);
        day.revenue += quarter.revenue;
    }
    Ok(days
        .into_iter()
        .map(|(date, day)| DaySales {
            date: date.format("%Y-%m-%d").to_string(),
            ..day
        })
        .collect())
}
