//! Puts a dump back into every database.

use serde_json::{Value, json};

use super::{database_urls, databases, dump_pod, folder, run_once};
use crate::{
    api::{Backup, EventPlatformRestore},
    build::{
        credentials::encoded,
        digest,
        object::{Kind, Object},
        part::RESTORE,
        plan::Plan,
        services::account,
    },
};

/// On a restore's Job: the uid and the name of its EventPlatformRestore, which may be deleted meanwhile.
pub const RESTORED_BY: &str = "eventplatform.dev/restore-uid";
pub const RESTORED_BY_NAME: &str = "eventplatform.dev/restore";

const SCRIPT: &str = include_str!("restore.sh");
/// Longest that a restore may take, in seconds.
const DEADLINE: i64 = 3600;

/// What a restore Job needs.
pub(crate) fn objects(plan: &Plan) -> Vec<Object> {
    vec![
        account(plan, RESTORE),
        Object::new(
            Kind::Secret,
            json!({
                "metadata": plan.metadata(&plan.of(RESTORE), RESTORE),
                "type": "Opaque",
                "data": encoded(database_urls(plan)),
            }),
        ),
    ]
}

/// Name of the Job of the EventPlatformRestore with this uid.
pub fn job_name(plan: &Plan, uid: &str) -> String {
    named(plan, RESTORE, uid)
}

/// Name of a Job of the EventPlatformRestore with this uid.
pub(super) fn named(plan: &Plan, component: &str, uid: &str) -> String {
    plan.of(&format!("{component}-{}", &digest(&uid)[..10]))
}

/// Whose Job it is.
pub(super) fn annotations(restore: &EventPlatformRestore) -> Value {
    json!({
        RESTORED_BY: restore.metadata.uid.as_deref().unwrap_or_default(),
        RESTORED_BY_NAME: restore.metadata.name,
    })
}

pub fn job(plan: &Plan, backup: &Backup, restore: &EventPlatformRestore) -> Object {
    let uid = restore.metadata.uid.as_deref().unwrap_or_default();
    let env = json!([
        {"name": "DATABASES", "value": databases()},
        {"name": "PLATFORM", "value": folder(plan)},
        {"name": "BACKUP", "value": restore.spec.backup},
    ]);
    run_once(
        plan,
        RESTORE,
        &job_name(plan, uid),
        &annotations(restore),
        DEADLINE,
        dump_pod(plan, RESTORE, backup, SCRIPT, &env),
    )
}
