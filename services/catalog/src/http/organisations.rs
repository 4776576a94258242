//! Organisations.

use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use contracts::OrganisationId;
use kit::{
    Problem,
    auth::Principal,
    http::{Json, Path, Query},
    memberships::Role,
    openapi,
    page::{Page, PageQuery},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    App,
    domain::text::Name,
    store::organisations::{self, parse_role},
};

#[derive(Serialize, ToSchema)]
pub(super) struct Organisation {
    id: OrganisationId,
    name: String,
    /// The caller's role; null for an admin who is no member
    #[schema(required)]
    role: Option<Role>,
    created_at: DateTime<Utc>,
}

impl From<organisations::Organisation> for Organisation {
    fn from(row: organisations::Organisation) -> Self {
        Self {
            id: row.id,
            name: row.name,
            role: row.role.as_deref().and_then(parse_role),
            created_at: row.created_at,
        }
    }
}

#[derive(Deserialize, ToSchema)]
pub(super) struct NewOrganisation {
    name: Name,
}

/// Make an organisation
///
/// It owns venues and events. Whoever makes it is its organiser and can add others.
#[utoipa::path(
    post, path = "/organisations", tag = "Organisations",
    security(("bearer" = [])),
    request_body(content = NewOrganisation, example = json!({"name": "City Theatre"})),
    responses(
        (status = 201, description = "The organisation", body = Organisation),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_organisation(
    State(app): State<App>,
    caller: Principal,
    Json(new): Json<NewOrganisation>,
) -> Result<(StatusCode, Json<Organisation>), Problem> {
    let mut transaction = app.pool.begin().await?;
    let created =
        organisations::create(&mut transaction, new.name.as_str(), caller.user_id).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(created.into())))
}

/// List my organisations
///
/// Those that the caller organises or works for, with the role.
#[utoipa::path(
    get, path = "/organisations", tag = "Organisations",
    security(("bearer" = [])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of organisations", body = Page<Organisation>),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_request`: see `errors`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_organisations(
    State(app): State<App>,
    caller: Principal,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Organisation>>, Problem> {
    let after: Option<OrganisationId> = page.after()?;
    let mut connection = app.pool.acquire().await?;
    let rows =
        organisations::of_member(&mut connection, caller.user_id, after, page.rows()).await?;
    Ok(Json(
        Page::new(rows, &page, |row| row.id).map(Organisation::from),
    ))
}

/// Get an organisation
///
/// For its members, and for admins.
#[utoipa::path(
    get, path = "/organisations/{id}", tag = "Organisations",
    security(("bearer" = [])),
    params(("id" = OrganisationId, Path, description = "The organisation")),
    responses(
        (status = 200, description = "The organisation", body = Organisation),
        (status = 401, description = "`unauthorized`", body = openapi::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`organisation_not_found`", body = openapi::Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_organisation(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<OrganisationId>,
) -> Result<Json<Organisation>, Problem> {
    let mut connection = app.pool.acquire().await?;
    let found = organisations::find(&mut connection, id, caller.user_id, caller.is_admin()).await?;
    Ok(Json(
        found
            .ok_or_else(|| Problem::not_found("organisation"))?
            .into(),
    ))
}
