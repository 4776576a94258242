//! An object that the operator can't read, stored when the definition was another one, holds nobody else up.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use operator::build::Kind;
use serde_json::{Value, json};

use crate::harness::{Outcome, World, apply, eventually, kubectl};

const CRD: &str = "customresourcedefinition/eventplatforms.eventplatform.dev";
const SOON: Duration = Duration::from_secs(30);

async fn definition() -> Result<Value> {
    Ok(serde_json::from_str(
        &kubectl(&["get", CRD, "-o", "json"]).await?,
    )?)
}

/// As it was, whatever is stored meanwhile.
async fn replace(definition: &Value) -> Result<()> {
    let mut definition = definition.clone();
    if let Some(metadata) = definition["metadata"].as_object_mut() {
        metadata.remove("resourceVersion");
    }
    apply(&["replace"], &definition).await?;
    Ok(())
}

pub(crate) async fn object_does_not_stop_the_others(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let broken = world.platform("malformed").await?;
    let before = world
        .operator
        .metric("operator_reconciles_total{result=\"malformed\"")
        .await?;
    let exact = definition().await?;
    let mut loose = exact.clone();
    let schema = &mut loose["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    *schema = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    replace(&loose).await?;
    let stored = value(&broken.namespace);
    let result = async {
        eventually("it is stored", SOON, async || {
            apply(&["apply"], &stored).await?;
            let text = kubectl(&[
                "-n",
                &broken.namespace,
                "get",
                "evp",
                "broken",
                "-o",
                "jsonpath={.spec.version}",
            ])
            .await?;
            Ok(text == "7")
        })
        .await
    };
    let result = result.await;
    replace(&exact).await?;
    result?;

    eventually("it is noticed", SOON, async || {
        Ok(world
            .operator
            .metric("operator_reconciles_total{result=\"malformed\"")
            .await?
            > before)
    })
    .await?;
    let uid = platform.uid(Kind::Service, "worker").await?;
    platform
        .objects(Kind::Service)
        .delete(&platform.of("worker"))
        .await?;
    eventually("another platform is looked after", SOON, async || {
        Ok(platform.uid(Kind::Service, "worker").await? != uid)
    })
    .await?;
    // The operator's next life begins with it.
    world.operator.scale(0).await?;
    world.operator.scale(1).await?;
    let uid = platform.uid(Kind::Service, "worker").await?;
    platform
        .objects(Kind::Service)
        .delete(&platform.of("worker"))
        .await?;
    eventually("also by a new operator", SOON, async || {
        Ok(platform.uid(Kind::Service, "worker").await? != uid)
    })
    .await?;
    kubectl(&[
        "-n",
        &broken.namespace,
        "delete",
        "evp",
        "broken",
        "--timeout=30s",
    ])
    .await?;
    let exact = definition().await.context("the definition is as it was")?;
    ensure!(
        exact["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"].is_object()
    );
    Ok(Outcome::Passed)
}

fn value(namespace: &str) -> Value {
    json!({
        "apiVersion": "eventplatform.dev/v1alpha1",
        "kind": "EventPlatform",
        // As the operator marks what it could still read.
        "metadata": {"name": "broken", "namespace": namespace, "finalizers": ["eventplatform.dev/cleanup"]},
        "spec": {"version": 7, "services": {"worker": {"replicas": 1}}},
    })
}
