//! Secrets: the platform's own and those that its spec names.

use serde_json::json;

use crate::{
    support::{forget, is_idle, migration_jobs, objects, written},
    world::World,
};

#[tokio::test]
async fn credentials_that_were_deleted_are_recovered_where_data_depend_on_them() {
    let mut world = World::running(&json!({})).await;
    let kept = [
        "POSTGRES_PASSWORD",
        "KEY_ENCRYPTION_KEY",
        "TICKET_SIGNING_KEY",
    ];
    let before = kept.map(|key| world.secret_value("demo-credentials", key));
    let redis = world.secret_value("demo-credentials", "REDIS_PASSWORD");
    world.delete("secrets", "demo-credentials");
    world.rest().await;
    world.is_ready();
    assert_eq!(
        kept.map(|key| world.secret_value("demo-credentials", key)),
        before
    );
    assert_ne!(
        world.secret_value("demo-credentials", "REDIS_PASSWORD"),
        redis
    );
    is_idle(&world).await;
}

#[tokio::test]
async fn a_new_secret_rolls_only_the_pods_that_know_it() {
    let spec = json!({"mail": {"smtpSecretRef": {"name": "smtp"}}});
    let mut world = World::with(&spec);
    world.secret("smtp", &[("SMTP_URL", "smtp://mail.example.com:2525")]);
    world.rest().await;
    world.is_ready();
    forget(&world);
    world.secret(
        "smtp",
        &[
            ("SMTP_URL", "smtp://mail.example.com:2526"),
            ("MAIL_FROM", "tickets@example.com"),
        ],
    );
    world.rest().await;
    world.is_ready();
    assert_eq!(written(&world, "deployments"), ["worker"]);
    assert_eq!(
        world.secret_value("demo-worker", "MAIL_FROM"),
        "tickets@example.com"
    );
    assert_eq!(migration_jobs(&world).len(), 1);
}

#[tokio::test]
async fn what_an_external_secret_lacks_is_said() {
    let mut world = World::with(&json!({"redis": {"external": {"secretRef": {"name": "cache"}}}}));
    world.rest().await;
    world.says(
        "DependenciesReady",
        "False",
        "SecretMissing",
        "there is no Secret cache, which spec.redis.external.secretRef names; make it with REDIS_URL",
    );
    assert!(objects(&world).is_empty());
    is_idle(&world).await;

    world.secret("cache", &[("URL", "redis://cache.example.com")]);
    world.rest().await;
    world.says(
        "DependenciesReady",
        "False",
        "SecretIncomplete",
        "Secret cache, which spec.redis.external.secretRef names, lacks REDIS_URL",
    );

    world.secret("cache", &[("REDIS_URL", "redis://cache.example.com")]);
    world.rest().await;
    world.is_ready();
    assert_eq!(
        world.names("statefulsets"),
        ["demo-postgres", "demo-rabbitmq"]
    );

    // One that goes while all is well changes nothing, and stops nobody.
    let before = objects(&world);
    world.delete("secrets", "cache");
    world.rest().await;
    let mut after = objects(&world);
    after.insert(
        ("secrets".into(), "cache".into()),
        before[&("secrets".to_owned(), "cache".to_owned())].clone(),
    );
    assert_eq!(after, before);
    world.says(
        "DependenciesReady",
        "False",
        "SecretMissing",
        "there is no Secret cache, which spec.redis.external.secretRef names; make it with REDIS_URL",
    );
    world.says(
        "Available",
        "True",
        "Serving",
        "0.1.0 serves on all six services",
    );
}

#[tokio::test]
async fn a_redis_that_is_no_longer_managed_goes_but_for_its_data() {
    let mut world = World::running(&json!({})).await;
    world.secret("cache", &[("REDIS_URL", "redis://cache.example.com")]);
    world.spec(&json!({"redis": {"external": {"secretRef": {"name": "cache"}}}}));
    world.rest().await;
    world.is_ready();
    for plural in [
        "statefulsets",
        "services",
        "secrets",
        "networkpolicies",
        "serviceaccounts",
        "pods",
    ] {
        assert!(
            !world
                .names(plural)
                .iter()
                .any(|name| name.starts_with("demo-redis")),
            "{plural}"
        );
    }
    assert!(
        world
            .names("persistentvolumeclaims")
            .contains(&"demo-redis".to_owned())
    );
    assert_eq!(migration_jobs(&world).len(), 1);
    is_idle(&world).await;
}

/// What a spec names may be deleted while the platform serves.
#[tokio::test]
async fn without_a_secret_drift_is_repaired_and_services_are_scaled() {
    let spec = |auth: i32| {
        json!({
            "mail": {"smtpSecretRef": {"name": "smtp"}},
            "admin": {"secretRef": {"name": "admin"}},
            "services": {"auth": {"replicas": auth}},
        })
    };
    let mut world = World::with(&spec(2));
    world.secret(
        "smtp",
        &[
            ("SMTP_URL", "smtp://mail.example.com"),
            ("MAIL_FROM", "a@example.com"),
        ],
    );
    world.rest().await;
    world.says(
        "Ready",
        "False",
        "SecretMissing",
        "there is no Secret admin, which spec.admin.secretRef names; make it with ADMIN_EMAIL, ADMIN_PASSWORD",
    );
    world.secret(
        "admin",
        &[("ADMIN_EMAIL", "a@example.com"), ("ADMIN_PASSWORD", "p")],
    );
    world.rest().await;
    world.is_ready();

    let before = objects(&world);
    forget(&world);
    world.delete("secrets", "smtp");
    world.delete("secrets", "admin");
    world.delete("services", "demo-booking");
    world.spec(&spec(3));
    world.rest().await;
    world.get("services", "demo-booking");
    assert_eq!(world.get("deployments", "demo-auth")["spec"]["replicas"], 3);
    assert_eq!(written(&world, "secrets"), [""; 0]);
    assert_eq!(written(&world, "deployments"), ["auth"]);
    let (_, reason, message) = world.condition("Ready");
    assert_eq!(reason, "SecretMissing");
    assert!(
        message.contains("Secret admin") && message.contains("Secret smtp"),
        "{message}"
    );
    is_idle(&world).await;

    // Nothing new begins.
    world.spec(&json!({"version": "0.1.1", "mail": {"smtpSecretRef": {"name": "smtp"}}}));
    world.rest().await;
    assert_eq!(world.image("auth"), "ghcr.io/event-platform/auth:0.1.0");
    world.secret(
        "smtp",
        &[
            ("SMTP_URL", "smtp://mail.example.com"),
            ("MAIL_FROM", "a@example.com"),
        ],
    );
    world.rest().await;
    world.is_ready();
    assert_eq!(world.image("auth"), "ghcr.io/event-platform/auth:0.1.1");
    assert_eq!(objects(&world).len(), before.len() - 1);
}

#[tokio::test]
async fn variables_from_secrets_are_waited_for_and_roll_the_pods_that_have_them() {
    let spec = json!({"services": {"booking": {"env": [
        {"name": "EXTRA", "valueFrom": {"secretKeyRef": {"name": "extra", "key": "token"}}},
    ]}}});
    let mut world = World::with(&spec);
    world.rest().await;
    world.says(
        "Ready",
        "False",
        "SecretMissing",
        "there is no Secret extra, which spec.services.booking.env names; make it with token",
    );
    world.secret("extra", &[("token", "one"), ("other", "x")]);
    world.rest().await;
    world.is_ready();
    forget(&world);
    world.secret("extra", &[("token", "one"), ("other", "y")]);
    world.rest().await;
    assert_eq!(written(&world, "deployments"), [""; 0]);
    world.secret("extra", &[("token", "two")]);
    world.rest().await;
    world.is_ready();
    assert_eq!(written(&world, "deployments"), ["booking"]);
}

#[tokio::test]
async fn a_certificate_may_come_later() {
    let mut world =
        World::with(&json!({"ingress": {"host": "tickets.example.com", "tlsSecret": "tls"}}));
    world.rest().await;
    world.is_ready();
    world.says(
        "Degraded",
        "True",
        "TlsSecretMissing",
        "there is no Secret tls, which spec.ingress.tlsSecret names: until it is there, browsers are shown a certificate that they do not trust",
    );
    is_idle(&world).await;
    world.secret("tls", &[("tls.crt", "x")]);
    world.rest().await;
    assert_eq!(world.condition("Degraded").0, "False");
}
