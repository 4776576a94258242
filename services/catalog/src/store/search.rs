//! Finding events. Every sort order goes on by keyset; none counts or skips rows.

use chrono::{DateTime, Utc};
use contracts::{EventId, OrganisationId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, QueryBuilder, types::Json};

use crate::domain::event::Venue;

/// Most matches that are ranked; the nearest in time when there are more.
const RANKED: i64 = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Relevance,
    Start,
    StartDescending,
    Price,
}

/// Where a page ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Position {
    pub starts_at: DateTime<Utc>,
    pub id: EventId,
    pub price: Option<i64>,
    pub rank: f32,
}

#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words, the last of which may be a beginning.
    pub words: Vec<String>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    pub category: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub price_min: Option<i64>,
    pub price_max: Option<i64>,
    pub currency: Option<String>,
    pub available: bool,
    pub organisation: Option<OrganisationId>,
    /// What a member asks for of the own organisations; the public sees what is published.
    pub status: Option<&'static str>,
    /// All states of the organisations that this member belongs to.
    pub member: Option<UserId>,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    pub id: EventId,
    pub organisation_id: OrganisationId,
    pub organisation_name: String,
    pub title: String,
    pub category: String,
    pub tags: Vec<String>,
    pub image_url: Option<String>,
    pub external_url: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub time_zone: String,
    pub venue: Option<Json<Venue>>,
    pub seating_plan_id: Option<contracts::SeatingPlanId>,
    pub status: String,
    pub from_price: Option<i64>,
    pub currency: Option<String>,
    pub capacity: i64,
    pub sold_out: bool,
    pub version: i64,
    pub rank: f32,
}

impl Found {
    pub fn position(&self) -> Position {
        Position {
            starts_at: self.starts_at,
            id: self.id,
            price: self.from_price,
            rank: self.rank,
        }
    }
}

const COLUMNS: &str = "e.id, e.organisation_id, o.name AS organisation_name, e.title, e.category, e.tags, e.image_url,
    e.external_url, e.starts_at, e.ends_at, e.time_zone, e.venue, e.seating_plan_id, e.status, e.from_price, e.currency,
    (SELECT coalesce(sum((t ->> 'capacity')::bigint), 0)::bigint FROM jsonb_array_elements(e.ticket_types) t) AS capacity,
    e.sold_out, e.version";

/// One page of `rows`, after `after`.
pub async fn find(
    connection: &mut PgConnection,
    filter: &Filter,
    sort: Sort,
    after: Option<&Position>,
    rows: i64,
) -> sqlx::Result<Vec<Found>> {
    let ranked = sort == Sort::Relevance && !filter.words.is_empty();
    let mut query = QueryBuilder::<Postgres>::new("SELECT ");
    query.push(COLUMNS);
    if ranked {
        // Ranking reads each match, so it is bounded; the inner order is the index's.
        query.push(", e.rank FROM (SELECT e.*, ts_rank(e.search, to_tsquery('simple', ");
        query.push_bind(tsquery(&filter.words));
        query.push("), 1)::real AS rank FROM (SELECT * FROM events e WHERE ");
        conditions(&mut query, filter);
        query
            .push(" ORDER BY e.starts_at, e.id LIMIT ")
            .push_bind(RANKED);
        query.push(") e) e JOIN organisations o ON o.id = e.organisation_id WHERE true");
        if let Some(after) = after {
            query
                .push(" AND (-e.rank, e.starts_at, e.id) > (")
                .push_bind(-after.rank);
            query
                .push("::real, ")
                .push_bind(after.starts_at)
                .push(", ")
                .push_bind(after.id)
                .push(")");
        }
        query.push(" ORDER BY -e.rank, e.starts_at, e.id");
    } else {
        query.push(", 0::real AS rank FROM events e JOIN organisations o ON o.id = e.organisation_id WHERE ");
        conditions(&mut query, filter);
        if sort == Sort::Price {
            query.push(" AND e.from_price IS NOT NULL");
        }
        if let Some(after) = after {
            match sort {
                Sort::Relevance | Sort::Start => {
                    query
                        .push(" AND (e.starts_at, e.id) > (")
                        .push_bind(after.starts_at);
                }
                Sort::StartDescending => {
                    query
                        .push(" AND (e.starts_at, e.id) < (")
                        .push_bind(after.starts_at);
                }
                Sort::Price => {
                    query
                        .push(" AND (e.from_price, e.id) > (")
                        .push_bind(after.price.unwrap_or(0));
                }
            }
            query.push(", ").push_bind(after.id).push(")");
        }
        query.push(match sort {
            Sort::Relevance | Sort::Start => " ORDER BY e.starts_at, e.id",
            Sort::StartDescending => " ORDER BY e.starts_at DESC, e.id DESC",
            Sort::Price => " ORDER BY e.from_price, e.id",
        });
    }
    query.push(" LIMIT ").push_bind(rows);
    query.build_query_as().fetch_all(connection).await
}

fn conditions(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    match (filter.member, filter.status) {
        (Some(member), status) => {
            query
                .push("e.organisation_id IN (SELECT organisation_id FROM members WHERE user_id = ");
            query.push_bind(member).push(")");
            if let Some(status) = status {
                query.push(" AND e.status = ").push_bind(status);
            }
        }
        // Written out, so that the partial indexes are used.
        (None, _) => {
            query.push("e.status = 'published'");
        }
    }
    if let Some(organisation) = filter.organisation {
        query
            .push(" AND e.organisation_id = ")
            .push_bind(organisation);
    }
    if !filter.words.is_empty() {
        query
            .push(" AND e.search @@ to_tsquery('simple', ")
            .push_bind(tsquery(&filter.words))
            .push(")");
    }
    if let Some(from) = filter.from {
        query.push(" AND e.starts_at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" AND e.starts_at < ").push_bind(to);
    }
    if let Some(category) = &filter.category {
        query.push(" AND e.category = ").push_bind(category.clone());
    }
    if let Some(city) = &filter.city {
        query
            .push(" AND e.city_key = plain(")
            .push_bind(city.clone())
            .push(")");
    }
    if let Some(country) = &filter.country {
        query.push(" AND e.country = ").push_bind(country.clone());
    }
    if let Some(min) = filter.price_min {
        query.push(" AND e.from_price >= ").push_bind(min);
    }
    if let Some(max) = filter.price_max {
        query.push(" AND e.from_price <= ").push_bind(max);
    }
    if let Some(currency) = &filter.currency {
        query.push(" AND e.currency = ").push_bind(currency.clone());
    }
    if filter.available {
        query.push(" AND NOT e.sold_out AND e.from_price IS NOT NULL");
    }
}

/// All words, the last one as a beginning. The words have letters and digits only.
fn tsquery(words: &[String]) -> String {
    format!("{}:*", words.join(" & "))
}

/// The words of what a person typed, plain as the index has them: at most 10.
pub async fn words(connection: &mut PgConnection, typed: &str) -> sqlx::Result<Vec<String>> {
    let plain = sqlx::query_scalar!(r#"SELECT plain($1) AS "plain!""#, typed)
        .fetch_one(connection)
        .await?;
    Ok(plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(10)
        .map(ToOwned::to_owned)
        .collect())
}

#[derive(Debug)]
pub struct CategoryCount {
    pub category: String,
    pub count: i64,
}

/// Categories of what is published and yet to come, the fullest first, at most 100. Counts at most 10,000 events.
pub async fn categories(connection: &mut PgConnection) -> sqlx::Result<Vec<CategoryCount>> {
    sqlx::query_as!(
        CategoryCount,
        r#"SELECT category, count(*) AS "count!" FROM (
             SELECT category FROM events WHERE status = 'published' AND starts_at >= now() ORDER BY starts_at LIMIT 10000
           ) upcoming GROUP BY category ORDER BY count(*) DESC, category LIMIT 100"#
    )
    .fetch_all(connection)
    .await
}
