//! What belongs to the platform but is no longer wanted.

use kube::ResourceExt as _;

use super::last_good;
use crate::{
    build::{self, Kind, Plan, Service},
    cluster::{Applier, Error, Seen},
};

/// Deletes it.
pub(super) async fn remove(
    seen: &Seen,
    plan: &Plan,
    applier: &mut Applier<'_>,
) -> Result<(), Error> {
    let wanted: Vec<_> = build::foundation(plan)
        .into_iter()
        .chain(build::surroundings(plan))
        .chain(Service::ROLLOUT.map(|service| build::deployment(plan, service)))
        .chain([last_good::object(plan, "")])
        .map(|object| (object.kind, object.name().to_owned()))
        .collect();
    let ours = seen.platform.uid().unwrap_or_default();
    for (kind, name, object) in seen.live.all() {
        let owned = object["metadata"]["ownerReferences"]
            .as_array()
            .is_some_and(|owners| owners.iter().any(|owner| owner["uid"] == ours.as_str()));
        // Jobs are taken care of by whoever made them; claims have no owner.
        if owned && kind != Kind::Job && !wanted.iter().any(|(k, n)| *k == kind && n == name) {
            applier.delete(kind, name).await?;
        }
    }
    Ok(())
}
