//! What all pods have in common: they run as somebody harmless, may write nowhere but where they must, and know no token.

use serde_json::{Value, json};

use super::plan::Plan;
use crate::api::{Probe, Resources};

/// The user of the distroless base image.
pub(super) const NONROOT: i64 = 65532;
/// The user of the images of PostgreSQL, Redis and RabbitMQ.
pub(super) const DATABASE_USER: i64 = 999;
/// The user of the image of nginx.
pub(super) const NGINX: i64 = 101;

/// A pod's spec, as Kubernetes' restricted pod security standard wants it.
pub(super) fn pod(
    plan: &Plan,
    component: &str,
    user: i64,
    container: &Value,
    volumes: &Value,
) -> Value {
    let mut spec = json!({
        "serviceAccountName": plan.of(component),
        "automountServiceAccountToken": false,
        "enableServiceLinks": false,
        "securityContext": {
            "runAsNonRoot": true,
            "runAsUser": user,
            "runAsGroup": user,
            "fsGroup": user,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": volumes,
    });
    if !plan.spec.image_pull_secrets.is_empty() {
        let secrets = plan.spec.image_pull_secrets.iter();
        spec["imagePullSecrets"] = secrets.map(|name| json!({"name": name})).collect();
    }
    spec
}

pub(super) fn container_security() -> Value {
    json!({
        "allowPrivilegeEscalation": false,
        "readOnlyRootFilesystem": true,
        "capabilities": {"drop": ["ALL"]},
    })
}

pub(super) fn scratch(name: &str) -> Value {
    json!({"name": name, "emptyDir": {"sizeLimit": "64Mi"}})
}

pub(super) fn claim(name: &str, claim: &str) -> Value {
    json!({"name": name, "persistentVolumeClaim": {"claimName": claim}})
}

/// Only what is set: the API server would answer an absent limit with an absent one.
pub(super) fn resources(resources: &Resources) -> Value {
    let mut limits = json!({"memory": resources.limits.memory});
    if let Some(cpu) = &resources.limits.cpu {
        limits["cpu"] = cpu.as_str().into();
    }
    json!({
        "requests": {"cpu": resources.requests.cpu, "memory": resources.requests.memory},
        "limits": limits,
    })
}

/// Resources of what the spec does not set.
pub(super) fn fixed_resources(memory: &str) -> Value {
    json!({"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": memory}})
}

pub(super) fn probe(action: &Value, probe: &Probe) -> Value {
    let mut value = action.clone();
    value["periodSeconds"] = probe.period_seconds.into();
    value["timeoutSeconds"] = probe.timeout_seconds.into();
    value["failureThreshold"] = probe.failure_threshold.into();
    value
}
