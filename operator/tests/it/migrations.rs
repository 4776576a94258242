//! Migrations: before anything else, once, and again when people change something.

use serde_json::json;

use crate::{
    apiserver::{PLATFORMS, lock},
    support::{LOCK_TIMEOUT, events, forget, is_idle, migration_jobs, objects, written},
    world::{Failure, NAME, World},
};

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
    let sentence = "booking: lock timeout; attempt 3 of 3 at 0.1.1. Any change of the spec tries again, and so does kubectl annotate evp demo eventplatform.dev/migrate-again=$(date +%s) --overwrite; 0.1.0 keeps serving meanwhile";
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
async fn any_change_of_the_spec_tries_failed_migrations_again() {
    let mut world = World::running(&json!({})).await;
    world.manners.failures = vec![LOCK_TIMEOUT];
    world.manners.patient = true;
    world.spec(&json!({"version": "0.1.1", "migrations": {"maxRetries": 1}}));
    world.rest().await;
    assert_eq!(world.condition("Ready").1, "MigrationFailed");
    assert_eq!(migration_jobs(&world).len(), 2);
    is_idle(&world).await;

    // In vain: as many attempts as the spec says now, and their count begins anew.
    world.spec(&json!({"version": "0.1.1", "migrations": {"maxRetries": 2}}));
    world.rest().await;
    let (_, reason, message) = world.condition("MigrationsComplete");
    assert_eq!(reason, "MigrationFailed");
    assert!(message.contains("attempt 3 of 3 at 0.1.1"), "{message}");
    assert_eq!(migration_jobs(&world).len(), 5);
    is_idle(&world).await;

    // What was in the way is gone; the spec says the same but for how long it may take.
    world.manners.failures.clear();
    world.restart();
    is_idle(&world).await;
    world.spec(
        &json!({"version": "0.1.1", "migrations": {"maxRetries": 2, "timeoutSeconds": 1200}}),
    );
    world.rest().await;
    world.is_ready();
    assert_eq!(world.status()["version"], "0.1.1");
    assert_eq!(world.status()["migration"]["attempt"], 6);
}

#[tokio::test]
async fn an_annotation_tries_failed_migrations_again() {
    let mut world = World::running(&json!({})).await;
    world.manners.failures = vec![LOCK_TIMEOUT];
    world.spec(&json!({"version": "0.1.1", "migrations": {"maxRetries": 0}}));
    world.rest().await;
    world.manners.failures.clear();
    world.change(PLATFORMS, NAME, |platform| {
        platform["metadata"]["annotations"]["eventplatform.dev/migrate-again"] = "1".into();
    });
    world.rest().await;
    world.is_ready();
    assert_eq!(world.status()["version"], "0.1.1");
}

/// What is sold between two tries is not in the dump before the first.
#[tokio::test]
async fn each_try_of_a_release_has_its_dump() {
    let mut world = World::running(&json!({"backup": {}})).await;
    world.manners.failures = vec![LOCK_TIMEOUT];
    let upgrade = json!({"version": "0.1.1", "backup": {}, "migrations": {"maxRetries": 0}});
    let dumps = |world: &World| {
        let written = written(world, "jobs");
        let made = written.iter().filter(|name| name.starts_with("backup-"));
        made.count()
    };
    forget(&world);
    world.spec(&upgrade);
    world.rest().await;
    assert_eq!(world.condition("Ready").1, "MigrationFailed");
    assert_eq!(dumps(&world), 1);

    // Taken back: the dump stays, its Job does not.
    world.spec(&json!({"backup": {}}));
    world.rest().await;
    world.is_ready();

    forget(&world);
    world.manners.failures.clear();
    world.spec(&upgrade);
    world.rest().await;
    world.is_ready();
    // Made, and deleted once it was on record and the migration complete.
    assert_eq!(dumps(&world), 3, "{:?}", written(&world, "jobs"));
    assert!(
        !world
            .names("jobs")
            .iter()
            .any(|name| name.contains("-backup-"))
    );
    assert_eq!(world.condition("BackupHealthy").0, "True");
    is_idle(&world).await;
}

#[tokio::test]
async fn a_dump_that_failed_is_tried_again_when_the_spec_changes() {
    let mut world = World::running(&json!({"backup": {}})).await;
    world.manners.failures = vec![Failure {
        job: "backup",
        container: "backup",
        image: "postgres",
        exit: 1,
        said: "no space left on device",
    }];
    world.spec(&json!({"version": "0.1.1", "backup": {}}));
    world.rest().await;
    assert_eq!(world.condition("Ready").1, "BackupFailed");
    is_idle(&world).await;
    world.manners.failures.clear();
    world.spec(&json!({"version": "0.1.1", "backup": {"retention": 3}}));
    world.rest().await;
    world.is_ready();
}
