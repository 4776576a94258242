//! What each process is told: secrets by its own Secret, all else in its Deployment.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    credentials::encoded,
    digest,
    object::{Kind, Object},
    part::{Backend, Service},
    plan::Plan,
};

/// The Secret that a service's containers get as environment: what it may know, and nothing else.
pub(super) fn secret(plan: &Plan, service: Service) -> Object {
    Object::new(
        Kind::Secret,
        json!({
            "metadata": plan.metadata(&plan.of(service.name()), service.name()),
            "type": "Opaque",
            "data": encoded(secrets(plan, service)),
        }),
    )
}

/// Changes when the service's secrets do, so that its pods roll.
pub(super) fn secrets_digest(plan: &Plan, service: Service) -> String {
    let own = secrets(plan, service);
    let given: Vec<_> = plan
        .release
        .services
        .variables()
        .filter(|(of, _)| *of == service.name())
        .map(|(_, key)| plan.referenced.variables.get(&key.name)?.get(&key.key))
        .collect();
    if given.is_empty() {
        digest(&own)
    } else {
        digest(&(own, given))
    }
}

fn secrets(plan: &Plan, service: Service) -> BTreeMap<&'static str, String> {
    let mut env = BTreeMap::new();
    if service == Service::Frontend {
        return env;
    }
    env.insert("DATABASE_URL", database_url(plan, service));
    if !matches!(service, Service::Worker | Service::Sandbox) {
        env.insert("REDIS_URL", redis_url(plan));
    }
    if service != Service::Sandbox {
        env.insert("RABBITMQ_URL", rabbitmq_url(plan));
    }
    let own = |name: &str| plan.credentials.get(name).to_owned();
    match service {
        Service::Auth => {
            env.insert("KEY_ENCRYPTION_KEY", own("KEY_ENCRYPTION_KEY"));
        }
        Service::Booking => {
            env.insert("TICKET_SIGNING_KEY", own("TICKET_SIGNING_KEY"));
        }
        Service::Payment | Service::Sandbox => {
            for name in ["SANDBOX_API_KEY", "SANDBOX_WEBHOOK_SECRET"] {
                let given = plan
                    .referenced
                    .payments
                    .as_ref()
                    .and_then(|data| data.get(name));
                env.insert(name, given.cloned().unwrap_or_else(|| own(name)));
            }
        }
        Service::Worker => {
            for name in ["SMTP_URL", "MAIL_FROM"] {
                let given = plan
                    .referenced
                    .mail
                    .as_ref()
                    .and_then(|data| data.get(name));
                if let Some(value) = given {
                    env.insert(name, value.clone());
                }
            }
        }
        Service::Catalog | Service::Frontend => {}
    }
    env
}

/// The URL of a service's database.
pub(super) fn database_url(plan: &Plan, service: Service) -> String {
    let upper = service.name().to_uppercase();
    match &plan.referenced.postgres {
        Some(external) => external
            .get(&format!("DATABASE_URL_{upper}"))
            .cloned()
            .unwrap_or_default(),
        None => format!(
            "postgres://{name}:{password}@{host}:5432/{name}",
            name = service.name(),
            password = plan.credentials.get(&format!("{upper}_DATABASE_PASSWORD")),
            host = plan.of(Backend::Postgres.name()),
        ),
    }
}

pub(super) fn redis_url(plan: &Plan) -> String {
    match &plan.referenced.redis {
        Some(external) => external.get("REDIS_URL").cloned().unwrap_or_default(),
        None => format!(
            "redis://:{}@{}:6379",
            plan.credentials.get("REDIS_PASSWORD"),
            plan.of(Backend::Redis.name()),
        ),
    }
}

pub(super) fn rabbitmq_url(plan: &Plan) -> String {
    rabbitmq_at(plan, &plan.of(Backend::RabbitMq.name()))
}

/// The same for the operator, which is in another namespace.
pub fn rabbitmq_url_from_elsewhere(plan: &Plan) -> String {
    let host = plan.of(Backend::RabbitMq.name());
    rabbitmq_at(plan, &format!("{host}.{}.svc", plan.namespace))
}

fn rabbitmq_at(plan: &Plan, host: &str) -> String {
    match &plan.referenced.rabbitmq {
        Some(external) => external.get("RABBITMQ_URL").cloned().unwrap_or_default(),
        None => format!(
            "amqp://platform:{}@{host}:5672/%2f",
            plan.credentials.get("RABBITMQ_PASSWORD"),
        ),
    }
}

/// Environment that is no secret, with the spec's own variables, which win.
pub(super) fn plain(plan: &Plan, service: Service) -> Vec<Value> {
    let mut env = if service == Service::Frontend {
        entrance(plan)
    } else {
        process(plan, service)
    };
    for variable in plan.settings(service).env {
        let value = match (&variable.value, &variable.value_from) {
            (_, Some(from)) => json!({"valueFrom": from}),
            (value, None) => json!({"value": value}),
        };
        env.insert(variable.name.clone(), value);
    }
    env.into_iter()
        .map(|(name, mut value)| {
            value["name"] = name.into();
            value
        })
        .collect()
}

/// For the processes in Rust.
fn process(plan: &Plan, service: Service) -> BTreeMap<String, Value> {
    let mut env = BTreeMap::new();
    let mut set = |name: &str, value: String| env.insert(name.to_owned(), json!({"value": value}));
    set("LOG_FORMAT", "json".into());
    // New connections come until every node has heard that the pod ends.
    set("SHUTDOWN_DELAY", "5s".into());
    set("PUBLIC_URL", plan.public_url());
    for peer in [
        Service::Auth,
        Service::Catalog,
        Service::Booking,
        Service::Payment,
    ] {
        set(
            &format!("{}_URL", peer.name().to_uppercase()),
            address(plan, peer),
        );
    }
    if matches!(service, Service::Payment | Service::Sandbox) {
        set("SANDBOX_URL", address(plan, Service::Sandbox));
        set(
            "SANDBOX_PUBLIC_URL",
            format!("{}/sandbox", plan.public_url()),
        );
    }
    if service == Service::Auth {
        let https = plan
            .spec
            .ingress
            .as_ref()
            .is_some_and(|ingress| ingress.tls_secret.is_some());
        set("COOKIE_SECURE", https.to_string());
    }
    if let Some(tracing) = &plan.spec.tracing {
        set("OTEL_EXPORTER_OTLP_ENDPOINT", tracing.endpoint.clone());
        set(
            "OTEL_TRACES_SAMPLER_ARG",
            format!("{}", f64::from(tracing.sample_percent) / 100.0),
        );
    }
    env
}

/// For nginx.
fn entrance(plan: &Plan) -> BTreeMap<String, Value> {
    let mut env = BTreeMap::new();
    let mut set = |name: &str, value: String| env.insert(name.to_owned(), json!({"value": value}));
    set("WORKERS", "2".into());
    for upstream in Service::UPSTREAMS {
        set(
            &format!("{}_UPSTREAM", upstream.name().to_uppercase()),
            format!("{}:{}", plan.of(upstream.name()), upstream.port()),
        );
    }
    if plan.spec.ingress.is_some() {
        // The ingress controller is a pod; pods have private addresses.
        set(
            "TRUSTED_PROXIES",
            "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16".into(),
        );
    }
    env
}

fn address(plan: &Plan, service: Service) -> String {
    format!("http://{}:{}", plan.of(service.name()), service.port())
}
