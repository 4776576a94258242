//! Restores: the services stop, a dump goes back into every database or PostgreSQL is taken back to a moment, migrations run, the
//! services start.

mod dump;
mod recovery;
mod report;

use chrono::{DateTime, Utc};
use kube::ResourceExt as _;
use serde_json::Value;

pub(super) use self::recovery::stops_postgres;
pub use self::report::report;
use super::{
    Aspect, Context, Draft, STEP,
    migration::{JobState, job_state},
    pods,
};
use crate::{
    api::{ConditionStatus, EventPlatformRestore, RestorePhase, RestoreStatus, RestoredStatus},
    build::{self, Kind, Plan, RESTORED_BY, RESTORED_BY_NAME, Service, part},
    cluster::{Applier, Error, Seen},
};

/// How the scripts end while they have not changed anything yet.
const UNTOUCHED: i64 = 64;

/// The two ways back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A dump goes back into every database.
    Dump,
    /// PostgreSQL as a whole is what it was at a moment.
    Recovery,
}

impl Way {
    fn of(restore: &EventPlatformRestore) -> Self {
        match restore.spec.target_time {
            None => Self::Dump,
            Some(_) => Self::Recovery,
        }
    }

    /// That of a Job which changes the databases.
    fn of_job(job: &Value) -> Option<Self> {
        match job["metadata"]["labels"]["app.kubernetes.io/component"].as_str()? {
            part::RESTORE => Some(Self::Dump),
            part::RECOVERY => Some(Self::Recovery),
            _ => None,
        }
    }

    fn job_name(self, plan: &Plan, uid: &str) -> String {
        match self {
            Self::Dump => build::restore_job_name(plan, uid),
            Self::Recovery => build::recovery_job_name(plan, uid),
        }
    }

    fn goes_on(self) -> &'static str {
        match self {
            Self::Dump => "the dump goes back into every database",
            Self::Recovery => "PostgreSQL is recovered from its archive",
        }
    }

    /// What is to be said, and done, where it broke off.
    fn broke_off(self) -> &'static str {
        match self {
            Self::Dump => {
                "Some databases may be restored and others not, so the platform stays stopped: restore again, or delete this restore to migrate and start it as it is"
            }
            Self::Recovery => {
                "PostgreSQL may be as it was or as it was to be, so the platform stays stopped: look at it, restore again, or delete this restore to migrate and start it as it is"
            }
        }
    }

    fn succeeded(self, result: Option<&str>) -> Step {
        match self {
            Self::Dump => Step {
                backup: result.map(ToOwned::to_owned),
                ..Step::new(
                    RestorePhase::Succeeded,
                    "every database is as it was when it was dumped",
                )
            },
            Self::Recovery => recovery::succeeded(result),
        }
    }
}

/// How far a restore is.
struct Step {
    phase: RestorePhase,
    message: String,
    backup: Option<String>,
    recovered_to: Option<String>,
}

impl Step {
    fn new(phase: RestorePhase, message: impl Into<String>) -> Self {
        Self {
            phase,
            message: message.into(),
            backup: None,
            recovered_to: None,
        }
    }

    /// Nothing was stopped, or everything starts again.
    fn failed(reason: &str) -> Self {
        Self::new(
            RestorePhase::Failed,
            format!("nothing was changed: {reason}"),
        )
    }

    /// Whether the services must stand still.
    fn stops(&self) -> bool {
        match self.phase {
            RestorePhase::Stopping | RestorePhase::Restoring | RestorePhase::Incomplete => true,
            RestorePhase::Pending | RestorePhase::Succeeded | RestorePhase::Failed => false,
        }
    }
}

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
    let way = Way::of(restore);
    let uid = restore.uid().unwrap_or_default();
    let job = way.job_name(plan, &uid);
    let pod = seen.live.pod_of_job(&job);
    let step = match (seen.live.get(Kind::Job, &job).map(job_state), way) {
        (None, Way::Dump) => dump::begin(seen, plan, restore, ready, applier, draft).await?,
        (None, Way::Recovery) => recovery::begin(seen, plan, restore, applier).await?,
        (Some(JobState::Running), _) => {
            let fault = pod.and_then(pods::fault);
            let message = fault.unwrap_or_else(|| way.goes_on().into());
            Step::new(RestorePhase::Restoring, message)
        }
        (Some(JobState::Complete), _) => {
            if remember(draft, seen, &uid, &restore.name_any()) {
                // Told at the next look: were it told before the platform knows, nobody would migrate what was put back.
                Step::new(RestorePhase::Restoring, way.goes_on())
            } else {
                way.succeeded(pod.and_then(pods::result))
            }
        }
        (Some(JobState::Failed { reason }), _) => {
            let said = pod.and_then(pods::last_message).unwrap_or(reason);
            if pod.and_then(pods::exit_code) == Some(UNTOUCHED) {
                Step::failed(&said)
            } else {
                remember(draft, seen, &uid, &restore.name_any());
                let message = format!("{said}. {}", way.broke_off());
                Step::new(RestorePhase::Incomplete, message)
            }
        }
    };
    let stops = step.stops();
    let status = RestoreStatus {
        phase: Some(step.phase),
        message: Some(step.message.clone()),
        backup: step.backup,
        recovered_to: step.recovered_to,
        completed_at: step.phase.is_over().then_some(seen.now),
    };
    report(context, restore, Some(&seen.platform), status).await?;
    if stops {
        let activity = format!("Restoring {}", restore.name_any());
        match way {
            Way::Dump => draft.block("Restoring", activity, step.message),
            // That PostgreSQL is not there is no news then.
            Way::Recovery => draft.overrule("Restoring", activity, step.message),
        }
    }
    Ok(stops)
}

/// Pods that write into the databases, or read all of them.
fn writers(seen: &Seen) -> usize {
    Service::MIGRATED
        .map(Service::name)
        .into_iter()
        .chain([part::MIGRATE, part::BACKUP])
        .map(|component| seen.live.pods_of(component).len())
        .sum()
}

fn stopping(left: usize) -> Step {
    let message = format!("the services are stopping: {left} pods are left");
    Step::new(RestorePhase::Stopping, message)
}

/// The restore that is to be worked on: the oldest that is not over.
pub(super) fn open(seen: &Seen) -> Option<&EventPlatformRestore> {
    seen.restores.iter().find(|restore| !is_over(restore))
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
        let noted = &value["metadata"]["annotations"];
        let uid = noted[RESTORED_BY].as_str().unwrap_or_default();
        let known = seen
            .restores
            .iter()
            .any(|restore| restore.metadata.uid.as_deref() == Some(uid));
        if known {
            continue;
        }
        if value["metadata"]["labels"]["app.kubernetes.io/component"] == part::LOOK {
            applier.delete(Kind::Job, job).await?;
            continue;
        }
        let Some(way) = Way::of_job(value) else {
            continue;
        };
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
                let message = format!(
                    "{}; its EventPlatformRestore was deleted, it is waited for",
                    way.goes_on()
                );
                draft.overrule("Restoring", format!("Restoring {name}"), message);
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
