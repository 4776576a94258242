//! Who may talk to whom: nobody, but for the edges listed here.

use serde_json::{Value, json};
use url::Url;

use super::{
    environment,
    object::{Kind, Object},
    part::{ARCHIVE, BACKUP, Backend, MANAGED_BY, MIGRATE, RESTORE, Service, selector},
    plan::Plan,
};

/// Callers of each service.
const CALLERS: [(Service, &[Service]); 5] = [
    (
        Service::Auth,
        &[
            Service::Frontend,
            Service::Catalog,
            Service::Booking,
            Service::Payment,
        ],
    ),
    (
        Service::Catalog,
        &[Service::Frontend, Service::Booking, Service::Payment],
    ),
    (
        Service::Booking,
        &[Service::Frontend, Service::Catalog, Service::Payment],
    ),
    (Service::Payment, &[Service::Frontend, Service::Sandbox]),
    (Service::Sandbox, &[Service::Frontend, Service::Payment]),
];

/// Components that use each backend.
fn users(plan: &Plan, backend: Backend) -> Vec<&'static str> {
    match backend {
        Backend::Postgres => {
            let mut users = vec![
                "auth", "catalog", "booking", "payment", "worker", "sandbox", MIGRATE, BACKUP,
                RESTORE,
            ];
            users.extend(plan.spec.point_in_time().map(|_| ARCHIVE));
            users
        }
        Backend::Redis => vec!["auth", "catalog", "booking", "payment"],
        Backend::RabbitMq => vec!["auth", "catalog", "booking", "payment", "worker"],
    }
}

pub(super) fn policies(plan: &Plan) -> Vec<Object> {
    let mut policies = vec![isolation(plan)];
    for service in Service::ROLLOUT {
        policies.push(policy(
            plan,
            service.name(),
            &service_ingress(plan, service),
            &egress(plan, service.name()),
        ));
    }
    for backend in Backend::ALL {
        if super::backends::dependency(&plan.spec, backend)
            .managed
            .is_some()
        {
            policies.push(policy(
                plan,
                backend.name(),
                &backend_ingress(plan, backend),
                &json!([]),
            ));
        }
    }
    // A recovery talks to nobody: what isolates every pod is all it has.
    for job in [MIGRATE, BACKUP, RESTORE] {
        policies.push(policy(plan, job, &json!([]), &egress(plan, job)));
    }
    if plan.spec.point_in_time().is_some() {
        policies.push(policy(plan, ARCHIVE, &json!([]), &egress(plan, ARCHIVE)));
    }
    policies
}

/// Every pod of the platform: nothing in; out only to ask for names.
fn isolation(plan: &Plan) -> Object {
    Object::new(
        Kind::NetworkPolicy,
        json!({
            "metadata": plan.metadata(&plan.of("isolation"), "isolation"),
            "spec": {
                "podSelector": {"matchLabels": {
                    "app.kubernetes.io/name": "event-platform",
                    "app.kubernetes.io/instance": plan.name,
                }},
                "policyTypes": ["Ingress", "Egress"],
                "egress": [{"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}],
            },
        }),
    )
}

fn policy(plan: &Plan, component: &str, ingress: &Value, egress: &Value) -> Object {
    Object::new(
        Kind::NetworkPolicy,
        json!({
            "metadata": plan.metadata(&plan.of(component), component),
            "spec": {
                "podSelector": {"matchLabels": selector(&plan.name, component)},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": ingress,
                "egress": egress,
            },
        }),
    )
}

fn service_ingress(plan: &Plan, service: Service) -> Value {
    let ports = json!([{"port": "http", "protocol": "TCP"}]);
    if service == Service::Frontend {
        // The entrance is for everybody.
        return json!([{"ports": ports}]);
    }
    let mut rules = vec![json!({"from": [monitoring()], "ports": ports})];
    if let Some((_, callers)) = CALLERS.iter().find(|(called, _)| *called == service) {
        let from: Vec<_> = callers
            .iter()
            .map(|caller| component(plan, caller.name()))
            .collect();
        rules.push(json!({"from": from, "ports": ports}));
    }
    json!(rules)
}

fn backend_ingress(plan: &Plan, backend: Backend) -> Value {
    let mut from: Vec<_> = users(plan, backend)
        .iter()
        .map(|user| component(plan, user))
        .collect();
    if backend == Backend::RabbitMq {
        // The operator asks for the length of booking_queue.
        from.push(json!({
            "namespaceSelector": {},
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": MANAGED_BY}},
        }));
    }
    // RabbitMQ tells of itself; who tells of the others is a client with a password, run by those who watch.
    let watched = match backend {
        Backend::RabbitMq => super::backends::RABBITMQ_METRICS,
        Backend::Postgres | Backend::Redis => backend.name(),
    };
    json!([
        {"from": from, "ports": [{"port": backend.name(), "protocol": "TCP"}]},
        {"from": [monitoring()], "ports": [{"port": watched, "protocol": "TCP"}]},
    ])
}

/// Namespaces in which somebody watches over platforms.
fn monitoring() -> Value {
    json!({"namespaceSelector": {"matchLabels": {"eventplatform.dev/monitoring": "true"}}})
}

fn egress(plan: &Plan, from: &str) -> Value {
    let mut rules = Vec::new();
    for (called, callers) in CALLERS {
        if callers.iter().any(|caller| caller.name() == from) {
            rules.push(json!({
                "to": [component(plan, called.name())],
                "ports": [{"port": "http", "protocol": "TCP"}],
            }));
        }
    }
    for backend in Backend::ALL {
        if !users(plan, backend).contains(&from) {
            continue;
        }
        if super::backends::dependency(&plan.spec, backend)
            .managed
            .is_some()
        {
            rules.push(json!({
                "to": [component(plan, backend.name())],
                "ports": [{"port": backend.name(), "protocol": "TCP"}],
            }));
        } else {
            rules.push(anywhere(&external_urls(plan, backend), backend.port()));
        }
    }
    if from == Service::Worker.name()
        && let Some(mail) = &plan.referenced.mail
    {
        let url = mail.get("SMTP_URL").cloned().unwrap_or_default();
        let usual = if url.starts_with("smtps:") { 465 } else { 587 };
        rules.push(anywhere(&[url], usual));
    }
    let traces = ![MIGRATE, BACKUP, RESTORE, ARCHIVE, Service::Frontend.name()].contains(&from);
    if let Some(tracing) = plan.spec.tracing.as_ref().filter(|_| traces) {
        let usual = if tracing.endpoint.starts_with("https:") {
            443
        } else {
            80
        };
        rules.push(anywhere(std::slice::from_ref(&tracing.endpoint), usual));
    }
    json!(rules)
}

fn external_urls(plan: &Plan, backend: Backend) -> Vec<String> {
    match backend {
        Backend::Postgres => Service::MIGRATED
            .into_iter()
            .map(|service| environment::database_url(plan, service))
            .collect(),
        Backend::Redis => vec![environment::redis_url(plan)],
        Backend::RabbitMq => vec![environment::rabbitmq_url(plan)],
    }
}

/// To the ports of these URLs, wherever they are: names can't be told in a policy. A Service of the cluster may lead to another port
/// than its own, and policies look at where it leads: to those every port is open.
fn anywhere(urls: &[String], usual: u16) -> Value {
    let urls: Vec<_> = urls.iter().map(|url| Url::parse(url).ok()).collect();
    if urls.iter().flatten().any(leads_to_a_service) {
        return json!({"ports": [{"protocol": "TCP"}]});
    }
    let mut ports: Vec<u16> = urls
        .into_iter()
        .map(|url| url.and_then(|url| url.port()).unwrap_or(usual))
        .collect();
    ports.sort_unstable();
    ports.dedup();
    let ports: Vec<_> = ports
        .into_iter()
        .map(|port| json!({"port": port, "protocol": "TCP"}))
        .collect();
    json!({"ports": ports})
}

fn leads_to_a_service(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let host = host.trim_end_matches('.');
    let labels: Vec<_> = host.split('.').collect();
    // NAME, NAME.NAMESPACE.svc, and with the cluster's own domain; NAME.NAMESPACE looks like any other name.
    !host.contains(':')
        && (labels.len() == 1 || labels.contains(&"svc") || host.ends_with(".cluster.local"))
}

fn component(plan: &Plan, name: &str) -> Value {
    json!({"podSelector": {"matchLabels": selector(&plan.name, name)}})
}
