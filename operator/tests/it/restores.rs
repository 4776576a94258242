//! Dumps are put back.

use serde_json::json;

use crate::{
    apiserver::{RESTORES, lock},
    support::{forget, is_idle, objects},
    world::{Failure, World},
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
