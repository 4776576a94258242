//! What people are told of a restore: its status, and events.

use kube::{
    Api, Resource as _, ResourceExt as _,
    api::{Patch, PatchParams},
    runtime::events::EventType,
};
use serde_json::json;

use crate::{
    api::{EventPlatform, EventPlatformRestore, RestorePhase, RestoreStatus},
    cluster::{Error, MANAGER},
    reconcile::{Context, report::tell},
};

/// Writes a restore's status where it differs, and tells people when it begins and how it ends.
pub async fn report(
    context: &Context,
    restore: &EventPlatformRestore,
    platform: Option<&EventPlatform>,
    status: RestoreStatus,
) -> Result<(), Error> {
    if restore.status.as_ref() == Some(&status) {
        return Ok(());
    }
    let api: Api<EventPlatformRestore> = Api::namespaced(
        context.client.clone(),
        &restore.namespace().unwrap_or_default(),
    );
    let patch = json!({
        "apiVersion": "eventplatform.dev/v1alpha1",
        "kind": "EventPlatformRestore",
        "metadata": {"name": restore.name_any(), "uid": restore.uid()},
        "status": status,
    });
    let written = api
        .patch_status(
            &restore.name_any(),
            &PatchParams::apply(MANAGER).force(),
            &Patch::Apply(&patch),
        )
        .await;
    match written {
        Ok(_) => {}
        // Gone, or another one has its name.
        Err(kube::Error::Api(status)) if status.is_not_found() || status.is_conflict() => {
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    }
    if let Some((type_, reason)) = news(restore, &status) {
        let said = status.message.unwrap_or_default();
        let note = format!("{}: {said}", restore.name_any());
        let platform = platform.map(|platform| platform.object_ref(&()));
        for about in platform.into_iter().chain([restore.object_ref(&())]) {
            tell(context, &about, type_, reason, &note).await;
        }
    }
    Ok(())
}

/// What is worth an event.
fn news(restore: &EventPlatformRestore, now: &RestoreStatus) -> Option<(EventType, &'static str)> {
    let before = restore.status.as_ref().and_then(|status| status.phase);
    match now.phase? {
        phase if before == Some(phase) => None,
        RestorePhase::Stopping | RestorePhase::Restoring
            if matches!(before, None | Some(RestorePhase::Pending)) =>
        {
            Some((EventType::Normal, "RestoreBegan"))
        }
        RestorePhase::Succeeded => Some((EventType::Normal, "RestoreSucceeded")),
        RestorePhase::Failed => Some((EventType::Warning, "RestoreFailed")),
        RestorePhase::Incomplete => Some((EventType::Warning, "RestoreIncomplete")),
        RestorePhase::Pending | RestorePhase::Stopping | RestorePhase::Restoring => None,
    }
}
