//! PostgreSQL.

use serde_json::{Value, json};

use super::{archive, image as image_of, secret, stateful_set};
use crate::{
    api::{MAX_CONNECTIONS, Managed},
    build::{
        credentials::encoded,
        digest,
        object::Object,
        part::Backend,
        plan::Plan,
        pod::{DATABASE_USER, claim, container_security, pod, resources, scratch},
    },
    quantity,
};

const IMAGE: &str = "docker.io/library/postgres:15.14";
/// Where its volume is.
pub(crate) const DATA: &str = "/var/lib/postgresql/data";
/// Where the database is on it.
pub(crate) const PGDATA: &str = "/var/lib/postgresql/data/pgdata";
/// Of a start: recovery may take minutes, and what succeeds once after each start is where a new password is taken over.
const STARTED: &str = include_str!("postgres-started.sh");

/// The image whose psql, pg_dump and pg_restore the Jobs use, too.
pub(crate) fn image(plan: &Plan) -> String {
    plan.spec
        .postgres
        .managed
        .as_ref()
        .map_or_else(|| IMAGE.to_owned(), |managed| image_of(managed, IMAGE))
}

pub(super) fn objects(plan: &Plan, managed: &Managed) -> Vec<Object> {
    let data = encoded([(
        "POSTGRES_PASSWORD",
        plan.credentials.get("POSTGRES_PASSWORD"),
    )]);
    let secret = secret(plan, Backend::Postgres, &data);
    let set = stateful_set(
        plan,
        Backend::Postgres,
        &digest(&data),
        &pod_spec(plan, managed),
    );
    let mut objects = vec![secret];
    if let Some(archive) = plan.spec.point_in_time() {
        objects.extend(archive::objects(plan, archive));
    }
    objects.push(set);
    objects
}

fn pod_spec(plan: &Plan, managed: &Managed) -> Value {
    let mut args = vec!["postgres".to_owned()];
    args.extend(options(plan, managed));
    let probe = |command: &[&str], period: i32, failures: i32| {
        json!({
            "exec": {"command": command},
            "periodSeconds": period,
            "timeoutSeconds": 5,
            "failureThreshold": failures,
        })
    };
    let mut container = json!({
        "name": "postgres",
        "image": image(plan),
        "imagePullPolicy": "IfNotPresent",
        "args": args,
        "ports": [{"name": "postgres", "containerPort": 5432, "protocol": "TCP"}],
        "env": [
            {"name": "PGDATA", "value": PGDATA},
            // Sorting by code point does not change with a newer libc, under which indexes would break.
            {"name": "POSTGRES_INITDB_ARGS", "value": "--locale=C.UTF-8 --encoding=UTF8"},
        ],
        "envFrom": [{"secretRef": {"name": plan.of("postgres")}}],
        "resources": resources(&managed.resources),
        // A crash may be followed by minutes of recovery.
        "startupProbe": probe(&["bash", "-euo", "pipefail", "-c", STARTED], 1, 600),
        "readinessProbe": probe(&["pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"], 10, 2),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "data", "mountPath": DATA},
            {"name": "run", "mountPath": "/var/run/postgresql"},
            {"name": "tmp", "mountPath": "/tmp"},
            {"name": "shm", "mountPath": "/dev/shm"},
        ],
    });
    let mut volumes = json!([
        claim("data", &plan.of("postgres")),
        scratch("run"),
        scratch("tmp"),
        {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "128Mi"}},
    ]);
    let guard = plan.spec.point_in_time().map(|archive| {
        extend(&mut container["env"], archive::environment(plan, archive));
        extend(&mut container["volumeMounts"], archive::mounts());
        extend(&mut volumes, archive::volumes(plan, archive));
        archive::guard(plan, archive)
    });
    let mut spec = pod(plan, "postgres", DATABASE_USER, &container, &volumes);
    if let Some(guard) = guard {
        spec["initContainers"] = json!([guard]);
    }
    spec["terminationGracePeriodSeconds"] = 120.into();
    spec
}

fn extend(list: &mut Value, with: Vec<Value>) {
    if let Some(list) = list.as_array_mut() {
        list.extend(with);
    }
}

/// What the server is started with, also while it is recovered.
pub(crate) fn options(plan: &Plan, managed: &Managed) -> Vec<String> {
    let mut all = settings(managed);
    all.extend(
        plan.spec
            .point_in_time()
            .into_iter()
            .flat_map(archive::settings),
    );
    all.into_iter()
        .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
        .collect()
}

/// Sized by the memory limit: an eighth is shared buffers, half is what the planner may expect to be cached.
fn settings(managed: &Managed) -> Vec<(&'static str, String)> {
    let megabytes = quantity::bytes(&managed.resources.limits.memory).unwrap_or_default() >> 20;
    vec![
        // 8 connections of 2 pods of 5 services, their surge, Jobs, and people.
        ("max_connections", MAX_CONNECTIONS.to_string()),
        ("shared_buffers", format!("{}MB", (megabytes / 8).max(16))),
        (
            "effective_cache_size",
            format!("{}MB", (megabytes / 2).max(32)),
        ),
        ("work_mem", "4MB".into()),
        ("maintenance_work_mem", "32MB".into()),
        ("max_wal_size", "512MB".into()),
        ("jit", "off".into()),
        ("huge_pages", "off".into()),
        ("max_worker_processes", "4".into()),
        ("max_parallel_workers", "2".into()),
        ("autovacuum_max_workers", "2".into()),
        ("password_encryption", "scram-sha-256".into()),
        ("log_lock_waits", "on".into()),
        ("log_min_duration_statement", "1s".into()),
        // A slow statement must not put a mail address or a token into the log.
        ("log_parameter_max_length", "0".into()),
        ("log_parameter_max_length_on_error", "0".into()),
        ("idle_in_transaction_session_timeout", "60s".into()),
    ]
}
