//! Booking: inventory, holds, bookings, tickets and check-in. Nobody is sold a seat twice.

pub mod config;
pub mod domain;
pub mod events;
pub mod figures;
mod http;
pub mod inventory;
pub mod limits;
pub mod live;
pub mod queue;
pub mod saga;
mod serve;
pub mod state;
pub mod store;

use kit::http::ApiRouter;
use sqlx::migrate::Migrator;

pub use self::{serve::serve, state::App};

/// The schema, embedded.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/booking");

/// All operations, on what they need.
pub fn router(app: App) -> ApiRouter {
    http::router().with_state(app)
}

/// The OpenAPI document of [`router`].
pub fn openapi() -> utoipa::openapi::OpenApi {
    kit::openapi::document(&http::router())
}
