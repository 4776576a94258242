//! The kit on real PostgreSQL and RabbitMQ.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod consumer;
mod idempotency;
mod metrics;
mod pool;
mod relay;

use std::time::Duration;

use contracts::{Message, UserId, messages::User};

/// How long something may take that normally takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// A message that every queue with `auth.user.*` gets.
fn message(name: &str) -> Message {
    Message::UserRegistered(User {
        user_id: UserId::new(),
        email: format!("{name}@example.com"),
        name: name.to_owned(),
        version: 1,
    })
}
