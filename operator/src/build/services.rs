//! The services: account, Service, Deployment.

use serde_json::{Value, json};

use super::{
    environment,
    limits::SANDBOX,
    object::{Kind, Object},
    part::{Service, selector},
    plan::Plan,
    pod::{NGINX, NONROOT, container_security, fixed_resources, pod, probe, resources, scratch},
};

/// How long a pod may take to end: the delay and the drain of kit's server, and some.
const GRACE: i64 = 45;
/// nginx ends at once when told; it is told when every node has heard that the pod ends.
const NGINX_DELAY: i64 = 6;

/// On the entrance's pods: a digest of the addresses that they found when they started.
pub const UPSTREAMS: &str = "eventplatform.dev/upstreams";

pub(super) fn account(plan: &Plan, component: &str) -> Object {
    Object::new(
        Kind::ServiceAccount,
        json!({
            "metadata": plan.metadata(&plan.of(component), component),
            "automountServiceAccountToken": false,
        }),
    )
}

pub(super) fn service(plan: &Plan, service: Service) -> Object {
    Object::new(
        Kind::Service,
        json!({
            "metadata": plan.metadata(&plan.of(service.name()), service.name()),
            "spec": {
                "type": "ClusterIP",
                "selector": selector(&plan.name, service.name()),
                "ports": [{"name": "http", "port": service.port(), "targetPort": "http", "protocol": "TCP"}],
            },
        }),
    )
}

pub fn deployment(plan: &Plan, service: Service) -> Object {
    let name = service.name();
    let settings = plan.settings(service);
    let mut spec = json!({
        "revisionHistoryLimit": 2,
        "progressDeadlineSeconds": plan.spec.rollout.progress_deadline_seconds,
        "selector": {"matchLabels": selector(&plan.name, name)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": {
            "metadata": {
                "labels": plan.labels(name),
                "annotations": {"eventplatform.dev/secrets": environment::secrets_digest(plan, service)},
            },
            "spec": pod_spec(plan, service),
        },
    });
    // The entrance stays, to say that the platform is away.
    if plan.stopped && service != Service::Frontend {
        spec["replicas"] = 0.into();
    } else if let Some(replicas) = settings.replicas {
        spec["replicas"] = replicas.into();
    }
    if service == Service::Frontend {
        spec["template"]["metadata"]["annotations"][UPSTREAMS] = plan.upstreams.as_str().into();
    }
    let mut metadata = plan.metadata(&plan.of(name), name);
    metadata["labels"]["app.kubernetes.io/version"] = plan.release.version.as_str().into();
    let mut deployment = Object::new(
        Kind::Deployment,
        json!({"metadata": metadata, "spec": spec}),
    );
    if deployment.value["spec"]["replicas"].is_null() {
        deployment.first_pods = plan.fewest(service);
    }
    deployment
}

fn pod_spec(plan: &Plan, service: Service) -> Value {
    let name = service.name();
    let settings = plan.settings(service);
    let alive = json!({"httpGet": {"path": "/health", "port": "http"}});
    let ready = json!({"httpGet": {"path": "/ready", "port": "http"}});
    let mut container = json!({
        "name": name,
        "image": plan.image(service),
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "http", "containerPort": service.port(), "protocol": "TCP"}],
        "env": environment::plain(plan, service),
        "resources": settings.resources.map_or_else(|| fixed_resources(SANDBOX), resources),
        "startupProbe": probe(&alive, &settings.probes.startup),
        "readinessProbe": probe(&ready, &settings.probes.readiness),
        "livenessProbe": probe(&alive, &settings.probes.liveness),
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    });
    match service {
        Service::Frontend => {
            container["lifecycle"] = json!({"preStop": {"sleep": {"seconds": NGINX_DELAY}}});
        }
        Service::Sandbox => container["args"] = json!(["sandbox", "serve"]),
        _ => container["args"] = json!(["serve"]),
    }
    if service != Service::Frontend {
        container["envFrom"] = json!([{"secretRef": {"name": plan.of(name)}}]);
    }
    let user = if service == Service::Frontend {
        NGINX
    } else {
        NONROOT
    };
    let mut spec = pod(plan, name, user, &container, &json!([scratch("tmp")]));
    spec["terminationGracePeriodSeconds"] = GRACE.into();
    spec["topologySpreadConstraints"] = spread(plan, name);
    spec
}

/// Replicas keep away from each other where there is more than one node or zone; on a single node it changes nothing.
fn spread(plan: &Plan, component: &str) -> Value {
    let over = |key: &str| {
        json!({
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": selector(&plan.name, component)},
        })
    };
    json!([
        over("topology.kubernetes.io/zone"),
        over("kubernetes.io/hostname")
    ])
}
