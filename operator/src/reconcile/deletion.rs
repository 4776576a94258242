//! What happens when a platform is deleted: its objects go with it by their owner; data go only where the spec says so.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{
    Api, Client,
    api::{Patch, PatchParams},
    core::PartialObjectMeta,
};
use serde_json::json;

use super::{Error, FINALIZER, finalizers};
use crate::{
    api::{DeletionPolicy, EventPlatform},
    build::Kind,
    cluster::{Applier, Seen},
};

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

/// Never waits for anything: a platform can be deleted in any state.
pub(super) async fn finish(client: &Client, seen: &Seen) -> Result<(), Error> {
    let metadata = &seen.platform.metadata;
    let held = metadata
        .finalizers
        .iter()
        .flatten()
        .any(|held| held == FINALIZER);
    if !held {
        return Ok(());
    }
    if seen.platform.spec.deletion_policy == DeletionPolicy::Delete {
        let name = metadata.name.clone().unwrap_or_default();
        let namespace = metadata.namespace.clone().unwrap_or_default();
        let mut applier = Applier::new(client, &namespace, &seen.live, false);
        let claims: Vec<_> = seen
            .live
            .of_kind(Kind::PersistentVolumeClaim)
            .map(|(name, _)| name.to_owned())
            .collect();
        for claim in claims {
            applier.delete(Kind::PersistentVolumeClaim, &claim).await?;
        }
        applier
            .delete(Kind::Secret, &format!("{name}-credentials"))
            .await?;
    }
    super::report::forget(&seen.platform);
    finalizers(client, &seen.platform, &[]).await
}
