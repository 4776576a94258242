//! The operator: runs an event platform as an `EventPlatform` resource describes it.
//!
//! `api` is what people write, `build` makes every object from it without a client, `cluster` is the API server, `reconcile` one
//! look and one step, `controller` when to look, `leader` which of several operators does.

pub mod api;
pub mod build;
pub mod cluster;
mod config;
mod controller;
mod leader;
pub mod quantity;
pub mod reconcile;
mod watches;

pub use self::{config::Config, controller::run};
