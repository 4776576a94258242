//! Dumps of every database: by the clock, and before migrations.

use serde_json::{Value, json};

use super::{database_urls, databases, dump_pod, folder};
use crate::{
    api::Backup,
    build::{
        backends::volume,
        credentials::encoded,
        object::{Kind, Object},
        part::BACKUP,
        plan::Plan,
        services::account,
    },
};

/// On the Job of a dump before a migration: the generation of the spec that it was taken for.
pub const DUMPED_FOR: &str = "eventplatform.dev/generation";

const SCRIPT: &str = include_str!("backup.sh");
/// Longest that a backup may take, in seconds.
const DEADLINE: i64 = 3600;

/// What the CronJob needs, and itself.
pub(crate) fn objects(plan: &Plan, backup: &Backup) -> Vec<Object> {
    let mut objects = vec![
        account(plan, BACKUP),
        Object::new(
            Kind::Secret,
            json!({
                "metadata": plan.metadata(&plan.of(BACKUP), BACKUP),
                "type": "Opaque",
                "data": encoded(database_urls(plan)),
            }),
        ),
    ];
    if let Some(storage) = &backup.destination.storage {
        objects.push(volume(plan, "backups", storage));
    }
    objects.push(Object::new(
        Kind::CronJob,
        json!({
            "metadata": plan.metadata(&plan.of(BACKUP), BACKUP),
            "spec": {
                "schedule": backup.schedule,
                "timeZone": "Etc/UTC",
                "concurrencyPolicy": "Forbid",
                "startingDeadlineSeconds": 3600,
                "successfulJobsHistoryLimit": 1,
                "failedJobsHistoryLimit": 1,
                "suspend": plan.stopped,
                "jobTemplate": {
                    "metadata": {"labels": plan.labels(BACKUP)},
                    "spec": job_spec(plan, backup),
                },
            },
        }),
    ));
    objects
}

/// One backup, named by what it is taken for.
pub fn job(plan: &Plan, backup: &Backup, purpose: &str) -> Object {
    let name = plan.of(&format!("{BACKUP}-{purpose}"));
    let mut metadata = plan.metadata(&name, BACKUP);
    metadata["annotations"] = json!({DUMPED_FOR: plan.generation.to_string()});
    Object::new(
        Kind::Job,
        json!({"metadata": metadata, "spec": job_spec(plan, backup)}),
    )
}

fn job_spec(plan: &Plan, backup: &Backup) -> Value {
    let env = json!([
        {"name": "DATABASES", "value": databases()},
        {"name": "PLATFORM", "value": folder(plan)},
        {"name": "RETENTION", "value": backup.retention.to_string()},
    ]);
    json!({
        "backoffLimit": 1,
        "activeDeadlineSeconds": DEADLINE,
        "template": {
            "metadata": {"labels": plan.labels(BACKUP)},
            "spec": dump_pod(plan, BACKUP, backup, SCRIPT, &env),
        },
    })
}
