//! The archive of PostgreSQL, from which it can be taken back to any moment: base backups, the WAL since, and what takes care of both.

use serde_json::{Value, json};

use super::{postgres, volume};
use crate::{
    api::PointInTime,
    build::{
        credentials::encoded,
        digest,
        limits::ARCHIVE as MEMORY,
        object::{Kind, Object},
        part::{ARCHIVE, Backend, selector},
        plan::Plan,
        pod::{DATABASE_USER, claim, container_security, fixed_resources, pod, scratch},
        services::account,
    },
    quantity,
};

/// Where the scripts are mounted, here and by Docker Compose.
const SCRIPTS: &str = "/operator/archive";

const FILES: [(&str, &str); 9] = [
    ("archive-wal.sh", include_str!("../archive/archive-wal.sh")),
    ("base.sh", include_str!("../archive/base.sh")),
    ("guard.sh", include_str!("../archive/guard.sh")),
    ("healthy.sh", include_str!("../archive/healthy.sh")),
    ("lib.sh", include_str!("../archive/lib.sh")),
    ("loop.sh", include_str!("../archive/loop.sh")),
    ("pg_hba.conf", include_str!("../archive/pg_hba.conf")),
    ("restore-wal.sh", include_str!("../archive/restore-wal.sh")),
    ("restore.sh", include_str!("../archive/restore.sh")),
];

/// How long the archive may be unhealthy before the container ends and says so, in seconds.
const PATIENCE: u32 = 300;

/// All but what is in PostgreSQL's own pod; what is mounted before what mounts it.
pub(super) fn objects(plan: &Plan, archive: &PointInTime) -> Vec<Object> {
    let mut objects = vec![account(plan, ARCHIVE), scripts(plan)];
    if archive.claim_name.is_none() {
        objects.push(volume(plan, ARCHIVE, &archive.storage));
    }
    objects.push(deployment(plan, archive));
    objects
}

fn scripts(plan: &Plan) -> Object {
    let data: serde_json::Map<_, _> = FILES
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.into()))
        .collect();
    Object::new(
        Kind::ConfigMap,
        json!({"metadata": plan.metadata(&plan.of(ARCHIVE), ARCHIVE), "data": data}),
    )
}

/// What PostgreSQL is told beside its usual settings.
pub(super) fn settings(archive: &PointInTime) -> [(&'static str, String); 4] {
    [
        ("archive_mode", "on".into()),
        (
            "archive_command",
            format!("bash {SCRIPTS}/archive-wal.sh %p %f"),
        ),
        (
            "archive_timeout",
            format!("{}s", archive.archive_timeout_seconds),
        ),
        // Base backups come from another pod.
        ("hba_file", format!("{SCRIPTS}/pg_hba.conf")),
    ]
}

/// Variables that every script takes: where the archive is, how much it may hold, and what to do when it can't go on.
pub(crate) fn environment(plan: &Plan, archive: &PointInTime) -> Vec<Value> {
    let name = &plan.name;
    let claim = claim_name(plan, archive);
    let own = folder(plan);
    let remove = match archive.claim_name {
        Some(_) => format!("folder {own} of claim {claim}"),
        None => format!("claim {claim}"),
    };
    let restore = format!(
        "to have them back make an EventPlatformRestore of {name} with targetTime: latest; to begin anew without them remove {remove}"
    );
    let room = "raise spec.backup.pointInTime.storage";
    [
        ("ARCHIVE", format!("/archive/{own}")),
        ("ARCHIVE_LIMIT_MB", limit(archive).to_string()),
        ("EMPTY_ADVICE", restore.clone()),
        ("FOREIGN_ADVICE", restore),
        ("FULL_ADVICE", room.into()),
        ("ROOM_ADVICE", room.into()),
    ]
    .into_iter()
    .map(|(name, value)| json!({"name": name, "value": value}))
    .collect()
}

/// In MiB: the rest is for what is being written while it is found that there is no more room.
fn limit(archive: &PointInTime) -> u64 {
    let mebibytes = quantity::bytes(&archive.storage).unwrap_or_default() >> 20;
    mebibytes * 9 / 10
}

/// The platform's own folder among those of others on the same volume.
fn folder(plan: &Plan) -> String {
    format!("{}.{}", plan.namespace, plan.name)
}

fn claim_name(plan: &Plan, archive: &PointInTime) -> String {
    archive
        .claim_name
        .clone()
        .unwrap_or_else(|| plan.of(ARCHIVE))
}

pub(crate) fn mounts() -> Vec<Value> {
    vec![
        json!({"name": "archive", "mountPath": "/archive"}),
        json!({"name": "scripts", "mountPath": SCRIPTS, "readOnly": true}),
    ]
}

pub(crate) fn volumes(plan: &Plan, archive: &PointInTime) -> Vec<Value> {
    vec![
        claim("archive", &claim_name(plan, archive)),
        json!({"name": "scripts", "configMap": {"name": plan.of(ARCHIVE)}}),
    ]
}

/// Runs before PostgreSQL, and keeps it from beginning anew beside backups of what was lost.
pub(super) fn guard(plan: &Plan, archive: &PointInTime) -> Value {
    let mut env = vec![json!({"name": "PGDATA", "value": postgres::PGDATA})];
    env.extend(environment(plan, archive));
    let mut mounts = mounts();
    mounts.push(json!({"name": "data", "mountPath": postgres::DATA}));
    json!({
        "name": "archive",
        "image": postgres::image(plan),
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", format!("{SCRIPTS}/guard.sh")],
        "env": env,
        "resources": fixed_resources("32Mi"),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": mounts,
    })
}

/// Takes base backups, removes what is too old, and is ready while both PostgreSQL and it do what they should.
fn deployment(plan: &Plan, archive: &PointInTime) -> Object {
    let password = encoded([(
        "POSTGRES_PASSWORD",
        plan.credentials.get("POSTGRES_PASSWORD"),
    )]);
    Object::new(
        Kind::Deployment,
        json!({
            "metadata": plan.metadata(&plan.of(ARCHIVE), ARCHIVE),
            "spec": {
                "replicas": i32::from(!plan.recovering),
                "revisionHistoryLimit": 2,
                // Two would take each other's room.
                "strategy": {"type": "Recreate"},
                "selector": {"matchLabels": selector(&plan.name, ARCHIVE)},
                "template": {
                    "metadata": {
                        "labels": plan.labels(ARCHIVE),
                        "annotations": {"eventplatform.dev/secrets": digest(&(password, FILES))},
                    },
                    "spec": pod_spec(plan, archive),
                },
            },
        }),
    )
}

fn pod_spec(plan: &Plan, archive: &PointInTime) -> Value {
    let mut env = environment(plan, archive);
    env.extend(
        [
            ("BACKUP_AT", archive.at.clone()),
            ("BACKUP_KEEP", archive.retention.to_string()),
            ("FOLLOW_HISTORY", "on".into()),
            ("GIVE_UP_AFTER", PATIENCE.to_string()),
            ("PGHOST", plan.of(Backend::Postgres.name())),
            ("PGUSER", "postgres".into()),
            ("PGDATABASE", "postgres".into()),
            ("PGCONNECT_TIMEOUT", "10".into()),
        ]
        .map(|(name, value)| json!({"name": name, "value": value})),
    );
    env.push(json!({"name": "PGPASSWORD", "valueFrom": {"secretKeyRef": {
        "name": plan.of(Backend::Postgres.name()), "key": "POSTGRES_PASSWORD",
    }}}));
    let mut mounts = mounts();
    mounts.push(json!({"name": "tmp", "mountPath": "/tmp"}));
    let container = json!({
        "name": ARCHIVE,
        "image": postgres::image(plan),
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", format!("{SCRIPTS}/loop.sh")],
        "env": env,
        "resources": fixed_resources(MEMORY),
        "readinessProbe": {
            "exec": {"command": ["bash", format!("{SCRIPTS}/healthy.sh")]},
            "periodSeconds": 30,
            "timeoutSeconds": 10,
            "failureThreshold": 2,
        },
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": mounts,
    });
    let mut volumes = volumes(plan, archive);
    volumes.push(scratch("tmp"));
    let mut spec = pod(plan, ARCHIVE, DATABASE_USER, &container, &json!(volumes));
    spec["affinity"] = beside_postgres(plan);
    spec
}

/// A volume may be mounted on one node only: that of PostgreSQL.
pub(crate) fn beside_postgres(plan: &Plan) -> Value {
    json!({"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{
        "labelSelector": {"matchLabels": selector(&plan.name, Backend::Postgres.name())},
        "topologyKey": "kubernetes.io/hostname",
    }]}})
}
