//! The defaults of the specification, declared once as a value and written into the CRD's schema from it.

use serde_json::Value;

use super::{
    DeletionPolicy, Dependency, EventPlatformSpec, Managed, Migrations, OnFailure, PaymentProvider,
    Payments, Probe, Probes, Resources, Rollout, ServiceSpec, Services, VERSION, WorkerSpec,
    services::{Limits, Requests},
};

/// Properties of which only one may be there: the default of the whole names which, none of them has a default itself.
const ALTERNATIVES: [&str; 1] = ["managed"];

impl Default for EventPlatformSpec {
    fn default() -> Self {
        Self {
            version: VERSION.into(),
            image_registry: "ghcr.io/event-platform".into(),
            image_pull_secrets: Vec::new(),
            paused: false,
            deletion_policy: DeletionPolicy::Retain,
            services: Services::default(),
            postgres: managed("4Gi", "100m", "256Mi", "1Gi"),
            redis: managed("1Gi", "20m", "32Mi", "192Mi"),
            rabbitmq: managed("1Gi", "50m", "192Mi", "512Mi"),
            migrations: Migrations {
                timeout_seconds: 600,
                max_retries: 2,
                backup_before: true,
            },
            rollout: Rollout {
                progress_deadline_seconds: 300,
                on_failure: OnFailure::Rollback,
            },
            ingress: None,
            mail: None,
            payments: Payments {
                provider: PaymentProvider::Sandbox,
                secret_ref: None,
            },
            admin: None,
            tracing: None,
            backup: None,
            memory_budget: "5632Mi".into(),
        }
    }
}

impl Default for Services {
    fn default() -> Self {
        Self {
            auth: service("128Mi"),
            catalog: service("128Mi"),
            booking: service("384Mi"),
            payment: service("128Mi"),
            worker: worker("128Mi"),
            frontend: service("64Mi"),
        }
    }
}

fn service(memory: &str) -> ServiceSpec {
    ServiceSpec {
        image: None,
        replicas: 2,
        autoscaling: None,
        resources: resources("20m", "32Mi", memory),
        probes: Probes::default(),
        env: Vec::new(),
    }
}

fn worker(memory: &str) -> WorkerSpec {
    WorkerSpec {
        image: None,
        replicas: 2,
        autoscaling: None,
        resources: resources("20m", "32Mi", memory),
        probes: Probes::default(),
        env: Vec::new(),
    }
}

fn resources(cpu: &str, requested: &str, limit: &str) -> Resources {
    Resources {
        requests: Requests {
            cpu: cpu.into(),
            memory: requested.into(),
        },
        limits: Limits {
            cpu: None,
            memory: limit.into(),
        },
    }
}

fn managed(storage: &str, cpu: &str, requested: &str, limit: &str) -> Dependency {
    Dependency {
        managed: Some(Managed {
            storage: storage.into(),
            image: None,
            resources: resources(cpu, requested, limit),
        }),
        external: None,
    }
}

impl Default for Probes {
    /// A start may take 5 minutes, for a database may have to recover first; a pod that can't serve is left out after 3 s; one that hangs is restarted after 30 s.
    fn default() -> Self {
        Self {
            startup: Probe {
                period_seconds: 1,
                timeout_seconds: 1,
                failure_threshold: 300,
            },
            readiness: Probe {
                period_seconds: 2,
                timeout_seconds: 2,
                failure_threshold: 2,
            },
            liveness: Probe {
                period_seconds: 10,
                timeout_seconds: 5,
                failure_threshold: 3,
            },
        }
    }
}

/// Writes `default` into `schema` and all below it, so that the API server fills in whatever is left out at any depth. Each default is
/// whole, not left to those below it: the API server holds it against the rules as it stands.
pub(super) fn write(schema: &mut Value, default: &Value) {
    let (Some(properties), Value::Object(fields)) = (
        schema.get_mut("properties").and_then(Value::as_object_mut),
        default,
    ) else {
        return;
    };
    for (name, value) in fields {
        let Some(property) = properties.get_mut(name) else {
            continue;
        };
        write(property, value);
        if !ALTERNATIVES.contains(&name.as_str()) {
            property["default"] = value.clone();
        }
    }
    // What has a default is never missing.
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !fields.contains_key(name)));
        if required.is_empty() {
            schema
                .as_object_mut()
                .map(|schema| schema.remove("required"));
        }
    }
}
