//! Restores: the services stop, a dump goes back into every database, migrations run, the services start.

use chrono::{DateTime, Utc};
use kube::{
    Api, Client, ResourceExt as _,
    api::{Patch, PatchParams},
};
use serde_json::json;

use super::{
    Draft, STEP,
    migration::{JobState, job_state},
    pods,
};
use crate::{
    api::{EventPlatformRestore, RestorePhase, RestoreStatus, RestoredStatus},
    build::{self, Kind, Plan, Service},
    cluster::{Applier, MANAGER, Seen},
};

/// How the script ends while it has not changed anything yet.
const UNTOUCHED: i64 = 64;

/// One step; true while the services must stand still.
pub(super) async fn advance(
    client: &Client,
    seen: &Seen,
    plan: &Plan,
    applier: &mut Applier<'_>,
    draft: &mut Draft,
) -> kube::Result<bool> {
    let Some(restore) = seen.restores.iter().find(|restore| !is_over(restore)) else {
        return Ok(incomplete(seen, draft));
    };
    draft.look_again(STEP);
    let name = restore.name_any();
    let Some(backup) = &plan.spec.backup else {
        let message = format!(
            "{} has no spec.backup, so there is nothing to restore from",
            plan.name
        );
        report(
            client,
            restore,
            RestorePhase::Failed,
            &message,
            None,
            Some(seen.now),
        )
        .await?;
        return Ok(incomplete(seen, draft));
    };
    let migrated = draft
        .status
        .migration
        .as_ref()
        .is_some_and(|migration| migration.completed_hash.is_some());
    if !migrated {
        report(
            client,
            restore,
            RestorePhase::Pending,
            "waits until the databases are there",
            None,
            None,
        )
        .await?;
        return Ok(false);
    }
    let job = build::restore_job(plan, backup, restore);
    let left: usize = Service::MIGRATED
        .iter()
        .map(|service| seen.live.pods_of(service.name()).len())
        .sum();
    let state = seen.live.get(Kind::Job, job.name()).map(job_state);
    if state.is_none() && left > 0 {
        let message = format!("the services are stopping: {left} pods are left");
        report(
            client,
            restore,
            RestorePhase::Stopping,
            &message,
            None,
            None,
        )
        .await?;
        draft.block("Restoring", format!("Restoring {name}"), message);
        return Ok(true);
    }
    match state {
        None => {
            applier.create(&job).await?;
            report(
                client,
                restore,
                RestorePhase::Restoring,
                "the dump goes back into every database",
                None,
                None,
            )
            .await?;
        }
        Some(JobState::Running) => {
            let fault = seen.live.pod_of_job(job.name()).and_then(pods::fault);
            let message = fault.unwrap_or_else(|| "the dump goes back into every database".into());
            report(
                client,
                restore,
                RestorePhase::Restoring,
                &message,
                None,
                None,
            )
            .await?;
        }
        Some(JobState::Complete) => {
            let uid = restore.uid().unwrap_or_default();
            let known = draft.status.restored.as_ref();
            if known.is_none_or(|known| known.uid != uid) {
                draft.status.restored = Some(RestoredStatus {
                    name: name.clone(),
                    uid,
                    time: seen.now,
                    migrated: false,
                });
            } else {
                // Only now: were it told before the platform knows, nobody would migrate what was put back.
                let backup = seen
                    .live
                    .pod_of_job(job.name())
                    .and_then(pods::result)
                    .map(ToOwned::to_owned);
                let message = "every database is as it was when it was dumped";
                report(
                    client,
                    restore,
                    RestorePhase::Succeeded,
                    message,
                    backup,
                    Some(seen.now),
                )
                .await?;
                return Ok(false);
            }
        }
        Some(JobState::Failed { reason }) => {
            let pod = seen.live.pod_of_job(job.name());
            let said = pod.and_then(pods::last_message).unwrap_or(reason);
            let untouched = pod.and_then(pods::exit_code) == Some(UNTOUCHED);
            let (phase, message) = if untouched {
                (RestorePhase::Failed, format!("nothing was changed: {said}"))
            } else {
                (
                    RestorePhase::Incomplete,
                    format!(
                        "{said}. Some databases may be restored and others not, so the platform stays stopped: restore again, or delete this restore to start it as it is"
                    ),
                )
            };
            report(client, restore, phase, &message, None, Some(seen.now)).await?;
            return Ok(!untouched);
        }
    }
    draft.block(
        "Restoring",
        format!("Restoring {name}"),
        "the dump goes back into every database",
    );
    Ok(true)
}

/// Whether a dump was put back that may be of an older release, and no migration has run since.
pub(super) fn awaits_migration(draft: &Draft) -> bool {
    draft
        .status
        .restored
        .as_ref()
        .is_some_and(|restored| !restored.migrated)
}

/// The databases have the schema of what is to run.
pub(super) fn migrated(draft: &mut Draft) {
    if let Some(restored) = &mut draft.status.restored {
        restored.migrated = true;
    }
}

fn is_over(restore: &EventPlatformRestore) -> bool {
    restore
        .status
        .as_ref()
        .and_then(|status| status.phase)
        .is_some_and(RestorePhase::is_over)
}

/// Whether the last restore broke off in the middle.
fn incomplete(seen: &Seen, draft: &mut Draft) -> bool {
    let phase =
        |restore: &EventPlatformRestore| restore.status.as_ref().and_then(|status| status.phase);
    let last = seen
        .restores
        .iter()
        .rfind(|restore| phase(restore) != Some(RestorePhase::Failed));
    let Some(last) = last.filter(|last| phase(last) == Some(RestorePhase::Incomplete)) else {
        return false;
    };
    let message = last
        .status
        .as_ref()
        .and_then(|status| status.message.clone())
        .unwrap_or_default();
    draft.block(
        "RestoreIncomplete",
        "RestoreIncomplete",
        format!("{}: {message}", last.name_any()),
    );
    true
}

/// Writes a restore's status where it differs.
pub(super) async fn report(
    client: &Client,
    restore: &EventPlatformRestore,
    phase: RestorePhase,
    message: &str,
    backup: Option<String>,
    completed_at: Option<DateTime<Utc>>,
) -> kube::Result<()> {
    let status = RestoreStatus {
        phase: Some(phase),
        message: Some(message.to_owned()),
        backup,
        completed_at,
    };
    if restore.status.as_ref() == Some(&status) {
        return Ok(());
    }
    let api: Api<EventPlatformRestore> =
        Api::namespaced(client.clone(), &restore.namespace().unwrap_or_default());
    let patch = json!({
        "apiVersion": "eventplatform.dev/v1alpha1",
        "kind": "EventPlatformRestore",
        "metadata": {"name": restore.name_any()},
        "status": status,
    });
    match api
        .patch_status(
            &restore.name_any(),
            &PatchParams::apply(MANAGER).force(),
            &Patch::Apply(&patch),
        )
        .await
    {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
        Err(error) => Err(error),
    }
}
