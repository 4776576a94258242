//! Payment as its clients, its provider and the other services see it, on real PostgreSQL, Redis and RabbitMQ.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod attempts;
mod bank;
mod broker;
mod documents;
mod figures;
mod idempotency;
mod openapi;
mod provider;
mod reconciler;
mod refunds;
mod saga;
mod sandbox;
mod shop;
mod webhooks;
mod world;
