//! Puts a dump back into every database.

use serde_json::json;

use super::{database_urls, databases, dump_pod};
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

pub fn job(plan: &Plan, backup: &Backup, restore: &EventPlatformRestore) -> Object {
    let uid = restore.metadata.uid.as_deref().unwrap_or_default();
    let name = plan.of(&format!("{RESTORE}-{}", &digest(&uid)[..10]));
    let env = json!([
        {"name": "DATABASES", "value": databases()},
        {"name": "BACKUP", "value": restore.spec.backup},
    ]);
    Object::new(
        Kind::Job,
        json!({
            "metadata": plan.metadata(&name, RESTORE),
            "spec": {
                "backoffLimit": 0,
                "activeDeadlineSeconds": DEADLINE,
                "template": {
                    "metadata": {"labels": plan.labels(RESTORE)},
                    "spec": dump_pod(plan, RESTORE, backup, SCRIPT, &env),
                },
            },
        }),
    )
}
