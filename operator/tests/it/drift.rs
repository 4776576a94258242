//! What others change, and what is theirs.

use serde_json::{Value, json};

use crate::{
    apiserver::{PLATFORMS, lock},
    support::{events, forget, is_idle, migration_jobs, objects},
    world::{NAME, World},
};

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

/// What others put beside ours would win over it, or run beside it.
#[tokio::test]
async fn additions_of_others_are_drift() {
    let mut world = World::running(&json!({})).await;
    let before = objects(&world);
    for (plural, place, item) in [
        (
            "deployments",
            "/spec/template/spec/containers/0/env",
            json!({"name": "DATABASE_URL", "value": "postgres://elsewhere/booking"}),
        ),
        (
            "deployments",
            "/spec/template/spec/containers",
            json!({"name": "sidecar", "image": "example.com/sidecar:1"}),
        ),
        (
            "services",
            "/spec/ports",
            json!({"name": "debug", "port": 9000}),
        ),
    ] {
        forget(&world);
        world.change(plural, "demo-booking", |object| {
            let list = object.pointer_mut(place).and_then(Value::as_array_mut);
            list.expect("a list").push(item);
        });
        world.rest().await;
        world.is_ready();
        assert_eq!(objects(&world), before, "{place}");
        assert_eq!(events(&world, "DriftCorrected").len(), 1, "{place}");
        is_idle(&world).await;
    }
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
