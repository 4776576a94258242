//! Restores: the services stop, a dump goes back into every database, migrations run, the services start.

use chrono::{DateTime, NaiveDateTime, Utc};
use kube::{
    Api, Resource as _, ResourceExt as _,
    api::{Patch, PatchParams},
    runtime::events::EventType,
};
use serde_json::{Value, json};

use super::{
    Aspect, Context, Draft, STEP,
    migration::{JobState, job_state},
    pods,
    report::tell,
};
use crate::{
    api::{
        Backup, ConditionStatus, EventPlatform, EventPlatformRestore, RestorePhase, RestoreStatus,
        RestoredStatus,
    },
    build::{self, Kind, Plan, RESTORED_BY, RESTORED_BY_NAME, Service, part},
    cluster::{Applier, Error, MANAGER, Seen},
};

/// How the script ends while it has not changed anything yet.
const UNTOUCHED: i64 = 64;
const RESTORING: &str = "the dump goes back into every database";

/// One step; true while the services must stand still. `ready`: whether PostgreSQL is there.
pub(super) async fn advance(
    context: &Context,
    seen: &Seen,
    plan: &Plan,
    ready: bool,
    applier: &mut Applier<'_>,
    draft: &mut Draft,
) -> Result<bool, Error> {
    if abandoned(seen, applier, draft).await? {
        return Ok(true);
    }
    let Some(restore) = open(seen) else {
        return Ok(incomplete(seen, draft));
    };
    draft.look_again(STEP);
    let uid = restore.uid().unwrap_or_default();
    let job = build::restore_job_name(plan, &uid);
    let (phase, message, stop) = match seen.live.get(Kind::Job, &job).map(job_state) {
        None => begin(seen, plan, restore, ready, applier, draft).await?,
        Some(JobState::Running) => {
            let fault = seen.live.pod_of_job(&job).and_then(pods::fault);
            let message = fault.unwrap_or_else(|| RESTORING.into());
            (RestorePhase::Restoring, message, true)
        }
        Some(JobState::Complete) => {
            if remember(draft, seen, &uid, &restore.name_any()) {
                // Told at the next look: were it told before the platform knows, nobody would migrate what was put back.
                (RestorePhase::Restoring, RESTORING.into(), true)
            } else {
                let message = "every database is as it was when it was dumped";
                (RestorePhase::Succeeded, message.into(), false)
            }
        }
        Some(JobState::Failed { reason }) => {
            let pod = seen.live.pod_of_job(&job);
            let said = pod.and_then(pods::last_message).unwrap_or(reason);
            if pod.and_then(pods::exit_code) == Some(UNTOUCHED) {
                (
                    RestorePhase::Failed,
                    format!("nothing was changed: {said}"),
                    false,
                )
            } else {
                remember(draft, seen, &uid, &restore.name_any());
                let message = format!(
                    "{said}. Some databases may be restored and others not, so the platform stays stopped: restore again, or delete this restore to migrate and start it as it is"
                );
                (RestorePhase::Incomplete, message, true)
            }
        }
    };
    let result = seen.live.pod_of_job(&job).and_then(pods::result);
    let backup = result
        .filter(|_| phase == RestorePhase::Succeeded)
        .map(ToOwned::to_owned);
    let status = RestoreStatus {
        phase: Some(phase),
        message: Some(message.clone()),
        backup,
        completed_at: phase.is_over().then_some(seen.now),
    };
    report(context, restore, Some(&seen.platform), status).await?;
    if stop {
        draft.block(
            "Restoring",
            format!("Restoring {}", restore.name_any()),
            message,
        );
    }
    Ok(stop)
}

/// The restore that is to be worked on: the oldest that is not over.
pub(super) fn open(seen: &Seen) -> Option<&EventPlatformRestore> {
    seen.restores.iter().find(|restore| !is_over(restore))
}

/// What happens before there is a Job; it is made once nobody writes any more.
async fn begin(
    seen: &Seen,
    plan: &Plan,
    restore: &EventPlatformRestore,
    ready: bool,
    applier: &mut Applier<'_>,
    draft: &Draft,
) -> Result<(RestorePhase, String, bool), Error> {
    let Some(backup) = &plan.spec.backup else {
        let message = format!(
            "nothing was changed: {} has no spec.backup, so there is nothing to restore from",
            plan.name
        );
        return Ok((RestorePhase::Failed, message, false));
    };
    if let Some(reason) = impossible(seen, plan, backup, restore, draft) {
        let message = format!("nothing was changed: {reason}");
        return Ok((RestorePhase::Failed, message, false));
    }
    let migrated = draft
        .status
        .migration
        .as_ref()
        .is_some_and(|migration| migration.completed_hash.is_some());
    if !migrated {
        let message = "waits until the databases are there".to_owned();
        return Ok((RestorePhase::Pending, message, false));
    }
    let left: usize = Service::MIGRATED
        .map(Service::name)
        .into_iter()
        .chain([part::MIGRATE, part::BACKUP])
        .map(|component| seen.live.pods_of(component).len())
        .sum();
    if left > 0 {
        let message = format!("the services are stopping: {left} pods are left");
        return Ok((RestorePhase::Stopping, message, true));
    }
    if !ready {
        let message = "waits for PostgreSQL".to_owned();
        return Ok((RestorePhase::Stopping, message, true));
    }
    applier
        .create(&build::restore_job(plan, backup, restore))
        .await?;
    Ok((RestorePhase::Restoring, RESTORING.into(), true))
}

/// Why there can't be such a dump, where that is known before anything is stopped: on a volume that the operator made for this very
/// platform, whose dumps are all on record.
fn impossible(
    seen: &Seen,
    plan: &Plan,
    backup: &Backup,
    restore: &EventPlatformRestore,
    draft: &Draft,
) -> Option<String> {
    backup.destination.storage.as_ref()?;
    let time = |value: &Value| -> Option<DateTime<Utc>> {
        value["metadata"]["creationTimestamp"]
            .as_str()?
            .parse()
            .ok()
    };
    let volume = seen
        .live
        .get(Kind::PersistentVolumeClaim, &plan.of("backups"))?;
    let volume = time(volume)?;
    let wanted = &restore.spec.backup;
    if wanted == "latest" {
        let kept = serde_json::to_value(&seen.platform).ok()?;
        let never = draft.status.last_backup.is_none() && volume >= time(&kept)?;
        return never.then(|| "no dump has been taken yet; wait for one or take one first".into());
    }
    let taken = NaiveDateTime::parse_from_str(wanted, "%Y%m%dT%H%M%SZ").ok()?;
    (taken.and_utc() < volume)
        .then(|| format!("there is no dump {wanted}: the volume of dumps is younger than that"))
}

/// Notes that the databases are another's now; false when that is known.
fn remember(draft: &mut Draft, seen: &Seen, uid: &str, name: &str) -> bool {
    let known = draft.status.restored.as_ref();
    if known.is_some_and(|known| known.uid == uid) {
        return false;
    }
    draft.status.restored = Some(RestoredStatus {
        name: name.to_owned(),
        uid: uid.to_owned(),
        time: seen.now,
        migrated: false,
    });
    true
}

/// Jobs whose EventPlatformRestore was deleted: one that runs is waited for, and what it did is not forgotten. True while one runs.
async fn abandoned(
    seen: &Seen,
    applier: &mut Applier<'_>,
    draft: &mut Draft,
) -> Result<bool, Error> {
    for (job, value) in seen.live.of_kind(Kind::Job) {
        let labels = &value["metadata"]["labels"];
        let noted = &value["metadata"]["annotations"];
        let uid = noted[RESTORED_BY].as_str().unwrap_or_default();
        let known = seen
            .restores
            .iter()
            .any(|restore| restore.metadata.uid.as_deref() == Some(uid));
        if labels["app.kubernetes.io/component"] != part::RESTORE || known {
            continue;
        }
        let name = noted[RESTORED_BY_NAME].as_str().unwrap_or_default();
        let untouched = seen.live.pod_of_job(job).and_then(pods::exit_code) == Some(UNTOUCHED);
        // One that was known when it ended has been dealt with.
        let news = seen.live.pod_of_job(job).is_some_and(|pod| {
            let last = draft.status.restored.as_ref();
            last.is_none_or(|last| {
                last.uid != uid && began(pod).is_none_or(|began| began > last.time)
            })
        });
        match job_state(value) {
            JobState::Running => {
                draft.look_again(STEP);
                let message =
                    format!("{RESTORING}; its EventPlatformRestore was deleted, it is waited for");
                draft.block("Restoring", format!("Restoring {name}"), message);
                return Ok(true);
            }
            JobState::Failed { .. } if untouched => applier.delete(Kind::Job, job).await?,
            _ if news && remember(draft, seen, uid, name) => {
                draft.look_again(STEP);
                return Ok(true);
            }
            _ => applier.delete(Kind::Job, job).await?,
        }
    }
    Ok(false)
}

fn began(pod: &Value) -> Option<DateTime<Utc>> {
    pod["metadata"]["creationTimestamp"].as_str()?.parse().ok()
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
    let message = format!("{}: {message}", last.name_any());
    draft.set(
        Aspect::Degraded,
        ConditionStatus::True,
        "RestoreIncomplete",
        message.clone(),
    );
    draft.block("RestoreIncomplete", "RestoreIncomplete", message);
    true
}

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
