//! Redis.

use serde_json::{Value, json};

use super::{begin_anew, image, secret, stateful_set};
use crate::{
    api::Managed,
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

const IMAGE: &str = "docker.io/library/redis:7.2.11";

pub(super) fn objects(plan: &Plan, managed: &Managed) -> Vec<Object> {
    let data = encoded([("redis.conf", config(plan, managed))]);
    let secret = secret(plan, Backend::Redis, &data);
    let set = stateful_set(
        plan,
        Backend::Redis,
        &digest(&data),
        &pod_spec(plan, managed),
    );
    vec![secret, set]
}

/// An append-only file keeps people logged in over a restart; two thirds of the limit are for data, the rest for rewriting that file.
fn config(plan: &Plan, managed: &Managed) -> String {
    let limit = quantity::bytes(&managed.resources.limits.memory).unwrap_or_default();
    format!(
        "bind 0.0.0.0\nprotected-mode yes\nrequirepass {}\ndir /data\ndatabases 1\nsave \"\"\nappendonly yes\nappendfsync everysec\n\
         maxmemory {}mb\nmaxmemory-policy volatile-lru\n",
        plan.credentials.get("REDIS_PASSWORD"),
        (limit >> 20) * 2 / 3,
    )
}

fn pod_spec(plan: &Plan, managed: &Managed) -> Value {
    let probe = |period: i32, failures: i32| {
        json!({
            "tcpSocket": {"port": "redis"},
            "periodSeconds": period,
            "timeoutSeconds": 2,
            "failureThreshold": failures,
        })
    };
    let container = json!({
        "name": "redis",
        "image": image(managed, IMAGE),
        "imagePullPolicy": "IfNotPresent",
        "args": ["redis-server", "/etc/redis/redis.conf"],
        "ports": [{"name": "redis", "containerPort": 6379, "protocol": "TCP"}],
        "resources": resources(&managed.resources),
        "startupProbe": probe(1, 120),
        "readinessProbe": probe(5, 2),
        "livenessProbe": probe(10, 6),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "data", "mountPath": "/data"},
            {"name": "config", "mountPath": "/etc/redis", "readOnly": true},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    });
    let volumes = json!([
        claim("data", &plan.of("redis")),
        {"name": "config", "secret": {"secretName": plan.of("redis")}},
        scratch("tmp"),
    ]);
    let mut spec = pod(plan, "redis", DATABASE_USER, &container, &volumes);
    if let Some(first) = begin_anew(plan, &image(managed, IMAGE)) {
        spec["initContainers"] = first;
    }
    spec
}
