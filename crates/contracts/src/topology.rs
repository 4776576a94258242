//! The broker's exchanges, queues and bindings. Every process declares all of it before it publishes or consumes.
//!
//! A failed message is republished to `<queue>.retry.<n>`, which gives it back to `<queue>` after its time to live; after the
//! last one it goes to `<queue>.dead`. The working queues take no arguments, so that any AMQP client may declare them.

use std::time::Duration;

/// Durable topic exchange that every state change is published to, with its type as the routing key.
pub const EXCHANGE: &str = "events";

/// How long a message rests before its 1st, 2nd, … retry.
pub const RETRY_DELAYS: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(20),
    Duration::from_secs(60),
    Duration::from_secs(300),
];

/// A working queue; each has its retry queues and its dead-letter queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    Catalog,
    Booking,
    Payment,
    Worker,
}

impl Queue {
    pub const ALL: [Self; 4] = [Self::Catalog, Self::Booking, Self::Payment, Self::Worker];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Catalog => "catalog.events",
            Self::Booking => "booking.events",
            Self::Payment => "payment.events",
            Self::Worker => "booking_queue",
        }
    }

    /// The queue of the `retry`th retry, counted from 0.
    pub fn retry_name(self, retry: usize) -> String {
        format!("{}.retry.{}", self.name(), retry + 1)
    }

    pub fn dead_name(self) -> String {
        format!("{}.dead", self.name())
    }

    /// The routing keys that reach this queue.
    pub const fn bindings(self) -> &'static [&'static str] {
        match self {
            Self::Catalog => &["auth.user.*", "booking.capacity.changed", "booking.stock.*"],
            Self::Booking => &[
                "catalog.event.*",
                "payment.authorised",
                "payment.failed",
                "payment.refund_requested",
            ],
            Self::Payment => &[
                "auth.user.*",
                "booking.confirmed",
                "booking.refused",
                "booking.cancelled",
            ],
            Self::Worker => &[
                "auth.user.*",
                "auth.password_reset.requested",
                "catalog.event.*",
                "booking.held",
                "booking.confirmed",
                "booking.cancelled",
                "booking.expired",
                "booking.released",
                "booking.offered",
                "payment.captured",
                "payment.failed",
                "payment.voided",
                "payment.refunded",
            ],
        }
    }
}
