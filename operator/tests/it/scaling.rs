//! How many pods there are.

use serde_json::json;

use crate::{
    apiserver::lock,
    support::{forget, is_idle},
    world::World,
};

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

/// Statuses and reasons of Ready and Progressing, and the activity.
fn told(world: &World) -> [String; 4] {
    let (ready, ..) = world.condition("Ready");
    let (progressing, reason, _) = world.condition("Progressing");
    let activity = world.status()["activity"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    [ready, progressing, reason, activity]
}

#[tokio::test]
async fn steps_of_an_autoscaler_leave_the_platform_ready() {
    let spec = json!({"services": {"auth": {"autoscaling": {"min": 2, "max": 4}}}});
    let world = World::running(&spec).await;
    // Made with as many as it shall have at least, not with one.
    assert_eq!(world.get("deployments", "demo-auth")["spec"]["replicas"], 2);
    for pods in [3, 2] {
        world.change("deployments", "demo-auth", |auth| {
            auth["spec"]["replicas"] = pods.into();
        });
        forget(&world);
        let mut seen = Vec::new();
        for _ in 0..8 {
            world.look().await.expect("a look");
            seen.push(told(&world));
            world.step();
        }
        assert!(seen.contains(&["True", "True", "Scaling", "Scaling auth"].map(Into::into)));
        assert!(seen.iter().all(|told| told[0] == "True"), "{seen:?}");
        world.is_ready();
        assert_eq!(seen[7], ["True", "False", "AllReady", "AllReady"]);
        assert!(lock(&world.state).events.is_empty());
    }
}

/// A new release is no matter of numbers, though an autoscaler has them.
#[tokio::test]
async fn a_rollout_of_what_is_autoscaled_is_a_rollout() {
    let spec = |version: &str| json!({"version": version, "services": {"auth": {"autoscaling": {"min": 2, "max": 4}}}});
    let mut world = World::running(&spec("0.1.0")).await;
    forget(&world);
    world.spec(&spec("0.1.1"));
    world.rest().await;
    world.is_ready();
    assert_eq!(lock(&world.state).violations, [""; 0]);
    assert_eq!(world.get("deployments", "demo-auth")["spec"]["replicas"], 2);
}

#[tokio::test]
async fn after_a_restore_there_are_as_many_pods_as_there_must_be() {
    let spec = json!({"backup": {}, "services": {"auth": {"autoscaling": {"min": 3, "max": 4}}}});
    let mut world = World::running(&spec).await;
    world.restore("yesterday");
    world.rest().await;
    world.is_ready();
    assert_eq!(world.get("deployments", "demo-auth")["spec"]["replicas"], 3);
}
