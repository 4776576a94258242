//! Tests of the whole platform as real processes, some of them killed: `scripts/test system`.
//!
//! They need the binaries built and PostgreSQL, Redis, RabbitMQ in the environment, hence the `system` feature.

mod audit;
mod authorisation;
mod chaos;
mod monitoring;
mod race;
mod saga;
mod tls;
mod traces;
