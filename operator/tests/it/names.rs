//! Names that somebody else has, and data that a former platform of the same name left.

use serde_json::{Value, json};

use crate::{
    apiserver::{PLATFORMS, lock},
    support::{events, forget, is_idle, migration_jobs, written},
    world::{NAME, World},
};

fn taken(kind: &str, name: &str) -> String {
    format!(
        "there is a {kind} {name} that is not of this platform, which needs the name; rename or delete it"
    )
}

#[tokio::test]
async fn what_is_not_ours_is_not_taken_over() {
    for (plural, kind, name, change) in [
        (
            "services",
            "Service",
            "demo-auth",
            json!({"spec": {"selector": {"app": "mine"}}}),
        ),
        (
            "secrets",
            "Secret",
            "demo-postgres",
            json!({"data": {"mine": "eA=="}}),
        ),
        (
            "secrets",
            "Secret",
            "demo-credentials",
            json!({"data": {"mine": "eA=="}}),
        ),
        (
            "persistentvolumeclaims",
            "PersistentVolumeClaim",
            "demo-redis",
            json!({"spec": {"volumeName": "mine"}}),
        ),
    ] {
        let mut world = World::with(&json!({}));
        world.change(plural, name, |object| {
            for (field, value) in change.as_object().expect("fields") {
                object[field] = value.clone();
            }
        });
        let mine = world.get(plural, name);
        // A refusal is repeated every few seconds, not at once.
        for _ in 0..5 {
            world.look().await.expect_err("a name that is taken");
            world.step();
        }
        let sentence = taken(kind, name);
        world.says("Ready", "False", "NameTaken", &sentence);
        world.says("Degraded", "True", "NameTaken", &sentence);
        assert_eq!(world.get(plural, name), mine);
        assert_eq!(migration_jobs(&world), [""; 0]);
        assert_eq!(events(&world, "NameTaken"), [sentence]);

        world.delete(plural, name);
        world.rest().await;
        if plural == "persistentvolumeclaims" {
            world.rest().await;
        }
        world.is_ready();
        is_idle(&world).await;
    }
}

/// Everything else goes on.
#[tokio::test]
async fn a_name_that_is_taken_later_stops_nothing_else() {
    let world = World::running(&json!({})).await;
    world.change("ingresses", "demo-frontend", |ingress| {
        ingress["spec"] = json!({"rules": []});
    });
    world.delete("services", "demo-booking");
    forget(&world);
    let ingress = json!({"host": "tickets.example.com"});
    world.spec(&json!({"ingress": ingress, "services": {"auth": {"replicas": 3}}}));
    for _ in 0..40 {
        world.look().await.ok();
        world.step();
    }
    world.says(
        "Ready",
        "False",
        "NameTaken",
        &taken("Ingress", "demo-frontend"),
    );
    world.get("services", "demo-booking");
    assert_eq!(world.get("deployments", "demo-auth")["spec"]["replicas"], 3);
    assert!(!written(&world, "ingresses").contains(&"frontend".to_owned()));
}

/// It lost its labels, by which we find what is ours, but not its owner.
#[tokio::test]
async fn what_lost_its_labels_is_still_ours() {
    let mut world = World::running(&json!({})).await;
    world.change("services", "demo-booking", |service| {
        service["metadata"]["labels"] = Value::Null;
    });
    world.rest().await;
    world.is_ready();
    is_idle(&world).await;
}

async fn made_anew(world: &mut World, spec: &Value) {
    world.delete(PLATFORMS, NAME);
    world.rest().await;
    assert!(world.find(PLATFORMS, NAME).is_none());
    world.spec(spec);
}

#[tokio::test]
async fn a_platform_on_kept_data_never_goes_back() {
    let mut world = World::running(&json!({})).await;
    world.spec(&json!({"version": "0.1.2"}));
    world.rest().await;
    world.is_ready();
    made_anew(&mut world, &json!({"version": "0.1.1"})).await;
    world.rest().await;
    let (_, reason, message) = world.condition("Ready");
    assert_eq!(reason, "UnsupportedUpgrade");
    assert!(message.starts_with("0.1.2 serves"), "{message}");
    assert_eq!(world.names("statefulsets"), [""; 0]);

    world.spec(&json!({"version": "0.1.2"}));
    world.rest().await;
    world.is_ready();
    is_idle(&world).await;
}

#[tokio::test]
async fn kept_data_are_dumped_before_another_release_migrates_them() {
    let mut world = World::running(&json!({"backup": {}})).await;
    for (version, dumped) in [("0.1.0", false), ("0.1.1", true)] {
        made_anew(&mut world, &json!({"version": version, "backup": {}})).await;
        forget(&world);
        world.rest().await;
        world.is_ready();
        let order: Vec<_> = lock(&world.state)
            .log
            .iter()
            .filter(|write| write.verb == "create")
            .map(|write| write.name.split('-').nth(1).unwrap_or_default().to_owned())
            .collect();
        let expected: &[&str] = if dumped {
            &["backup", "migrate"]
        } else {
            &["migrate"]
        };
        assert_eq!(order, expected, "{version}");
    }
}
