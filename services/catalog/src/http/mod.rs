//! Requests, answers and their documentation, a file for each resource.

mod access;
mod capacities;
mod categories;
mod event;
mod events;
mod import;
mod input;
mod lifecycle;
mod members;
mod once;
mod organisations;
mod search;
mod seating;
mod seating_plans;
mod venues;

use axum::extract::DefaultBodyLimit;
use kit::http::ApiRouter;
use utoipa_axum::routes;

use crate::App;

/// Largest seating plan or import, in bytes.
const MAX_UPLOAD: usize = 8 * 1024 * 1024;

const DESCRIPTION: &str = "\
Organisations, venues, seating plans, and the events that people find.

**To find events** use `GET /events`: words, dates, category, place and price, page by page with `cursor`. `GET /events/{id}` is the \
page of one event; both need no token.

**To sell** make an organisation (`POST /organisations`: you are its organiser), then a draft (`POST /events`), and publish it. \
Changes need the ETag of what you changed as `If-Match`, so that two editors don't overwrite each other.

**Errors** are `application/problem+json`; decide by `code`. What belongs to an organisation that you are no member of does not \
exist for you (404).";

/// All routes, with the document that describes them.
pub(crate) fn router() -> ApiRouter<App> {
    let document = kit::openapi::base("Catalog", env!("CARGO_PKG_VERSION"), DESCRIPTION);
    let uploads = ApiRouter::new()
        .routes(routes!(
            seating_plans::create_seating_plan,
            seating_plans::list_seating_plans
        ))
        .routes(routes!(import::import_events))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD));
    ApiRouter::with_openapi(document)
        .routes(routes!(
            organisations::create_organisation,
            organisations::list_organisations
        ))
        .routes(routes!(organisations::get_organisation))
        .routes(routes!(members::list_members, members::add_member))
        .routes(routes!(members::my_membership))
        .routes(routes!(members::set_member, members::remove_member))
        .routes(routes!(venues::create_venue, venues::list_venues))
        .routes(routes!(venues::get_venue))
        .routes(routes!(seating_plans::export_seating_plan))
        .routes(routes!(events::create_event, search::list_events))
        .routes(routes!(
            events::get_event,
            events::update_event,
            events::delete_event
        ))
        .routes(routes!(events::get_event_to_edit))
        .routes(routes!(lifecycle::publish_event))
        .routes(routes!(lifecycle::cancel_event))
        .routes(routes!(lifecycle::duplicate_event))
        .routes(routes!(seating::get_event_seating))
        .routes(routes!(categories::list_categories))
        .merge(uploads)
}
