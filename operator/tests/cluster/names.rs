//! Objects of somebody else under names that the platform needs.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use operator::{api::ConditionStatus, build::Kind};
use serde_json::{Value, json};

use crate::harness::{Outcome, Platform, World, apply, eventually};

const SOON: Duration = Duration::from_secs(30);
const TAKEN: [(Kind, &str); 2] = [(Kind::Secret, "booking"), (Kind::Service, "catalog")];

async fn taken(platform: &Platform) -> Result<[Value; 2]> {
    let [first, second] = TAKEN;
    let object =
        async |(kind, part): (Kind, &str)| platform.objects(kind).expect(&platform.of(part)).await;
    Ok([object(first).await?, object(second).await?])
}

pub(crate) async fn of_somebody_else_are_left_alone(world: Arc<World>) -> Result<Outcome> {
    let platform = world.platform("taken").await?;
    let contents = [
        json!({"stringData": {"DATABASE_URL": "somebody's own"}}),
        json!({"spec": {"selector": {"app": "another"}, "ports": [{"port": 80}]}}),
    ];
    for ((kind, part), mut manifest) in TAKEN.into_iter().zip(contents) {
        manifest["apiVersion"] = "v1".into();
        manifest["kind"] = kind.name().into();
        manifest["metadata"] = json!({"name": platform.of(part), "namespace": platform.namespace});
        apply(&["apply"], &manifest).await?;
    }
    let before = taken(&platform).await?;
    platform.apply(&Platform::hollow()).await?;
    let message = platform
        .condition("Degraded", ConditionStatus::True, "NameTaken", SOON)
        .await?;
    for (kind, part) in TAKEN {
        let name = format!("{} {}", kind.name(), platform.of(part));
        ensure!(message.contains(&name), "{message}");
    }
    ensure!(taken(&platform).await? == before, "they were changed");

    for (kind, part) in TAKEN {
        platform.objects(kind).delete(&platform.of(part)).await?;
    }
    eventually("the platform has its own", SOON, async || {
        let own = taken(&platform).await?;
        Ok(own.iter().all(|object| {
            object["metadata"]["ownerReferences"][0]["name"] == platform.name.as_str()
        }))
    })
    .await?;
    Ok(Outcome::Passed)
}
