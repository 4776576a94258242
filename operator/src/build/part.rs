//! What a platform consists of, and how each part is named.

use std::fmt;

use serde_json::{Value, json};

/// A service of ours: a Deployment each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    Auth,
    Catalog,
    Booking,
    Payment,
    Worker,
    Frontend,
    /// The stand-in for a payment provider, from payment's image.
    Sandbox,
}

impl Service {
    /// The six that the spec names, in its order.
    pub const SIX: [Self; 6] = [
        Self::Auth,
        Self::Catalog,
        Self::Booking,
        Self::Payment,
        Self::Worker,
        Self::Frontend,
    ];

    /// Those that the entrance leads to.
    pub const UPSTREAMS: [Self; 5] = [
        Self::Auth,
        Self::Catalog,
        Self::Booking,
        Self::Payment,
        Self::Sandbox,
    ];

    /// The order in which a new version rolls out; a rollback goes the other way. Who is told before who tells: the worker
    /// must understand every newer service, and Booking what a newer Catalog says of an event, or it would keep less of it.
    pub const ROLLOUT: [Self; 7] = [
        Self::Worker,
        Self::Auth,
        Self::Booking,
        Self::Catalog,
        Self::Sandbox,
        Self::Payment,
        Self::Frontend,
    ];

    /// Those with a database, in the order in which they migrate.
    pub const MIGRATED: [Self; 6] = [
        Self::Auth,
        Self::Catalog,
        Self::Booking,
        Self::Payment,
        Self::Sandbox,
        Self::Worker,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Catalog => "catalog",
            Self::Booking => "booking",
            Self::Payment => "payment",
            Self::Worker => "worker",
            Self::Frontend => "frontend",
            Self::Sandbox => "sandbox",
        }
    }

    pub fn port(self) -> u16 {
        match self {
            Self::Auth => 8001,
            Self::Catalog => 8002,
            Self::Booking => 8003,
            Self::Payment => 8004,
            Self::Worker => 8005,
            Self::Sandbox => 8006,
            Self::Frontend => 3000,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the services lean on: a StatefulSet each, where it is managed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Backend {
    Postgres,
    Redis,
    RabbitMq,
}

impl Backend {
    pub const ALL: [Self; 3] = [Self::Postgres, Self::Redis, Self::RabbitMq];

    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::RabbitMq => "rabbitmq",
        }
    }

    /// As people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
            Self::RabbitMq => "RabbitMQ",
        }
    }

    pub fn port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::Redis => 6379,
            Self::RabbitMq => 5672,
        }
    }
}

/// The component of migration Jobs.
pub const MIGRATE: &str = "migrate";
/// The component of backup Jobs.
pub const BACKUP: &str = "backup";
/// The component of restore Jobs.
pub const RESTORE: &str = "restore";

/// The component of what takes base backups and holds them and WAL.
pub const ARCHIVE: &str = "archive";
/// The component of Jobs that recover PostgreSQL from its archive.
pub const RECOVERY: &str = "recovery";
/// The component of Jobs that look whether a recovery can be.
pub const LOOK: &str = "look";

pub const MANAGED_BY: &str = "event-platform-operator";

/// Labels by which the pods of one part are found; they never change.
pub fn selector(platform: &str, component: &str) -> Value {
    json!({
        "app.kubernetes.io/name": "event-platform",
        "app.kubernetes.io/instance": platform,
        "app.kubernetes.io/component": component,
    })
}

/// The label selector that finds everything of a platform.
pub fn everything_of(platform: &str) -> String {
    format!("app.kubernetes.io/instance={platform},app.kubernetes.io/managed-by={MANAGED_BY}")
}
