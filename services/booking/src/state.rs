//! What the handlers work with.

use std::sync::Arc;

use axum::extract::FromRef;
use kit::{auth::Verifier, memberships::Memberships};
use sqlx::PgPool;

use crate::{
    domain::TicketKeys, events::Events, inventory::Inventory, limits::HoldLimit, live::Live,
    queue::Queues,
};

/// Booking's parts. Clones share them.
#[derive(Clone)]
pub struct App {
    pub pool: PgPool,
    pub verifier: Verifier,
    pub memberships: Memberships,
    pub limit: HoldLimit,
    pub events: Events,
    pub inventory: Inventory,
    pub live: Live,
    pub queue: Queues,
    pub keys: Arc<TicketKeys>,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}
