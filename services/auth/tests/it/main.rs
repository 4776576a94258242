//! Auth as its clients see it, on real PostgreSQL and Redis.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod bootstrap;
mod keys;
mod login;
mod openapi;
mod passwords;
mod refresh;
mod roles;
mod throttle;
mod world;
