//! What the memory limits add up to: as a rule that the API server checks, and in Rust for the status. And how many connections
//! the pods may open, which is a rule alone.
//!
//! Counted are all replicas, one further pod of the largest service (rollouts are serial), PostgreSQL, Redis and RabbitMQ as far as
//! they are managed, the sandbox, what takes base backups, and the Jobs: one migration and one backup at a time. A recovery runs
//! while PostgreSQL does not.

use kube::core::Rule;

use super::{Dependency, EventPlatformSpec, rules};
use crate::{
    build::limits::{ARCHIVE, BACKUP_JOB, MIGRATION_JOB, SANDBOX},
    quantity::{bytes, mebibytes},
};

const NAMES: [&str; 6] = [
    "auth", "catalog", "booking", "payment", "worker", "frontend",
];

/// Of the PostgreSQL that the operator runs.
pub const MAX_CONNECTIONS: u32 = 200;
/// Most that a pod opens, unless DATABASE_MAX_CONNECTIONS in its env says otherwise.
const CONNECTIONS_PER_POD: u32 = 8;
/// Beside the services' pods: one more of a rollout, the sandbox, a migration or dump, and who comes to look.
const OTHER_CONNECTIONS: u32 = 4 * CONNECTIONS_PER_POD;

/// What the limits add up to, and what they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    pub committed: u64,
    pub budget: u64,
}

impl Memory {
    pub fn fits(self) -> bool {
        self.committed <= self.budget
    }

    /// The sentence that says why it does not fit.
    pub fn excess(self) -> String {
        format!(
            "limits add up to {}, the memory budget is {}; lower replicas or limits, or raise spec.memoryBudget",
            mebibytes(self.committed),
            mebibytes(self.budget)
        )
    }
}

/// The same sum as [`memory`]'s; `None` when a quantity is none.
pub fn committed(spec: &EventPlatformSpec) -> Option<Memory> {
    let services = &spec.services;
    let pods = [
        (replicas(&services.auth), &services.auth.resources),
        (replicas(&services.catalog), &services.catalog.resources),
        (replicas(&services.booking), &services.booking.resources),
        (replicas(&services.payment), &services.payment.resources),
        (
            services
                .worker
                .autoscaling
                .as_ref()
                .map_or(services.worker.replicas, |scaling| scaling.max),
            &services.worker.resources,
        ),
        (replicas(&services.frontend), &services.frontend.resources),
    ];
    let mut committed = 0;
    let mut largest = 0;
    for (replicas, resources) in pods {
        let limit = bytes(&resources.limits.memory)?;
        committed += limit.checked_mul(u64::try_from(replicas).ok()?)?;
        largest = largest.max(limit);
    }
    committed += largest;
    for dependency in [&spec.postgres, &spec.redis, &spec.rabbitmq] {
        committed += managed(dependency)?;
    }
    for fixed in [SANDBOX, MIGRATION_JOB, BACKUP_JOB] {
        committed += bytes(fixed)?;
    }
    if spec.point_in_time().is_some() {
        committed += bytes(ARCHIVE)?;
    }
    Some(Memory {
        committed,
        budget: bytes(&spec.memory_budget)?,
    })
}

fn replicas(service: &super::ServiceSpec) -> i32 {
    service
        .autoscaling
        .as_ref()
        .map_or(service.replicas, |scaling| scaling.max)
}

fn managed(dependency: &Dependency) -> Option<u64> {
    dependency
        .managed
        .as_ref()
        .map_or(Some(0), |managed| bytes(&managed.resources.limits.memory))
}

/// The rule about memory, for the API server.
pub(super) fn memory() -> Rule {
    let mut quantities = vec!["self.memoryBudget".to_owned()];
    let mut limit = |path: &str| {
        let text = format!("{path}.resources.limits.memory");
        let term = format!("quantity({text}).asInteger()");
        quantities.push(text);
        term
    };
    let mut terms = Vec::new();
    let mut largest = Vec::new();
    for name in NAMES {
        let service = format!("self.services.{name}");
        let limit = limit(&service);
        terms.push(format!("{} * {limit}", most(&service)));
        largest.push(limit);
    }
    for name in ["postgres", "redis", "rabbitmq"] {
        let managed = format!("self.{name}.managed");
        let text = format!("(has({managed}) ? {managed}.resources.limits.memory : '0')");
        terms.push(format!("quantity({text}).asInteger()"));
        quantities.push(text);
    }
    let fixed = [SANDBOX, MIGRATION_JOB, BACKUP_JOB];
    terms.extend(fixed.map(|fixed| format!("quantity('{fixed}').asInteger()")));
    terms.push(format!(
        "(has(self.backup) && has(self.backup.pointInTime) ? quantity('{ARCHIVE}').asInteger() : 0)"
    ));
    let quantities = quantities.join(", ");
    let committed = format!(
        "([{}].sum() + [{}].max())",
        terms.join(", "),
        largest.join(", ")
    );
    rules::rule(
        format!(
            "[{quantities}].exists(text, !isQuantity(text) || !quantity(text).isInteger()) || {committed} <= quantity(self.memoryBudget).asInteger()"
        ),
        format!(
            "'limits add up to %dMi, the memory budget is %dMi; lower replicas or limits, or raise spec.memoryBudget'.format([({committed} + 1048575) / 1048576, (quantity(self.memoryBudget).asInteger() + 1048575) / 1048576])"
        ),
    )
}

/// The rule that keeps the pods of a large platform from finding PostgreSQL full.
pub(super) fn connections() -> Rule {
    let pods: Vec<_> = NAMES
        .iter()
        .filter(|name| **name != "frontend")
        .map(|name| most(&format!("self.services.{name}")))
        .collect();
    let opened = format!(
        "([{}].sum() * {CONNECTIONS_PER_POD} + {OTHER_CONNECTIONS})",
        pods.join(", ")
    );
    rules::rule(
        format!("!has(self.postgres.managed) || {opened} <= {MAX_CONNECTIONS}"),
        format!(
            "'the services may open %d connections, the PostgreSQL that the operator runs has {MAX_CONNECTIONS}; lower replicas or autoscaling.max, or use spec.postgres.external'.format([{opened}])"
        ),
    )
}

/// Most pods of a service.
fn most(service: &str) -> String {
    format!("(has({service}.autoscaling) ? {service}.autoscaling.max : {service}.replicas)")
}
