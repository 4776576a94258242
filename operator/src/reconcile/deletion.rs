//! What happens when a platform is deleted: its objects go with it by their owner; data go only where the spec says so.

use kube::{Client, ResourceExt as _};

use super::finalizers;
use crate::{
    api::DeletionPolicy,
    build::Kind,
    cluster::{Applier, Error, Seen},
};

/// Never waits for anything: a platform can be deleted in any state.
pub(super) async fn finish(client: &Client, seen: &Seen) -> Result<(), Error> {
    let platform = &seen.platform;
    if !platform
        .finalizers()
        .iter()
        .any(|held| held == finalizers::FINALIZER)
    {
        return Ok(());
    }
    if platform.spec.deletion_policy == DeletionPolicy::Delete {
        let credentials = format!("{}-credentials", platform.name_any());
        let mut applier = Applier::new(client, platform, &seen.live);
        let data = seen.live.all().filter(|(kind, name, _)| match kind {
            Kind::PersistentVolumeClaim => true,
            Kind::Secret => *name == credentials,
            _ => false,
        });
        for (kind, name, _) in data {
            applier.delete(kind, name).await?;
        }
    }
    super::gauges::forget(platform);
    finalizers::release(client, platform).await
}
