//! What the operator runs where the spec says `managed`: one StatefulSet of one pod each, on a volume that outlives the platform.

mod archive;
mod postgres;
mod rabbitmq;
mod redis;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    object::{Kind, Object},
    part::{Backend, selector},
    plan::Plan,
    pod::{container_security, fixed_resources},
    services::account,
};
use crate::api::{Dependency, EventPlatformSpec, Managed};

pub(super) use archive::{
    beside_postgres, environment as archive_environment, mounts as archive_mounts,
    volumes as archive_volumes,
};
pub(super) use postgres::{DATA, PGDATA, image as postgres_image, options as postgres_options};
pub(super) use rabbitmq::METRICS as RABBITMQ_METRICS;

const BEGIN_ANEW: &str = include_str!("begin-anew.sh");

/// What the spec says of a backend.
pub fn dependency(spec: &EventPlatformSpec, backend: Backend) -> &Dependency {
    match backend {
        Backend::Postgres => &spec.postgres,
        Backend::Redis => &spec.redis,
        Backend::RabbitMq => &spec.rabbitmq,
    }
}

/// All objects of the backends that are managed, what is mounted before what mounts it.
pub(super) fn objects(plan: &Plan) -> Vec<Object> {
    Backend::ALL
        .into_iter()
        .filter_map(|backend| Some((backend, dependency(&plan.spec, backend).managed.as_ref()?)))
        .flat_map(|(backend, managed)| {
            let mut objects = vec![
                account(plan, backend.name()),
                volume(plan, backend.name(), &managed.storage),
                service(plan, backend),
            ];
            objects.extend(match backend {
                Backend::Postgres => postgres::objects(plan, managed),
                Backend::Redis => redis::objects(plan, managed),
                Backend::RabbitMq => rabbitmq::objects(plan, managed),
            });
            objects
        })
        .collect()
}

/// A claim that stays when the platform goes. Not a StatefulSet's template: those can't be changed later.
pub(super) fn volume(plan: &Plan, part: &str, storage: &str) -> Object {
    Object::new(
        Kind::PersistentVolumeClaim,
        json!({
            "metadata": plan.kept(&plan.of(part), part),
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": storage}},
            },
        }),
    )
}

fn service(plan: &Plan, backend: Backend) -> Object {
    let name = backend.name();
    Object::new(
        Kind::Service,
        json!({
            "metadata": plan.metadata(&plan.of(name), name),
            "spec": {
                "type": "ClusterIP",
                "selector": selector(&plan.name, name),
                "ports": [{"name": name, "port": backend.port(), "targetPort": name, "protocol": "TCP"}],
            },
        }),
    )
}

fn secret(plan: &Plan, backend: Backend, data: &BTreeMap<String, String>) -> Object {
    let name = backend.name();
    Object::new(
        Kind::Secret,
        json!({"metadata": plan.metadata(&plan.of(name), name), "type": "Opaque", "data": data}),
    )
}

/// `changes` is what the pod must be restarted for: a digest of its Secret.
fn stateful_set(plan: &Plan, backend: Backend, changes: &str, pod: &Value) -> Object {
    let name = backend.name();
    Object::new(
        Kind::StatefulSet,
        json!({
            "metadata": plan.metadata(&plan.of(name), name),
            "spec": {
                "replicas": replicas(plan, backend),
                // With one pod it changes only this: a pod that can't start is replaced when its template is mended.
                "podManagementPolicy": "Parallel",
                "serviceName": plan.of(name),
                "revisionHistoryLimit": 2,
                "selector": {"matchLabels": selector(&plan.name, name)},
                "template": {
                    "metadata": {
                        "labels": plan.labels(name),
                        "annotations": {"eventplatform.dev/secrets": changes},
                    },
                    "spec": pod,
                },
            },
        }),
    )
}

fn replicas(plan: &Plan, backend: Backend) -> i32 {
    i32::from(backend != Backend::Postgres || !plan.recovering)
}

/// Redis and RabbitMQ begin anew once a dump was put back: sessions, caches and messages would be about what is no longer there.
fn begin_anew(plan: &Plan, image: &str) -> Option<Value> {
    let restored = plan.restored.as_ref()?;
    Some(json!([{
        "name": "begin-anew",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-euc", BEGIN_ANEW],
        "env": [{"name": "RESTORED", "value": restored}],
        "resources": fixed_resources("32Mi"),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    }]))
}

fn image(managed: &Managed, known: &str) -> String {
    managed.image.clone().unwrap_or_else(|| known.to_owned())
}
