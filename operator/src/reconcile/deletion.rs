//! What happens when a platform is deleted: its objects go with it by their owner; data go only where the spec says so.

use kube::Client;

use super::{Error, FINALIZER, finalizers};
use crate::{
    api::DeletionPolicy,
    build::Kind,
    cluster::{Applier, Seen},
};

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
