//! The Job that brings all databases up to date, one after another. The old version goes on serving meanwhile: migrations are
//! expand/contract.

use std::time::Duration;

use serde_json::{Value, json};

use super::run_once;
use crate::build::{
    backends::postgres_image,
    digest, environment,
    limits::MIGRATION_JOB,
    object::Object,
    part::{Backend, MIGRATE, Service},
    plan::Plan,
    pod::{DATABASE_USER, NONROOT, container_security, fixed_resources, pod, scratch},
};

/// Makes roles and databases, and gives roles the passwords that the services have.
const DATABASES: &str = include_str!("databases.sh");

const FIRST_RETRY: Duration = Duration::from_secs(10);
const LONGEST_RETRY: Duration = Duration::from_secs(300);

/// Tells one run of migrations from another: the images, the databases they go to, and what was restored since. `again` is what
/// people put into an annotation to have them run once more.
pub fn hash(plan: &Plan, restored: Option<&str>, again: Option<&str>) -> String {
    let images: Vec<_> = Service::MIGRATED
        .into_iter()
        .map(|service| {
            (
                plan.image(service),
                environment::database_url(plan, service),
            )
        })
        .collect();
    digest(&(images, restored, again))[..10].to_owned()
}

/// How long to wait after the attempt with this number, from 1, failed.
pub fn retry_after(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(16);
    (FIRST_RETRY * 2_u32.pow(doublings)).min(LONGEST_RETRY)
}

pub fn job(plan: &Plan, hash: &str, attempt: i32) -> Object {
    let mut containers: Vec<_> = Service::MIGRATED
        .into_iter()
        .map(|service| migrate(plan, service))
        .collect();
    let last = containers.pop();
    if plan.spec.postgres.managed.is_some() {
        containers.insert(0, databases(plan));
    }
    let mut spec = pod(
        plan,
        MIGRATE,
        NONROOT,
        &json!(last),
        &json!([scratch("tmp")]),
    );
    spec["initContainers"] = json!(containers);
    run_once(
        plan,
        MIGRATE,
        &plan.of(&format!("{MIGRATE}-{hash}-{attempt}")),
        &json!({
            "eventplatform.dev/migration": hash,
            "eventplatform.dev/version": plan.release.version,
        }),
        plan.spec.migrations.timeout_seconds,
        spec,
    )
}

fn migrate(plan: &Plan, service: Service) -> Value {
    let args = if service == Service::Sandbox {
        json!(["sandbox", "migrate"])
    } else {
        json!(["migrate"])
    };
    let mut env = vec![json!({"name": "LOG_FORMAT", "value": "json"})];
    if service == Service::Auth {
        let secret = plan.spec.admin.as_ref().map_or_else(
            || plan.of("credentials"),
            |admin| admin.secret_ref.name.clone(),
        );
        for name in ["ADMIN_EMAIL", "ADMIN_PASSWORD"] {
            env.push(from_secret(name, &secret, name));
        }
    }
    json!({
        "name": service.name(),
        "image": plan.image(service),
        "imagePullPolicy": "IfNotPresent",
        "args": args,
        "env": env,
        "envFrom": [{"secretRef": {"name": plan.of(service.name())}}],
        "resources": fixed_resources(MIGRATION_JOB),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    })
}

pub(super) fn databases(plan: &Plan) -> Value {
    let credentials = plan.of("credentials");
    let mut env = vec![
        json!({"name": "PGHOST", "value": plan.of(Backend::Postgres.name())}),
        json!({"name": "PGUSER", "value": "postgres"}),
        json!({"name": "PGDATABASE", "value": "postgres"}),
        json!({"name": "PGCONNECT_TIMEOUT", "value": "10"}),
        from_secret("PGPASSWORD", &credentials, "POSTGRES_PASSWORD"),
    ];
    for service in Service::MIGRATED {
        let name = format!("{}_DATABASE_PASSWORD", service.name().to_uppercase());
        env.push(from_secret(&name, &credentials, &name));
    }
    let mut security = container_security();
    security["runAsUser"] = DATABASE_USER.into();
    security["runAsGroup"] = DATABASE_USER.into();
    json!({
        "name": "databases",
        "image": postgres_image(plan),
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", "-euo", "pipefail", "-c", DATABASES, "databases"],
        "args": Service::MIGRATED.map(Service::name),
        "env": env,
        "resources": fixed_resources(MIGRATION_JOB),
        "securityContext": security,
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    })
}

fn from_secret(name: &str, secret: &str, key: &str) -> Value {
    json!({"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_grow_to_a_bound() {
        let seconds: Vec<_> = [1, 2, 3, 6, 100]
            .map(|attempt| retry_after(attempt).as_secs())
            .into();
        assert_eq!(seconds, [10, 20, 40, 300, 300]);
    }
}
