//! What tests of services share. Tests may panic; nothing here is part of a service.

pub mod api;
pub mod audit;
pub mod broker;
#[cfg(feature = "system")]
pub mod chaos;
pub mod dashboards;
pub mod issuer;
#[cfg(feature = "system")]
pub mod jaeger;
pub mod platform;
pub mod prometheus;
pub mod smtp;
mod wait;

pub use api::{Answer, Api, app};
pub use broker::Vhost;
pub use issuer::{Issuer, token};
pub use wait::eventually;

/// The Redis that tests use, from `REDIS_URL`; keys must be unique to a test, for all tests share it.
pub fn redis_url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379".into())
}
