//! Builds every object of a platform from a [`Plan`]: no client, no clock, no chance.

mod availability;
mod backends;
mod credentials;
mod environment;
mod ingress;
mod jobs;
pub mod limits;
mod network;
mod object;
pub mod part;
mod plan;
mod pod;
mod services;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use self::{
    backends::dependency,
    credentials::Credentials,
    environment::rabbitmq_url_from_elsewhere,
    jobs::{
        DUMPED_FOR, LATEST, RESTORED_BY, RESTORED_BY_NAME, backup_job, look_job, migration_hash,
        migration_job, recovery_job, recovery_job_name, restore_job, restore_job_name, retry_after,
    },
    object::{Kind, Object},
    part::{Backend, Service},
    plan::{Plan, Referenced, SecretData, image},
    services::{UPSTREAMS, deployment},
};

/// What must be there before anything of the platform can run, in the order in which it is applied: configuration before what
/// reads it.
pub fn foundation(plan: &Plan) -> Vec<Object> {
    let mut objects = Vec::new();
    for service in Service::ROLLOUT {
        objects.push(services::account(plan, service.name()));
        if service != Service::Frontend {
            objects.push(environment::secret(plan, service));
        }
        objects.push(services::service(plan, service));
    }
    objects.push(services::account(plan, part::MIGRATE));
    objects.extend(network::policies(plan));
    objects.extend(backends::objects(plan));
    if let Some(backup) = &plan.spec.backup {
        objects.extend(jobs::backup_objects(plan, backup));
        objects.extend(jobs::restore_objects(plan));
    }
    if plan.spec.point_in_time().is_some() {
        objects.extend(jobs::recovery_objects(plan));
    }
    objects
}

/// What is applied once the services run.
pub fn surroundings(plan: &Plan) -> Vec<Object> {
    let mut objects = Vec::new();
    for service in Service::ROLLOUT {
        objects.extend(availability::disruption_budget(plan, service));
        objects.extend(availability::autoscaler(plan, service));
    }
    objects.extend(ingress::ingress(plan));
    objects
}

/// SHA-256 of a value's JSON, in hexadecimal digits.
pub fn digest(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).unwrap_or_default();
    hex::encode(Sha256::digest(json))
}
