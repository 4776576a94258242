//! Dumps are put back.

use serde_json::json;

use crate::{
    apiserver::{PLATFORMS, RESTORES, lock},
    support::{events, forget, is_idle, told_of_restore, untouched_by_restores, written},
    world::{Failure, NAME, World},
};

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
    let before = untouched_by_restores(&world);
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
    assert_eq!(untouched_by_restores(&world), before);
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
async fn a_restore_of_what_cannot_be_there_stops_nothing() {
    let mut world = World::running(&json!({"backup": {}})).await;
    forget(&world);
    for (name, backup, sentence) in [
        (
            "early",
            "latest",
            "nothing was changed: no dump has been taken yet; wait for one or take one first",
        ),
        (
            "old",
            "20200101T030000Z",
            "nothing was changed: there is no dump 20200101T030000Z: the volume of dumps is younger than that",
        ),
    ] {
        world.change(RESTORES, name, |restore| {
            restore["apiVersion"] = "eventplatform.dev/v1alpha1".into();
            restore["kind"] = "EventPlatformRestore".into();
            restore["spec"] = json!({"platform": NAME, "backup": backup});
        });
        world.rest().await;
        world.is_ready();
        let status = &world.get(RESTORES, name)["status"];
        assert_eq!(status["phase"], "Failed");
        assert_eq!(status["message"], sentence);
    }
    assert_eq!(written(&world, "deployments"), [""; 0]);
    assert_eq!(written(&world, "jobs"), [""; 0]);
    assert_eq!(
        events(&world, "RestoreFailed").len(),
        4,
        "of the platform and of each restore"
    );
}

#[tokio::test]
async fn restores_are_told() {
    let mut world = World::running(&json!({"backup": {}})).await;
    world.restore("yesterday");
    world.rest().await;
    for reason in ["RestoreBegan", "RestoreSucceeded"] {
        told_of_restore(&world, "yesterday", reason);
    }
}

/// What Redis and RabbitMQ hold is about what is no longer there.
#[tokio::test]
async fn a_restore_empties_what_the_operator_runs_beside_the_databases() {
    let mut world = World::running(&json!({"backup": {}})).await;
    world.restore("yesterday");
    let uid = world.get(RESTORES, "yesterday")["metadata"]["uid"].clone();
    world.rest().await;
    world.is_ready();
    for (name, emptied) in [
        ("demo-redis", true),
        ("demo-rabbitmq", true),
        ("demo-postgres", false),
    ] {
        let pod = &world.get("statefulsets", name)["spec"]["template"]["spec"];
        let first = &pod["initContainers"][0]["env"][0]["value"];
        assert_eq!(*first == uid, emptied, "{name}: {first}");
    }
    is_idle(&world).await;
}

#[tokio::test]
async fn dumps_that_are_no_longer_taken_are_told() {
    let mut world = World::running(&json!({"backup": {}})).await;
    // The API server in memory made the CronJob years ago.
    let (status, reason, message) = world.condition("BackupHealthy");
    assert_eq!((status.as_str(), reason.as_str()), ("False", "Overdue"));
    assert_eq!(
        message,
        "no dump has ever been taken, though by the schedule 0 3 * * * two have been due since; kubectl describe cronjob demo-backup may tell why"
    );
    for (hours, status, age) in [(2, "True", ""), (75, "False", "is 3 days old")] {
        world.change(PLATFORMS, NAME, |platform| {
            platform["status"]["lastBackup"] = json!({
                "name": "20261125T030000Z", "message": "1M, 1 kept",
                "time": chrono::Utc::now() - chrono::TimeDelta::hours(hours),
            });
        });
        world.rest().await;
        let (found, _, message) = world.condition("BackupHealthy");
        assert_eq!(found, status, "{message}");
        assert!(message.contains(age), "{message}");
    }
}
