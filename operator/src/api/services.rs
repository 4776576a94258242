//! What can be set for each service.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules;

/// The part of the spec that decides what runs: what a rollback goes back to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    pub version: String,
    pub image_registry: String,
    pub services: Services,
}

/// The six services.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize, Deserialize)]
pub struct Services {
    /// Accounts, sessions, access tokens.
    pub auth: ServiceSpec,
    /// Organisations, venues, seating plans, events.
    pub catalog: ServiceSpec,
    /// Inventory, holds, bookings, tickets, check-in.
    pub booking: ServiceSpec,
    /// Payments, refunds, receipts. The payment sandbox runs from the same image.
    pub payment: ServiceSpec,
    /// Notifications and other background work. `kubectl scale ep NAME --replicas=N` sets its replicas.
    pub worker: WorkerSpec,
    /// nginx with the web pages, and the one public entrance.
    pub frontend: ServiceSpec,
}

impl Services {
    /// Every variable whose value is in a Secret: the service's name, and where the value is.
    pub fn variables(&self) -> impl Iterator<Item = (&'static str, &SecretKey)> {
        [
            ("auth", &self.auth.env),
            ("catalog", &self.catalog.env),
            ("booking", &self.booking.env),
            ("payment", &self.payment.env),
            ("worker", &self.worker.env),
            ("frontend", &self.frontend.env),
        ]
        .into_iter()
        .flat_map(|(service, env)| env.iter().map(move |variable| (service, variable)))
        .filter_map(|(service, variable)| {
            let from = variable.value_from.as_ref()?;
            Some((service, &from.secret_key_ref))
        })
    }
}

/// A service that answers HTTP.
#[derive(Clone, Debug, PartialEq, KubeSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSpec {
    /// Image to run instead of IMAGEREGISTRY/SERVICE:VERSION.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(min = 1, max = 255),
        regex(pattern = "^[a-zA-Z0-9][a-zA-Z0-9._/:@-]*$")
    )]
    pub image: Option<String>,
    /// How many pods run. Two and more survive the loss of one; 0 stops the service.
    #[schemars(range(min = 0, max = 20))]
    pub replicas: i32,
    /// Lets the number of pods follow their CPU use; replicas is ignored then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = rules::min_and_max())]
    pub autoscaling: Option<Autoscaling>,
    /// What each container asks for and is held to.
    pub resources: Resources,
    /// When a pod counts as started, ready and alive.
    pub probes: Probes,
    /// Further environment variables; the ones here win over the operator's own.
    #[schemars(length(max = 50))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub env: Vec<EnvVar>,
}

/// The worker.
#[derive(Clone, Debug, PartialEq, KubeSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerSpec {
    /// Image to run instead of IMAGEREGISTRY/worker:VERSION.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(min = 1, max = 255),
        regex(pattern = "^[a-zA-Z0-9][a-zA-Z0-9._/:@-]*$")
    )]
    pub image: Option<String>,
    /// How many pods run.
    #[schemars(range(min = 0, max = 20))]
    pub replicas: i32,
    /// Lets the number of pods follow the length of booking_queue; replicas is ignored then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = rules::min_and_max())]
    pub autoscaling: Option<QueueScaling>,
    /// What each container asks for and is held to.
    pub resources: Resources,
    /// When a pod counts as started, ready and alive.
    pub probes: Probes,
    /// Further environment variables; the ones here win over the operator's own.
    #[schemars(length(max = 50))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub env: Vec<EnvVar>,
}

/// Pods by CPU use.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Autoscaling {
    /// Fewest pods.
    #[schemars(range(min = 1, max = 20))]
    pub min: i32,
    /// Most pods; the memory budget counts this many.
    #[schemars(range(min = 1, max = 20))]
    pub max: i32,
    /// CPU use that is aimed at, in percent of what the pods request.
    #[schemars(range(min = 1, max = 1000), extend("default" = 70))]
    #[serde(default = "seventy")]
    pub cpu_percent: i32,
}

fn seventy() -> i32 {
    70
}

/// Pods by the length of booking_queue.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueScaling {
    /// Fewest pods.
    #[schemars(range(min = 1, max = 20))]
    pub min: i32,
    /// Most pods; the memory budget counts this many.
    #[schemars(range(min = 1, max = 20))]
    pub max: i32,
    /// How many waiting messages one pod is for.
    #[schemars(range(min = 1, max = 100_000), extend("default" = 100))]
    #[serde(default = "hundred")]
    pub messages_per_replica: i32,
}

fn hundred() -> i32 {
    100
}

/// What a container asks for and is held to.
#[derive(Clone, Debug, PartialEq, Eq, KubeSchema, Serialize, Deserialize)]
#[x_kube(validation = rules::memory_request_within_limit(), validation = rules::cpu_request_within_limit())]
pub struct Resources {
    /// What the scheduler sets aside.
    pub requests: Requests,
    /// What the container is held to.
    pub limits: Limits,
}

/// What the scheduler sets aside.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct Requests {
    /// CPU, such as 20m or 1.
    #[schemars(
        length(max = 16),
        regex(pattern = "^([0-9]+m|[0-9]+([.][0-9]{1,3})?)$")
    )]
    pub cpu: String,
    /// Memory, such as 32Mi.
    #[schemars(length(max = 16), regex(pattern = "^[1-9][0-9]*(Ki|Mi|Gi)$"))]
    pub memory: String,
}

/// What a container is held to.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct Limits {
    /// CPU; unlimited when absent, so that a burst may use what is idle.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(max = 16),
        regex(pattern = "^([0-9]+m|[0-9]+([.][0-9]{1,3})?)$")
    )]
    pub cpu: Option<String>,
    /// Memory, such as 128Mi.
    #[schemars(length(max = 9), regex(pattern = "^[1-9][0-9]*(Ki|Mi|Gi)$"))]
    pub memory: String,
}

/// When a pod counts as started, ready and alive.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct Probes {
    /// /health, until it answers for the first time.
    pub startup: Probe,
    /// /ready: whether requests are sent here.
    pub readiness: Probe,
    /// /health: whether the container is to be restarted.
    pub liveness: Probe,
}

/// How a probe is run.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// Seconds between two tries.
    #[schemars(range(min = 1, max = 300))]
    pub period_seconds: i32,
    /// Seconds until a try counts as failed.
    #[schemars(range(min = 1, max = 60))]
    pub timeout_seconds: i32,
    /// Failures in a row that count.
    #[schemars(range(min = 1, max = 1000))]
    pub failure_threshold: i32,
}

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Eq, KubeSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rules::one_value())]
pub struct EnvVar {
    /// Name, such as HOLD_TTL.
    #[schemars(length(min = 1, max = 64), regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub name: String,
    /// Value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub value: Option<String>,
    /// Value from a Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_from: Option<EnvValue>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvValue {
    /// A key of a Secret of the same namespace.
    pub secret_key_ref: SecretKey,
}

/// A key of a Secret.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct SecretKey {
    /// Name of the Secret.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Key in it.
    #[schemars(length(min = 1, max = 253))]
    pub key: String,
}
