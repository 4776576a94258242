//! The catalog as its clients see it, on real PostgreSQL, Redis and RabbitMQ.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access_codes;
mod editing;
mod import;
mod lifecycle;
mod messages;
mod openapi;
mod organisations;
mod pages;
mod plans;
mod search;
mod world;
