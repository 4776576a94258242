//! Rollouts: service by service, and back when one gets no further.

use serde_json::json;

use crate::{
    apiserver::lock,
    support::{events, forget, is_idle, written},
    world::World,
};

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
            "worker", "auth", "booking", "catalog", "sandbox", "payment", "frontend"
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
        ["worker", "auth", "booking", "booking", "auth", "worker"]
    );
    let sentence = "the rollout of 0.1.1 failed: booking made no progress for 300 s (booking: ImagePullBackOff: Back-off pulling image \"ghcr.io/event-platform/booking:0.1.1\"). What was last good, 0.1.0, serves; any change of the spec tries again";
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
        message.ends_with("It is held as it is; mend what is named or change the spec to go on"),
        "{message}"
    );
    assert_eq!(world.image("auth"), "ghcr.io/event-platform/auth:0.1.1");
    assert_eq!(
        world.image("catalog"),
        "ghcr.io/event-platform/catalog:0.1.0"
    );
    world.says(
        "Available",
        "True",
        "Serving",
        "0.1.0 serves on all six services",
    );
    is_idle(&world).await;
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
async fn any_change_of_the_spec_tries_a_failed_release_again() {
    let mut world = World::running(&json!({})).await;
    world.manners.broken = vec!["booking:0.1.1"];
    world.spec(&json!({"version": "0.1.1"}));
    world.rest().await;
    assert_eq!(world.condition("Ready").1, "RolledBack");

    world.spec(&json!({"version": "0.1.1", "services": {"auth": {"replicas": 3}}}));
    world.rest().await;
    assert_eq!(world.condition("Ready").1, "RolledBack");
    assert_eq!(
        world.image("booking"),
        "ghcr.io/event-platform/booking:0.1.0"
    );
    is_idle(&world).await;

    world.manners.broken.clear();
    world.spec(&json!({"version": "0.1.1", "rollout": {"progressDeadlineSeconds": 600}}));
    world.rest().await;
    world.is_ready();
    assert_eq!(
        world.image("booking"),
        "ghcr.io/event-platform/booking:0.1.1"
    );
}
