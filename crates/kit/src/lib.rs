//! What every service runs on: configuration, telemetry, HTTP with its errors and limits, and the connections to
//! PostgreSQL, Redis and RabbitMQ with outbox, inbox and idempotency.

pub mod amqp;
pub mod auth;
pub mod client;
pub mod config;
pub mod consumer;
pub mod db;
pub mod http;
pub mod idempotency;
pub mod inbox;
mod log;
pub mod memberships;
mod memory;
pub mod metrics;
pub mod openapi;
mod otlp;
pub mod outbox;
pub mod page;
pub mod problem;
pub mod process;
pub mod rate_limit;
pub mod redis;
pub mod server;
pub mod telemetry;

pub use problem::Problem;
