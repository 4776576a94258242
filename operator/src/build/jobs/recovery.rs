//! Takes PostgreSQL back to a moment: first a look whether that can be, then, with PostgreSQL stopped, the recovery.

use serde_json::{Value, json};

use super::{
    restore::{annotations, named},
    run_once,
};
use crate::{
    api::{EventPlatformRestore, Managed, PointInTime},
    build::{
        backends::{self, DATA, PGDATA},
        object::Object,
        part::{LOOK, RECOVERY},
        plan::Plan,
        pod::{DATABASE_USER, claim, container_security, fixed_resources, pod, resources, scratch},
        services::account,
    },
};

/// Longest that a look may take, in seconds: a pod must come up and list a folder.
const LOOK_DEADLINE: i64 = 300;
/// Longest that recovery from one base backup may take; the script ends then, and has changed nothing.
const PATIENCE: i64 = 7200;
/// Longest that all may take, with base backups that turn out to be damaged.
const DEADLINE: i64 = 4 * PATIENCE;

/// `targetTime` for all that was archived.
pub const LATEST: &str = "latest";

/// What the Jobs need.
pub(crate) fn objects(plan: &Plan) -> Vec<Object> {
    vec![account(plan, RECOVERY)]
}

/// Name of the Job that recovers for the EventPlatformRestore with this uid.
pub fn job_name(plan: &Plan, uid: &str) -> String {
    named(plan, RECOVERY, uid)
}

/// Whether there is what the restore asks for. `beside`: PostgreSQL has a node, which has the archive, too.
pub fn look(
    plan: &Plan,
    archive: &PointInTime,
    restore: &EventPlatformRestore,
    beside: bool,
) -> Object {
    let container = json!({
        "name": LOOK,
        "image": backends::postgres_image(plan),
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", "/operator/archive/restore.sh", "look"],
        "env": environment(plan, archive, restore),
        "resources": fixed_resources("64Mi"),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": backends::archive_mounts(),
    });
    let volumes = backends::archive_volumes(plan, archive);
    let mut spec = pod(plan, RECOVERY, DATABASE_USER, &container, &json!(volumes));
    if beside {
        spec["affinity"] = backends::beside_postgres(plan);
    }
    job(plan, restore, LOOK, LOOK_DEADLINE, spec)
}

/// Replaces the database by what it was.
pub fn recovery(
    plan: &Plan,
    managed: &Managed,
    archive: &PointInTime,
    restore: &EventPlatformRestore,
) -> Object {
    let mut command: Vec<String> = ["bash", "/operator/archive/restore.sh", "restore"]
        .map(Into::into)
        .into();
    command.extend(backends::postgres_options(plan, managed));
    let mut env = environment(plan, archive, restore);
    env.push(json!({"name": "PGDATA", "value": PGDATA}));
    env.push(json!({"name": "RESTORE_PATIENCE", "value": PATIENCE.to_string()}));
    let mut mounts = backends::archive_mounts();
    mounts.extend([
        json!({"name": "data", "mountPath": DATA}),
        json!({"name": "tmp", "mountPath": "/tmp"}),
        json!({"name": "shm", "mountPath": "/dev/shm"}),
    ]);
    let container = json!({
        "name": RECOVERY,
        "image": backends::postgres_image(plan),
        "imagePullPolicy": "IfNotPresent",
        "command": command,
        "env": env,
        "resources": resources(&managed.resources),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": mounts,
    });
    let mut volumes = backends::archive_volumes(plan, archive);
    volumes.extend([
        claim("data", &plan.of("postgres")),
        scratch("tmp"),
        json!({"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "128Mi"}}),
    ]);
    let spec = pod(plan, RECOVERY, DATABASE_USER, &container, &json!(volumes));
    job(plan, restore, RECOVERY, DEADLINE, spec)
}

fn environment(plan: &Plan, archive: &PointInTime, restore: &EventPlatformRestore) -> Vec<Value> {
    let target = restore.spec.target_time.as_deref();
    let target = target
        .filter(|target| *target != LATEST)
        .unwrap_or_default();
    let mut env = backends::archive_environment(plan, archive);
    env.push(json!({"name": "TARGET_TIME", "value": target}));
    env
}

fn job(
    plan: &Plan,
    restore: &EventPlatformRestore,
    component: &str,
    deadline: i64,
    pod: Value,
) -> Object {
    let uid = restore.metadata.uid.as_deref().unwrap_or_default();
    run_once(
        plan,
        component,
        &named(plan, component, uid),
        &annotations(restore),
        deadline,
        pod,
    )
}
