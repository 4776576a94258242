//! Finding events.

use std::{fmt::Display, str::FromStr};

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use contracts::{Currency, EventStatus, OrganisationId};
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Query},
    openapi,
    page::{Page, PageQuery},
};
use serde::{Deserialize, Deserializer, de};
use utoipa::{IntoParams, ToSchema};

use super::event::EventSummary;
use crate::{
    App,
    domain::transition,
    store::{
        organisations,
        search::{self, Filter, Position, Sort},
    },
};

/// What everybody sees may be a few seconds old.
const FOR_ALL: &str = "public, max-age=5";
const FOR_MEMBERS: &str = "private, no-store";

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// Best match first; by start when there are no words
    Relevance,
    StartsAt,
    #[serde(rename = "-starts_at")]
    StartsAtDescending,
    /// Cheapest first; only what has a price
    Price,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// Words in title, category, tags, place and description; accents and case don't matter, and the last may be a beginning
    #[param(max_length = 200, nullable = false, example = "jazz vien")]
    q: Option<String>,
    /// Begins at this time or later
    #[param(nullable = false)]
    from: Option<DateTime<Utc>>,
    /// Begins before this time
    #[param(nullable = false)]
    to: Option<DateTime<Utc>>,
    #[param(max_length = 50, nullable = false)]
    category: Option<String>,
    /// Accents and case don't matter
    #[param(max_length = 100, nullable = false, example = "Vienna")]
    city: Option<String>,
    /// ISO 3166-1 alpha-2
    #[param(pattern = "^[A-Z]{2}$", nullable = false, example = "AT")]
    country: Option<String>,
    /// The cheapest ticket costs this or more, in minor units
    #[serde(default, deserialize_with = "from_text")]
    #[param(minimum = 0, nullable = false)]
    price_min: Option<i64>,
    /// The cheapest ticket costs this or less, in minor units
    #[serde(default, deserialize_with = "from_text")]
    #[param(minimum = 0, nullable = false)]
    price_max: Option<i64>,
    /// Prices in this currency
    #[param(value_type = Option<Currency>, nullable = false)]
    currency: Option<Currency>,
    /// Only what is sold here and not sold out
    #[serde(default, deserialize_with = "from_text")]
    #[param(nullable = false)]
    available: Option<bool>,
    /// Only this organisation's; its members see all states, also drafts
    #[param(value_type = Option<uuid::Uuid>, nullable = false)]
    organisation_id: Option<OrganisationId>,
    /// Only events in this state; others than `published` only of your own organisations
    #[param(nullable = false, inline)]
    status: Option<EventStatus>,
    /// `relevance` when there are words, else `starts_at`
    #[param(nullable = false, inline)]
    sort: Option<Order>,
}

/// A number or a boolean as it stands in a query; an empty text is none.
fn from_text<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(de::Error::custom)
}

/// Find events
///
/// What is published, soonest first, page by page. Filters may be combined. Members of an organisation see their drafts, cancelled and
/// past events with `organisation_id`.
#[utoipa::path(
    get, path = "/events", tag = "Events",
    security((), ("bearer" = [])),
    params(SearchQuery, PageQuery),
    responses(
        (status = 200, description = "A page of events", body = Page<EventSummary>),
        (status = 401, description = "`unauthorized`: the token is not valid, or `status` needs one", body = openapi::Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_events(
    State(app): State<App>,
    caller: Option<Principal>,
    Query(query): Query<SearchQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Response, Problem> {
    let after: Option<Position> = page.after()?;
    if after.as_ref().is_some_and(|after| !after.rank.is_finite()) {
        return Err(Problem::invalid("?cursor", "is not a cursor of this list"));
    }
    check(&query)?;
    let mut connection = app.pool.acquire().await?;
    let typed = query.q.as_deref().unwrap_or_default();
    let words = if typed.is_empty() {
        Vec::new()
    } else {
        search::words(&mut connection, typed).await?
    };
    let member = match (&caller, query.status, query.organisation_id) {
        (None, Some(status), _) if status != EventStatus::Published => {
            return Err(Problem::unauthorized()
                .detail("Only members of an organisation see what is not published."));
        }
        (Some(caller), Some(status), _) if status != EventStatus::Published => Some(caller.user_id),
        (Some(caller), _, Some(organisation)) => {
            let role = organisations::role(&mut connection, organisation, caller.user_id).await?;
            role.map(|_| caller.user_id)
        }
        _ => None,
    };
    let sort = match query.sort {
        Some(Order::StartsAt) => Sort::Start,
        Some(Order::StartsAtDescending) => Sort::StartDescending,
        Some(Order::Price) => Sort::Price,
        None if words.is_empty() => Sort::Start,
        Some(Order::Relevance) | None => Sort::Relevance,
    };
    let filter = Filter {
        words,
        from: query.from,
        to: query.to,
        category: query.category.filter(|text| !text.is_empty()),
        city: query.city.filter(|text| !text.is_empty()),
        country: query.country.filter(|text| !text.is_empty()),
        price_min: query.price_min,
        price_max: query.price_max,
        currency: query.currency.map(|currency| currency.to_string()),
        available: query.available.unwrap_or(false),
        organisation: query.organisation_id,
        status: query.status.map(transition::name),
        member,
    };
    let rows = search::find(&mut connection, &filter, sort, after.as_ref(), page.rows()).await?;
    let found = Page::new(rows, &page, search::Found::position).map(EventSummary::from);
    let mut response = Json(found).into_response();
    let cache = if caller.is_some() {
        FOR_MEMBERS
    } else {
        FOR_ALL
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}

fn check(query: &SearchQuery) -> Result<(), Problem> {
    let texts = [
        ("?q", &query.q, 200),
        ("?category", &query.category, 50),
        ("?city", &query.city, 100),
    ];
    for (pointer, text, longest) in texts {
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > longest)
        {
            return Err(Problem::invalid(
                pointer,
                format!("has at most {longest} characters"),
            ));
        }
    }
    for (pointer, price) in [
        ("?price_min", query.price_min),
        ("?price_max", query.price_max),
    ] {
        if price.is_some_and(|price| price < 0) {
            return Err(Problem::invalid(pointer, "must not be negative"));
        }
    }
    let is_code =
        |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if query
        .country
        .as_deref()
        .is_some_and(|country| !country.is_empty() && !is_code(country))
    {
        return Err(Problem::invalid(
            "?country",
            "must be two upper-case letters (ISO 3166-1 alpha-2)",
        ));
    }
    Ok(())
}
