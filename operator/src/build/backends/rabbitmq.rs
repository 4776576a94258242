//! RabbitMQ. Queues are declared by the services; no policy here changes what a client sees of `booking_queue`.

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

const IMAGE: &str = "docker.io/library/rabbitmq:3.13.7";
/// The port at which it tells Prometheus of itself.
pub(crate) const METRICS: &str = "metrics";

pub(super) fn objects(plan: &Plan, managed: &Managed) -> Vec<Object> {
    let data = encoded([
        ("20-platform.conf", config(managed)),
        ("definitions.json", definitions(plan)),
        ("enabled_plugins", "[rabbitmq_prometheus].\n".to_owned()),
    ]);
    let secret = secret(plan, Backend::RabbitMq, &data);
    let set = stateful_set(
        plan,
        Backend::RabbitMq,
        &digest(&data),
        &pod_spec(plan, managed),
    );
    vec![secret, set]
}

fn config(managed: &Managed) -> String {
    let limit = quantity::bytes(&managed.resources.limits.memory).unwrap_or_default();
    format!(
        "load_definitions = /etc/rabbitmq/conf.d/definitions.json\nlog.console = true\nlog.console.level = info\n\
         vm_memory_high_watermark.absolute = {}MB\ndisk_free_limit.absolute = 100MB\n",
        (limit >> 20) * 3 / 4,
    )
}

/// Read at each start, so that a new password is taken over.
fn definitions(plan: &Plan) -> String {
    json!({
        "users": [{"name": "platform", "password": plan.credentials.get("RABBITMQ_PASSWORD"), "tags": ""}],
        "vhosts": [{"name": "/"}],
        "permissions": [{"user": "platform", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}],
    })
    .to_string()
}

fn pod_spec(plan: &Plan, managed: &Managed) -> Value {
    let probe = |period: i32, failures: i32| {
        json!({
            "tcpSocket": {"port": "rabbitmq"},
            "periodSeconds": period,
            "timeoutSeconds": 2,
            "failureThreshold": failures,
        })
    };
    let container = json!({
        "name": "rabbitmq",
        "image": image(managed, IMAGE),
        "imagePullPolicy": "IfNotPresent",
        "args": ["rabbitmq-server"],
        "ports": [
            {"name": "rabbitmq", "containerPort": 5672, "protocol": "TCP"},
            {"name": METRICS, "containerPort": 15692, "protocol": "TCP"},
        ],
        "env": [
            // The name is part of where its data lie; a pod's address would change it.
            {"name": "RABBITMQ_NODENAME", "value": "rabbit@localhost"},
            {"name": "RABBITMQ_ENABLED_PLUGINS_FILE", "value": "/etc/rabbitmq/conf.d/enabled_plugins"},
            // Smaller tables and few schedulers: what idles costs little.
            {"name": "RABBITMQ_MAX_NUMBER_OF_PROCESSES", "value": "65536"},
            {"name": "RABBITMQ_MAX_NUMBER_OF_ATOMS", "value": "1000000"},
            {"name": "ERL_MAX_PORTS", "value": "4096"},
            {"name": "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "value": "+S 2:2 +SDcpu 1:1 +SDio 4 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"},
        ],
        "resources": resources(&managed.resources),
        "startupProbe": probe(1, 300),
        "readinessProbe": probe(5, 2),
        "livenessProbe": probe(15, 8),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "data", "mountPath": "/var/lib/rabbitmq"},
            {"name": "config", "mountPath": "/etc/rabbitmq/conf.d", "readOnly": true},
            {"name": "log", "mountPath": "/var/log/rabbitmq"},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
    });
    let volumes = json!([
        claim("data", &plan.of("rabbitmq")),
        {"name": "config", "secret": {"secretName": plan.of("rabbitmq")}},
        scratch("log"),
        scratch("tmp"),
    ]);
    let mut spec = pod(plan, "rabbitmq", DATABASE_USER, &container, &volumes);
    spec["terminationGracePeriodSeconds"] = 60.into();
    if let Some(first) = begin_anew(plan, &image(managed, IMAGE)) {
        spec["initContainers"] = first;
    }
    spec
}
