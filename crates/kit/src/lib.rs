//! What every service runs on: configuration, telemetry, HTTP with its errors and limits, and the connections to
//! PostgreSQL, Redis and RabbitMQ with outbox, inbox and idempotency.

pub mod auth;
pub mod client;
pub mod config;
pub mod http;
mod log;
pub mod memberships;
pub mod metrics;
pub mod openapi;
mod otlp;
pub mod page;
pub mod problem;
pub mod process;
pub mod server;
pub mod telemetry;

pub use problem::Problem;
