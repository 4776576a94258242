//! Work that ends: migrations, backups, restores.

mod backup;
mod migration;
mod recovery;
mod restore;

use serde_json::{Value, json};

use super::{
    environment::database_url,
    limits::BACKUP_JOB,
    object::{Kind, Object},
    part::Service,
    plan::Plan,
    pod::{DATABASE_USER, claim, container_security, fixed_resources, pod, scratch},
};
use crate::api::Backup;

pub(super) use backup::objects as backup_objects;
pub use backup::{DUMPED_FOR, job as backup_job};
pub use migration::{hash as migration_hash, job as migration_job, retry_after};
pub(super) use recovery::objects as recovery_objects;
pub use recovery::{
    LATEST, job_name as recovery_job_name, look as look_job, recovery as recovery_job,
};
pub(super) use restore::objects as restore_objects;
pub use restore::{
    RESTORED_BY, RESTORED_BY_NAME, job as restore_job, job_name as restore_job_name,
};

/// A Job whose pod runs once, for at most `deadline` seconds. Whether it is repeated is the operator's to decide: it knows what to
/// say meanwhile, and when to stop.
fn run_once(
    plan: &Plan,
    component: &str,
    name: &str,
    annotations: &Value,
    deadline: i64,
    mut pod: Value,
) -> Object {
    let mut metadata = plan.metadata(name, component);
    metadata["annotations"] = annotations.clone();
    pod["restartPolicy"] = "Never".into();
    Object::new(
        Kind::Job,
        json!({
            "metadata": metadata,
            "spec": {
                "backoffLimit": 0,
                "activeDeadlineSeconds": deadline,
                "template": {"metadata": {"labels": plan.labels(component)}, "spec": pod},
            },
        }),
    )
}

/// The pod of a backup or a restore: a script in PostgreSQL's image, beside the volume of dumps.
fn dump_pod(plan: &Plan, component: &str, backup: &Backup, script: &str, env: &Value) -> Value {
    let container = json!({
        "name": component,
        "image": super::backends::postgres_image(plan),
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", "-euo", "pipefail", "-c", script],
        "env": env,
        "envFrom": [{"secretRef": {"name": plan.of(component)}}],
        "resources": fixed_resources(BACKUP_JOB),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "backups", "mountPath": "/backups"},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    });
    let volume = backup
        .destination
        .claim_name
        .clone()
        .unwrap_or_else(|| plan.of("backups"));
    let volumes = json!([claim("backups", &volume), scratch("tmp")]);
    let mut spec = pod(plan, component, DATABASE_USER, &container, &volumes);
    if plan.spec.postgres.managed.is_some() {
        // The URLs may have passwords that the roles are yet to get.
        spec["initContainers"] = json!([migration::databases(plan)]);
    }
    spec["restartPolicy"] = "Never".into();
    spec
}

/// `DATABASE_URL_AUTH` and so on, for whoever dumps or restores them all.
fn database_urls(plan: &Plan) -> Vec<(String, String)> {
    Service::MIGRATED
        .into_iter()
        .map(|service| {
            (
                format!("DATABASE_URL_{}", service.name().to_uppercase()),
                database_url(plan, service),
            )
        })
        .collect()
}

/// The platform's own folder among those of others that have their dumps on the same volume.
fn folder(plan: &Plan) -> String {
    format!("{}.{}", plan.namespace, plan.name)
}

/// Names of the databases, for a loop in a script.
fn databases() -> String {
    Service::MIGRATED.map(Service::name).join(" ")
}
