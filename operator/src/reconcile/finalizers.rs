//! The finalizer by which the operator hears of a deletion before it is done.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{
    Api, Client, ResourceExt as _,
    api::{Patch, PatchParams},
    core::PartialObjectMeta,
};
use serde_json::json;

use crate::{
    api::EventPlatform,
    cluster::{Error, MANAGER},
};

pub(super) const FINALIZER: &str = "eventplatform.dev/cleanup";

/// Holds a platform, where it isn't held.
pub(super) async fn hold(client: &Client, platform: &EventPlatform) -> Result<(), Error> {
    if platform.finalizers().iter().any(|held| held == FINALIZER) {
        return Ok(());
    }
    apply(client, platform, &[FINALIZER]).await
}

/// Lets a platform go.
pub(super) async fn release(client: &Client, platform: &EventPlatform) -> Result<(), Error> {
    apply(client, platform, &[]).await
}

/// Makes ours the finalizers that are named.
async fn apply(client: &Client, platform: &EventPlatform, held: &[&str]) -> Result<(), Error> {
    let namespace = platform.namespace().unwrap_or_default();
    let api: Api<EventPlatform> = Api::namespaced(client.clone(), &namespace);
    let patch = json!({
        "apiVersion": "eventplatform.dev/v1alpha1",
        "kind": "EventPlatform",
        "metadata": {"name": platform.name_any(), "uid": platform.uid(), "finalizers": held},
    });
    match api
        .patch(
            &platform.name_any(),
            &PatchParams::apply(MANAGER).force(),
            &Patch::Apply(&patch),
        )
        .await
    {
        Ok(_) => Ok(()),
        // It is gone, or another one has its name: there is nothing to hold or to let go.
        Err(kube::Error::Api(status)) if status.is_not_found() || status.is_conflict() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Lets go of a platform that can't be read. Its data stay: whether they may go is not known.
pub async fn let_go(client: &Client, metadata: &ObjectMeta) -> Result<(), Error> {
    let held: Vec<_> = metadata
        .finalizers
        .iter()
        .flatten()
        .filter(|held| *held != FINALIZER)
        .collect();
    if metadata
        .finalizers
        .as_ref()
        .is_none_or(|all| all.len() == held.len())
    {
        return Ok(());
    }
    let api: Api<PartialObjectMeta<EventPlatform>> = Api::namespaced(
        client.clone(),
        metadata.namespace.as_deref().unwrap_or_default(),
    );
    let patch = json!({"metadata": {
        "finalizers": held,
        "resourceVersion": metadata.resource_version,
    }});
    api.patch(
        metadata.name.as_deref().unwrap_or_default(),
        &PatchParams::default(),
        &Patch::Merge(&patch),
    )
    .await?;
    Ok(())
}
