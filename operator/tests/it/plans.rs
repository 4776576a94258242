//! Plans as they may be, and everything that is built from them.

use std::{collections::BTreeMap, sync::LazyLock};

use operator::{
    api::{EventPlatformRestore, EventPlatformSpec, Release},
    build::{
        self, Credentials, Kind, Object, Plan, Referenced, SecretData, Service as Part,
        migration_job, restore_job,
    },
};
use serde_json::{Value, json};

use crate::schema::platform;

pub(crate) fn credentials() -> Credentials {
    let keys = [
        "POSTGRES_PASSWORD",
        "AUTH_DATABASE_PASSWORD",
        "CATALOG_DATABASE_PASSWORD",
        "BOOKING_DATABASE_PASSWORD",
        "PAYMENT_DATABASE_PASSWORD",
        "WORKER_DATABASE_PASSWORD",
        "SANDBOX_DATABASE_PASSWORD",
        "REDIS_PASSWORD",
        "RABBITMQ_PASSWORD",
        "KEY_ENCRYPTION_KEY",
        "TICKET_SIGNING_KEY",
        "SANDBOX_API_KEY",
        "SANDBOX_WEBHOOK_SECRET",
        "ADMIN_PASSWORD",
    ];
    let mut data: SecretData = keys
        .into_iter()
        .map(|key| (key.to_owned(), format!("hidden-{}", key.to_lowercase())))
        .collect();
    data.insert("ADMIN_EMAIL".into(), "hidden-admin@example.com".into());
    Credentials::completed(&data)
}

pub(crate) fn plan(spec: &Value, referenced: Referenced) -> Plan {
    let stored = platform(spec).expect("a spec that is admitted");
    let spec: EventPlatformSpec = serde_json::from_value(stored["spec"].clone()).expect("a spec");
    Plan {
        name: "demo".into(),
        namespace: "shop".into(),
        uid: "6e0a1c5e-0000-4000-8000-000000000001".into(),
        generation: 1,
        release: Release {
            version: spec.version.clone(),
            image_registry: spec.image_registry.clone(),
            services: spec.services.clone(),
        },
        spec,
        credentials: credentials(),
        referenced,
        upstreams: "0123456789abcdef".into(),
        stopped: false,
        recovering: false,
        restored: None,
        workers: None,
    }
}

pub(crate) fn secret<const N: usize>(data: [(&str, &str); N]) -> SecretData {
    data.into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// The default, one as it would run in earnest, and the latter as it is restored.
pub(crate) static PLANS: LazyLock<Vec<(&'static str, Plan)>> = LazyLock::new(|| {
    let urls = Part::MIGRATED.map(|service| {
        let name = service.name();
        (
            format!("DATABASE_URL_{}", name.to_uppercase()),
            format!("postgres://{name}:hidden-{name}@db.example.com:6432/{name}"),
        )
    });
    let referenced = Referenced {
        postgres: Some(urls.into_iter().collect()),
        redis: Some(secret([(
            "REDIS_URL",
            "rediss://:hidden-redis@cache.example.com:6380",
        )])),
        rabbitmq: None,
        mail: Some(secret([
            ("SMTP_URL", "smtps://user:hidden-mail@mail.example.com"),
            ("MAIL_FROM", "hidden-from@example.com"),
        ])),
        payments: Some(secret([
            ("SANDBOX_API_KEY", "hidden-given-key"),
            ("SANDBOX_WEBHOOK_SECRET", "hidden-given-secret"),
        ])),
        variables: BTreeMap::from([("extra".into(), secret([("value", "hidden-extra")]))]),
    };
    let spec = json!({
        "imageRegistry": "registry.example.com/platform",
        "imagePullSecrets": ["login"],
        "services": {
            "auth": {"autoscaling": {"min": 2, "max": 3}, "resources": {"limits": {"cpu": "1"}}},
            "booking": {"replicas": 3, "image": "registry.example.com/booking@sha256:00", "env": [
                {"name": "HOLD_TTL", "value": "600s"},
                {"name": "EXTRA", "valueFrom": {"secretKeyRef": {"name": "extra", "key": "value"}}},
            ]},
            "frontend": {"autoscaling": {"min": 1, "max": 2}},
        },
        "postgres": {"external": {"secretRef": {"name": "urls"}}},
        "redis": {"external": {"secretRef": {"name": "cache"}}},
        "ingress": {"host": "tickets.example.com", "tlsSecret": "tls", "className": "traefik"},
        "mail": {"smtpSecretRef": {"name": "smtp"}},
        "payments": {"secretRef": {"name": "payments"}},
        "admin": {"secretRef": {"name": "admin"}},
        "tracing": {"endpoint": "https://collector.example.com", "samplePercent": 25},
        "backup": {"schedule": "30 2 * * *", "retention": 14, "destination": {"claimName": "nfs"}},
    });
    let full = plan(&spec, referenced);
    let stopped = Plan {
        stopped: true,
        recovering: false,
        ..full.clone()
    };
    vec![
        ("default", plan(&json!({}), Referenced::default())),
        (
            "restored",
            Plan {
                restored: Some("r".into()),
                ..plan(&json!({"backup": {}}), Referenced::default())
            },
        ),
        ("full", full),
        ("stopped", stopped),
        (
            "archived",
            plan(
                &json!({"backup": {"pointInTime": {}}}),
                Referenced::default(),
            ),
        ),
        (
            "archived elsewhere",
            plan(
                &json!({"backup": {"pointInTime": {"claimName": "nfs"}}}),
                Referenced::default(),
            ),
        ),
    ]
});

pub(crate) fn restore() -> EventPlatformRestore {
    serde_json::from_value(json!({
        "apiVersion": "eventplatform.dev/v1alpha1",
        "kind": "EventPlatformRestore",
        "metadata": {"name": "yesterday", "namespace": "shop", "uid": "r"},
        "spec": {"platform": "demo", "backup": "latest"},
    }))
    .expect("a restore")
}

pub(crate) fn recovery(target: &str) -> EventPlatformRestore {
    let mut recovery = restore();
    recovery.spec.target_time = Some(target.to_owned());
    recovery
}

/// Everything that a platform may consist of.
pub(crate) fn objects(plan: &Plan) -> Vec<Object> {
    let mut objects = vec![plan.credentials.secret(plan)];
    objects.extend(build::foundation(plan));
    objects.extend(Part::ROLLOUT.map(|service| build::deployment(plan, service)));
    objects.extend(build::surroundings(plan));
    objects.push(migration_job(plan, "0123456789", 1));
    if let Some(backup) = &plan.spec.backup {
        objects.push(build::backup_job(plan, backup, "0123456789"));
        objects.push(restore_job(plan, backup, &restore()));
    }
    if let (Some(archive), Some(managed)) = (plan.spec.point_in_time(), &plan.spec.postgres.managed)
    {
        let restore = recovery("2026-11-28T12:00:00Z");
        objects.push(build::look_job(plan, archive, &restore, true));
        objects.push(build::recovery_job(plan, managed, archive, &restore));
    }
    objects
}

pub(crate) fn each(look: impl Fn(&str, &Plan, &Object)) {
    for (case, plan) in PLANS.iter() {
        for object in objects(plan) {
            let case = format!("{case}: {} {}", object.kind.name(), object.name());
            look(&case, plan, &object);
        }
    }
}

/// The spec of the pods that an object makes.
pub(crate) fn pod(object: &Object) -> Option<&Value> {
    let place = match object.kind {
        Kind::Deployment | Kind::StatefulSet | Kind::Job => "/spec/template/spec",
        Kind::CronJob => "/spec/jobTemplate/spec/template/spec",
        _ => return None,
    };
    object.value.pointer(place)
}

pub(crate) fn containers(pod: &Value) -> Vec<&Value> {
    ["initContainers", "containers"]
        .into_iter()
        .flat_map(|list| pod[list].as_array().into_iter().flatten())
        .collect()
}
