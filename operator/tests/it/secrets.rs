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

    // One that goes while all is well changes nothing.
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
