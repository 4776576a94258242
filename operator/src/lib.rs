//! The operator: runs an event platform as an `EventPlatform` resource describes it.

pub mod api;
pub mod build;
pub mod quantity;
