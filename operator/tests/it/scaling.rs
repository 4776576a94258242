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
