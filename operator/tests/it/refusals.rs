//! What can't be done is told, and nothing else suffers.

use serde_json::json;

use crate::{
    apiserver::{PLATFORMS, lock},
    support::{forget, is_idle, objects},
    world::{NAME, World},
};

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
async fn a_write_that_is_forbidden_is_told() {
    let mut world = World::running(&json!({})).await;
    lock(&world.state).forbidden = Some("ingresses".into());
    world.spec(&json!({"ingress": {"host": "tickets.example.com"}}));
    world.rest().await;
    let sentence =
        "the API server refused a change: ingresses is forbidden: the operator's role lacks it";
    world.says("Degraded", "True", "ApplyFailed", sentence);
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
