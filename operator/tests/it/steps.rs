//! What the operator does, one behaviour at a time.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    apiserver::{PLATFORMS, RESTORES, lock},
    world::{Failure, NAME, World},
};

/// What a migration to 0.1.1 fails with.
const LOCK_TIMEOUT: Failure = Failure {
    job: "migrate",
    container: "booking",
    image: ":0.1.1",
    exit: 1,
    said: "{\"level\":\"INFO\",\"message\":\"connected\"}\n{\"level\":\"ERROR\",\"message\":\"lock timeout\"}\n",
};

/// Names of objects of a kind that were written since the log was cleared, in order.
fn written(world: &World, plural: &str) -> Vec<String> {
    lock(&world.state)
        .log
        .iter()
        .filter(|write| write.plural == plural && !write.status && write.changed)
        .map(|write| write.name.trim_start_matches("demo-").to_owned())
        .collect()
}

fn forget(world: &World) {
    let mut state = lock(&world.state);
    state.log.clear();
    state.events.clear();
}

fn events(world: &World, reason: &str) -> Vec<String> {
    lock(&world.state)
        .events
        .iter()
        .filter(|(_, found, _)| found == reason)
        .map(|(_, _, note)| note.clone())
        .collect()
}

fn migration_jobs(world: &World) -> Vec<String> {
    let mut names = world.names("jobs");
    names.retain(|name| name.contains("-migrate-"));
    names
}

/// The specs of everything but the platform and the pods, by kind and name.
fn objects(world: &World) -> BTreeMap<(String, String), Value> {
    lock(&world.state)
        .objects
        .iter()
        .filter(|((plural, _), _)| plural != PLATFORMS && plural != "pods")
        .map(|(key, stored)| {
            (
                key.clone(),
                json!([
                    stored.value["spec"],
                    stored.value["data"],
                    stored.value["metadata"]["labels"]
                ]),
            )
        })
        .collect()
}

async fn is_idle(world: &World) {
    for _ in 0..3 {
        assert_eq!(world.writes().await, 0);
    }
}

#[tokio::test]
async fn nothing_is_deployed_before_the_migrations_are_complete() {
    let mut world = World::with(&json!({}));
    world.manners.endless_jobs = true;
    world.rest().await;
    assert_eq!(world.names("deployments"), [""; 0]);
    assert_eq!(migration_jobs(&world).len(), 1);
    world.says(
        "MigrationsComplete",
        "False",
        "Running",
        "migrating: databases (1 of 7); nothing serves until it is done",
    );
    world.says(
        "Available",
        "False",
        "ServicesAway",
        "no pod serves for auth, catalog, booking, payment, worker, frontend",
    );
    assert_eq!(world.status()["activity"], "Migrating databases (1 of 7)");

    world.manners.endless_jobs = false;
    world.rest().await;
    world.is_ready();
    assert_eq!(world.names("deployments").len(), 7);
    is_idle(&world).await;
}

#[tokio::test]
async fn it_waits_for_what_it_leans_on() {
    let mut world = World::with(&json!({}));
    world.manners.frozen = true;
    world.rest().await;
    world.says(
        "DependenciesReady",
        "False",
        "WaitingForPostgres",
        "PostgreSQL is starting; Redis is starting; RabbitMQ is starting",
    );
    assert_eq!(migration_jobs(&world), [""; 0]);
    is_idle(&world).await;
}

#[tokio::test]
async fn a_failed_migration_leaves_the_old_release_serving() {
    let mut world = World::running(&json!({})).await;
    let before = objects(&world);
    world.manners.failures = vec![LOCK_TIMEOUT];
    world.spec(&json!({"version": "0.1.1", "migrations": {"maxRetries": 2}}));

    let mut waits = Vec::new();
    for attempt in 1..=3 {
        world.rest().await;
        assert_eq!(
            world.image("booking"),
            "ghcr.io/event-platform/booking:0.1.0"
        );
        world.says(
            "Available",
            "True",
            "Serving",
            "0.1.0 serves on all six services",
        );
        let status = world.status();
        assert_eq!(status["version"], "0.1.0");
        if attempt < 3 {
            world.says(
                "MigrationsComplete",
                "False",
                "Retrying",
                &format!("booking: lock timeout; attempt {attempt} of 3, the next one follows"),
            );
            assert_eq!(status["migration"]["attempt"], attempt + 1);
            let next: chrono::DateTime<chrono::Utc> = status["migration"]["nextAttemptAt"]
                .as_str()
                .and_then(|time| time.parse().ok())
                .expect("a time");
            waits.push((next - chrono::Utc::now()).num_seconds());
            assert!(world.pass_time());
        }
    }
    assert!(
        (8..=10).contains(&waits[0]) && (18..=20).contains(&waits[1]),
        "{waits:?}"
    );
    let sentence = "booking: lock timeout; attempt 3 of 3 at 0.1.1. Fix or revert the spec, or try again: kubectl annotate evp NAME eventplatform.dev/migrate-again=$(date +%s) --overwrite; 0.1.0 keeps serving meanwhile";
    world.says("MigrationsComplete", "False", "MigrationFailed", sentence);
    world.says("Degraded", "True", "MigrationFailed", sentence);
    assert_eq!(migration_jobs(&world).len(), 3);
    assert_eq!(
        events(&world, "MigrationFailed").len(),
        2,
        "one for each condition"
    );
    is_idle(&world).await;
    assert!(!world.pass_time());

    // Taken back: nothing is run again, and nothing of it is left.
    forget(&world);
    world.spec(&json!({}));
    world.rest().await;
    world.is_ready();
    assert_eq!(migration_jobs(&world), [""; 0]);
    assert_eq!(written(&world, "deployments"), [""; 0]);
    assert!(
        !lock(&world.state)
            .log
            .iter()
            .any(|write| write.verb == "create")
    );
    let mut after = objects(&world);
    after.retain(|key, _| before.contains_key(key));
    let mut before = before;
    before.retain(|(plural, _), _| plural != "jobs");
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_migration_that_is_mended_by_a_new_release_goes_on() {
    let mut world = World::running(&json!({})).await;
    world.manners.failures = vec![LOCK_TIMEOUT];
    world.spec(&json!({"version": "0.1.1", "migrations": {"maxRetries": 0}}));
    world.rest().await;
    world.spec(&json!({"version": "0.1.2", "migrations": {"maxRetries": 0}}));
    world.rest().await;
    world.is_ready();
    assert_eq!(world.status()["version"], "0.1.2");
    assert_eq!(migration_jobs(&world).len(), 1);
}

#[tokio::test]
async fn a_migration_job_that_somebody_deletes_is_made_again() {
    let mut world = World::running(&json!({})).await;
    world.manners.endless_jobs = true;
    world.spec(&json!({"version": "0.1.1"}));
    world.rest().await;
    let jobs = migration_jobs(&world);
    world.delete("jobs", &jobs[0]);
    world.rest().await;
    assert_eq!(migration_jobs(&world), jobs);
    assert_eq!(world.status()["migration"]["attempt"], 1);
    world.manners.endless_jobs = false;
    world.rest().await;
    world.is_ready();
}

#[tokio::test]
async fn a_spec_taken_back_during_its_migration_ends_it() {
    let mut world = World::running(&json!({})).await;
    world.manners.endless_jobs = true;
    world.spec(&json!({"version": "0.1.1"}));
    world.rest().await;
    assert_eq!(migration_jobs(&world).len(), 1);
    forget(&world);
    world.spec(&json!({}));
    world.rest().await;
    world.is_ready();
    assert_eq!(migration_jobs(&world), [""; 0]);
    assert_eq!(written(&world, "deployments"), [""; 0]);
    assert!(
        !lock(&world.state)
            .log
            .iter()
            .any(|write| write.verb == "create")
    );
    is_idle(&world).await;
}

#[tokio::test]
async fn an_upgrade_goes_service_by_service() {
    let mut world = World::running(&json!({"backup": {}})).await;
    forget(&world);
    world.spec(&json!({"version": "0.1.1", "backup": {}}));
    world.rest().await;
    world.is_ready();
    assert_eq!(
        written(&world, "deployments"),
        [
            "worker", "auth", "catalog", "booking", "sandbox", "payment", "frontend"
        ]
    );
    // Dumped, then migrated, then rolled out.
    let order: Vec<_> = lock(&world.state)
        .log
        .iter()
        .filter(|write| write.verb == "create")
        .map(|write| write.name.split('-').nth(1).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(order, ["backup", "migrate"]);
    assert_eq!(world.status()["lastGood"]["version"], "0.1.1");
    assert_eq!(world.status()["lastBackup"]["name"], "20260101T030000Z");
    is_idle(&world).await;
}

#[tokio::test]
async fn a_release_that_makes_no_progress_is_rolled_back_once() {
    let mut world = World::running(&json!({})).await;
    world.manners.broken = vec!["booking:0.1.1"];
    forget(&world);
    world.spec(&json!({"version": "0.1.1"}));
    world.rest().await;
    assert_eq!(
        written(&world, "deployments"),
        [
            "worker", "auth", "catalog", "booking", "booking", "catalog", "auth", "worker"
        ]
    );
    let sentence = "the rollout of 0.1.1 failed: booking made no progress for 300 s (booking: ImagePullBackOff: Back-off pulling image \"ghcr.io/event-platform/booking:0.1.1\"). What was last good, 0.1.0, serves; change the spec to try again";
    world.says("Degraded", "True", "RolledBack", sentence);
    world.says(
        "Available",
        "True",
        "Serving",
        "0.1.0 serves on all six services",
    );
    assert_eq!(
        world.image("booking"),
        "ghcr.io/event-platform/booking:0.1.0"
    );
    assert_eq!(events(&world, "RolledBack"), [sentence]);
    // Neither time nor a new operator tries it again.
    is_idle(&world).await;
    world.restart();
    is_idle(&world).await;

    // A change does.
    world.manners.broken.clear();
    world.spec(&json!({"version": "0.1.2"}));
    world.rest().await;
    world.is_ready();
    assert_eq!(
        world.image("booking"),
        "ghcr.io/event-platform/booking:0.1.2"
    );
    assert!(world.status()["rollout"].is_null());
}

#[tokio::test]
async fn a_release_may_be_held_where_it_is() {
    let mut world = World::running(&json!({})).await;
    world.manners.broken = vec!["booking:0.1.1"];
    forget(&world);
    world.spec(&json!({"version": "0.1.1", "rollout": {"onFailure": "Hold"}}));
    world.rest().await;
    let (status, reason, message) = world.condition("Degraded");
    assert_eq!(
        (status.as_str(), reason.as_str()),
        ("True", "RolloutFailed")
    );
    assert!(
        message.ends_with("It is held as it is; change the spec to go on"),
        "{message}"
    );
    assert_eq!(
        world.image("catalog"),
        "ghcr.io/event-platform/catalog:0.1.1"
    );
    assert_eq!(
        world.image("payment"),
        "ghcr.io/event-platform/payment:0.1.0"
    );
    world.says(
        "Available",
        "True",
        "Serving",
        "0.1.0 serves on all six services",
    );
    is_idle(&world).await;
}

#[tokio::test]
async fn what_cannot_be_changes_nothing() {
    for (change, reason, sentence) in [
        (
            json!({"version": "99.0.0"}),
            "UnsupportedVersion",
            "this operator is of release 0.1.0 and does not know 99.0.0; upgrade the operator first",
        ),
        (
            json!({"version": "0.0.9"}),
            "UnsupportedUpgrade",
            "0.1.0 serves and its schema may be newer than 0.0.9 knows; go on with 0.1.0 or newer, or restore a backup into another platform of release 0.0.9",
        ),
    ] {
        let mut world = World::running(&json!({})).await;
        let before = objects(&world);
        world.spec(&change);
        world.rest().await;
        world.says("Degraded", "True", reason, sentence);
        world.says("Ready", "False", reason, sentence);
        world.says(
            "Available",
            "True",
            "Serving",
            "0.1.0 serves on all six services",
        );
        assert_eq!(objects(&world), before);
        is_idle(&world).await;
        world.spec(&json!({}));
        world.rest().await;
        world.is_ready();
    }
}

/// No rule lets it in now, but an older one may have.
#[tokio::test]
async fn a_stored_platform_over_its_budget_changes_nothing() {
    let mut world = World::running(&json!({})).await;
    let before = objects(&world);
    let mut stored = world.get(PLATFORMS, NAME);
    stored["spec"]["memoryBudget"] = "1Gi".into();
    stored["metadata"]["generation"] = 2.into();
    lock(&world.state).keep(PLATFORMS, NAME, stored);
    world.rest().await;
    world.says(
        "Degraded",
        "True",
        "BudgetExceeded",
        "limits add up to 4736Mi, the memory budget is 1024Mi; lower replicas or limits, or raise spec.memoryBudget",
    );
    assert_eq!(objects(&world), before);
    is_idle(&world).await;
}

#[tokio::test]
async fn a_paused_platform_is_left_alone() {
    let mut world = World::running(&json!({})).await;
    world.spec(&json!({"paused": true, "version": "0.1.1"}));
    world.rest().await;
    world.change("deployments", "demo-auth", |auth| {
        auth["spec"]["replicas"] = 5.into();
    });
    world.delete("services", "demo-booking");
    forget(&world);
    world.rest().await;
    assert!(lock(&world.state).log.iter().all(|write| write.status));
    assert_eq!(world.get("deployments", "demo-auth")["spec"]["replicas"], 5);
    assert_eq!(world.condition("Paused").0, "True");
    assert_eq!(world.condition("Ready").1, "Paused");
    assert_eq!(world.status()["services"][0]["desired"], 5);
    is_idle(&world).await;

    world.spec(&json!({}));
    world.rest().await;
    world.is_ready();
    assert_eq!(world.get("deployments", "demo-auth")["spec"]["replicas"], 2);
    world.get("services", "demo-booking");
}

#[tokio::test]
async fn drift_is_repaired_and_told_once() {
    let mut world = World::running(&json!({})).await;
    let before = objects(&world);
    forget(&world);
    world.change("deployments", "demo-auth", |auth| {
        auth["spec"]["template"]["spec"]["containers"][0]["image"] = "example.com/other:1".into();
    });
    world.change("services", "demo-booking", |service| {
        service["spec"]["selector"]["app.kubernetes.io/component"] = "auth".into();
    });
    world.change("networkpolicies", "demo-postgres", |policy| {
        policy["spec"]["ingress"] = json!([{}]);
    });
    world.change("secrets", "demo-payment", |secret| {
        secret["data"]["DATABASE_URL"] = "eA==".into();
    });
    world.rest().await;
    world.is_ready();
    assert_eq!(objects(&world), before);
    assert_eq!(
        events(&world, "DriftCorrected"),
        [
            "somebody changed or deleted Service demo-booking, Secret demo-payment, NetworkPolicy demo-postgres, Deployment demo-auth; all is again as the spec says"
        ]
    );
    is_idle(&world).await;
    assert_eq!(events(&world, "DriftCorrected").len(), 1);
}

#[tokio::test]
async fn what_is_deleted_is_made_again() {
    let mut world = World::running(&json!({"ingress": {"host": "tickets.example.com"}})).await;
    let before = objects(&world);
    for (plural, name) in [
        ("deployments", "demo-booking"),
        ("statefulsets", "demo-redis"),
        ("services", "demo-booking"),
        ("secrets", "demo-booking"),
        ("configmaps", "demo-last-good"),
        ("serviceaccounts", "demo-auth"),
        ("networkpolicies", "demo-isolation"),
        ("poddisruptionbudgets", "demo-auth"),
        ("ingresses", "demo-frontend"),
    ] {
        forget(&world);
        world.delete(plural, name);
        world.rest().await;
        world.is_ready();
        assert_eq!(objects(&world), before, "{plural} {name}");
        assert_eq!(migration_jobs(&world).len(), 1);
        is_idle(&world).await;
    }
}

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

/// nginx asks for addresses only when it starts.
#[tokio::test]
async fn a_service_with_a_new_address_rolls_the_entrance() {
    let mut world = World::running(&json!({})).await;
    forget(&world);
    world.change("services", "demo-booking", |service| {
        service["spec"]["clusterIP"] = "10.43.0.99".into();
    });
    world.rest().await;
    world.is_ready();
    assert_eq!(written(&world, "deployments"), ["frontend"]);
    is_idle(&world).await;
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

#[tokio::test]
async fn autoscalers_take_over_without_a_fall() {
    let mut world = World::running(&json!({"services": {"auth": {"replicas": 3}}})).await;
    forget(&world);
    world
        .spec(&json!({"services": {"auth": {"replicas": 3, "autoscaling": {"min": 2, "max": 4}}}}));
    world.rest().await;
    world.is_ready();
    let counts: Vec<_> = {
        let state = lock(&world.state);
        state
            .log
            .iter()
            .filter(|write| write.name == "demo-auth" && write.plural == "deployments")
            .map(|write| write.object["spec"]["replicas"].as_i64())
            .collect()
    };
    assert!(
        !counts.is_empty() && counts.iter().all(|count| *count == Some(3)),
        "{counts:?}"
    );
    assert_eq!(
        world.get("horizontalpodautoscalers", "demo-auth")["spec"]["maxReplicas"],
        4
    );

    // What the autoscaler decides is no drift.
    world.change("deployments", "demo-auth", |auth| {
        auth["spec"]["replicas"] = 4.into();
    });
    world.rest().await;
    is_idle(&world).await;
    assert_eq!(world.get("deployments", "demo-auth")["spec"]["replicas"], 4);

    world.spec(&json!({"services": {"auth": {"replicas": 2}}}));
    world.rest().await;
    world.is_ready();
    assert_eq!(world.get("deployments", "demo-auth")["spec"]["replicas"], 2);
    assert_eq!(world.names("horizontalpodautoscalers"), [""; 0]);
}

#[tokio::test]
async fn only_what_has_two_pods_has_a_disruption_budget() {
    let mut world = World::running(&json!({"services": {
        "auth": {"replicas": 1},
        "catalog": {"autoscaling": {"min": 1, "max": 3}},
        "frontend": {"autoscaling": {"min": 2, "max": 3}},
        "worker": {"replicas": 0},
    }}))
    .await;
    assert_eq!(
        world.names("poddisruptionbudgets"),
        ["demo-booking", "demo-frontend", "demo-payment"]
    );
    world.spec(&json!({"services": {"booking": {"replicas": 1}}}));
    world.rest().await;
    assert!(
        !world
            .names("poddisruptionbudgets")
            .contains(&"demo-booking".to_owned())
    );
    is_idle(&world).await;
}

#[tokio::test]
async fn what_belongs_to_others_is_not_touched() {
    let mut world = World::running(&json!({})).await;
    let labels = world.get("services", "demo-auth")["metadata"]["labels"].clone();
    for (name, owners) in [
        ("demo-mine", Value::Null),
        (
            "demo-theirs",
            json!([{"apiVersion": "v1", "kind": "Other", "name": "other", "uid": "theirs"}]),
        ),
    ] {
        world.change("configmaps", name, |map| {
            map["metadata"]["labels"] = labels.clone();
            map["metadata"]["ownerReferences"] = owners;
        });
    }
    // Its owner exists, so that nobody collects it.
    let mut owner = json!({"metadata": {"name": "other", "uid": "theirs"}});
    owner["kind"] = "Other".into();
    lock(&world.state).keep("others", "other", owner);
    world.rest().await;
    is_idle(&world).await;
    world.get("configmaps", "demo-mine");
    world.get("configmaps", "demo-theirs");
}

#[tokio::test]
async fn a_write_that_is_forbidden_is_told() {
    let mut world = World::running(&json!({})).await;
    lock(&world.state).forbidden = Some("ingresses".into());
    world.spec(&json!({"ingress": {"host": "tickets.example.com"}}));
    world.rest().await;
    let sentence = "ingresses is forbidden: the operator's role lacks it";
    world.says(
        "Degraded",
        "True",
        "ApplyFailed",
        &format!("the API server refused a change: {sentence}"),
    );
    world.says("Ready", "False", "ApplyFailed", sentence);
    assert_eq!(
        world.look().await.expect_err("a refusal").reason(),
        "forbidden"
    );
    lock(&world.state).forbidden = None;
    world.rest().await;
    world.is_ready();
    world.get("ingresses", "demo-frontend");
}

#[tokio::test]
async fn a_restore_that_cannot_be_read_stops_nobody() {
    let mut world = World::running(&json!({"backup": {}})).await;
    lock(&world.state).keep(
        RESTORES,
        "broken",
        json!({"apiVersion": "eventplatform.dev/v1alpha1", "kind": "EventPlatformRestore",
            "metadata": {"name": "broken", "namespace": "shop", "uid": "x"}, "spec": {"platform": 5}}),
    );
    is_idle(&world).await;
    world.restore("yesterday");
    world.rest().await;
    world.is_ready();
    let status = &world.get(RESTORES, "yesterday")["status"];
    assert_eq!(status["phase"], "Succeeded");
    assert_eq!(status["backup"], "20260101T030000Z");
}

#[tokio::test]
async fn a_restore_stops_the_services_and_migrates_before_they_start() {
    let mut world = World::running(&json!({"backup": {}})).await;
    let before = objects(&world);
    forget(&world);
    world.restore("yesterday");
    world.rest().await;
    world.is_ready();
    let steps: Vec<_> = {
        let state = lock(&world.state);
        state
            .log
            .iter()
            .filter(|write| {
                !write.status
                    && (write.plural == "jobs"
                        || write.name == "demo-booking" && write.plural == "deployments")
            })
            .map(|write| {
                let what = write.name.split('-').nth(1).unwrap_or_default();
                format!("{} {what} {}", write.verb, write.object["spec"]["replicas"])
            })
            .collect()
    };
    assert_eq!(
        steps,
        [
            "apply booking 0",
            "create restore null",
            "delete migrate null",
            "create migrate null",
            "apply booking 2"
        ]
    );
    let mut after = objects(&world);
    after.retain(|(plural, _), _| plural != "jobs" && plural != RESTORES && plural != "configmaps");
    let mut before = before;
    before.retain(|(plural, _), _| plural != "jobs" && plural != "configmaps");
    assert_eq!(after, before);
    is_idle(&world).await;
}

#[tokio::test]
async fn a_restore_that_fails_says_whether_anything_was_changed() {
    for (exit, phase, reason) in [
        (64, "Failed", "AllReady"),
        (1, "Incomplete", "RestoreIncomplete"),
    ] {
        let mut world = World::running(&json!({"backup": {}})).await;
        world.manners.failures = vec![Failure {
            job: "restore",
            container: "restore",
            image: "postgres",
            exit,
            said: "there is no dump on the volume",
        }];
        world.restore("yesterday");
        world.rest().await;
        assert_eq!(world.get(RESTORES, "yesterday")["status"]["phase"], phase);
        assert_eq!(world.condition("Ready").1, reason);
        is_idle(&world).await;
        world.delete(RESTORES, "yesterday");
        world.rest().await;
        world.is_ready();
    }
}

#[tokio::test]
async fn events_tell_transitions_only() {
    let mut world = World::with(&json!({}));
    world.rest().await;
    let reasons = |world: &World| -> Vec<String> {
        lock(&world.state)
            .events
            .iter()
            .map(|(kind, reason, _)| format!("{kind} {reason}"))
            .collect()
    };
    let told = reasons(&world);
    assert_eq!(
        told,
        [
            "Normal WaitingForPostgres",
            "Normal Ready",
            "Normal Running",
            "Normal RollingOut",
            "Normal Succeeded",
            "Normal AllReady",
        ]
    );
    for _ in 0..5 {
        world.look().await.expect("a look");
    }
    world.restart();
    world.look().await.expect("a look");
    assert_eq!(reasons(&world), told);
}

/// The API server leaves out a value that is empty.
#[tokio::test]
async fn an_empty_variable_is_no_drift() {
    let world = World::running(
        &json!({"services": {"booking": {"env": [{"name": "HOLD_TTL", "value": ""}]}}}),
    )
    .await;
    assert_eq!(events(&world, "DriftCorrected"), [""; 0]);
    is_idle(&world).await;
}

#[tokio::test]
async fn every_look_at_rest_writes_nothing() {
    for spec in [
        json!({}),
        json!({
            "backup": {"retention": 3},
            "ingress": {"host": "tickets.example.com", "tlsSecret": "tls", "className": "traefik"},
            "tracing": {"endpoint": "http://collector.observability:4318"},
            "services": {"auth": {"autoscaling": {"min": 2, "max": 3}}, "booking": {"resources": {"limits": {"cpu": "1.5", "memory": "1024Mi"}}}},
            "memoryBudget": "8Gi",
        }),
    ] {
        let mut world = World::running(&spec).await;
        is_idle(&world).await;
        world.restart();
        is_idle(&world).await;
    }
}

#[tokio::test]
async fn a_finalizer_of_somebody_else_stays() {
    let mut world = World::running(&json!({})).await;
    world.change(PLATFORMS, NAME, |platform| {
        platform["metadata"]["finalizers"]
            .as_array_mut()
            .expect("finalizers")
            .push("example.com/other".into());
    });
    world.delete(PLATFORMS, NAME);
    world.rest().await;
    assert_eq!(
        world.get(PLATFORMS, NAME)["metadata"]["finalizers"],
        json!(["example.com/other"])
    );
    is_idle(&world).await;
}
