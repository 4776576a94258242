//! What people are told.

use serde_json::json;

use crate::{
    apiserver::lock,
    support::{is_idle, migration_jobs},
    world::World,
};

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
            "Normal BackendsReady",
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
