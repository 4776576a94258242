//! The categories that there are.

use axum::extract::State;
use kit::{Problem, http::Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

#[derive(Serialize, ToSchema)]
pub(super) struct CategoryCount {
    category: String,
    /// Events that are yet to come
    count: i64,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Categories {
    /// The fullest first, at most 100
    items: Vec<CategoryCount>,
}

/// List categories
///
/// Of published events that are yet to come; for filters. Counts are of the next 10,000 events and up to a minute old.
#[utoipa::path(
    get, path = "/categories", tag = "Events",
    responses((status = 200, description = "The categories", body = Categories))
)]
pub(super) async fn list_categories(State(app): State<App>) -> Result<Json<Categories>, Problem> {
    let counts = app.tally.categories(&app.pool).await?;
    let items = counts
        .iter()
        .map(|row| CategoryCount {
            category: row.category.clone(),
            count: row.count,
        })
        .collect();
    Ok(Json(Categories { items }))
}
