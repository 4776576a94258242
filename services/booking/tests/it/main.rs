//! Booking as its clients and the other services see it, on real PostgreSQL and Redis.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access_codes;
mod batches;
mod catalog;
mod check_in;
mod ending;
mod holds;
mod idempotency;
mod live;
mod openapi;
mod organisers;
mod queue;
mod races;
mod refusals;
mod saga;
mod waiting_list;
mod world;
