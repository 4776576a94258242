//! Whether there are dumps of the databases and an archive of PostgreSQL, and the dump that is taken before a migration.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Aspect, Draft, STEP, archive,
    migration::{JobState, job_state},
    pods,
    schedule::Schedule,
};
use crate::{
    api::{BackupStatus, ConditionStatus},
    build::{self, Kind, Plan, part},
    cluster::{Applier, Error, Seen},
};

/// Longest that a dump may take.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// What the backup script leaves behind.
#[derive(Deserialize)]
struct Said {
    name: String,
    message: String,
}

/// Reports on the newest backup Job, and on the archive.
pub(super) fn observe(seen: &Seen, draft: &mut Draft) {
    if seen.platform.spec.backup.is_none() {
        draft.set(
            Aspect::BackupHealthy,
            ConditionStatus::Unknown,
            "NotConfigured",
            "there are no backups; set spec.backup",
        );
        return;
    }
    let mut jobs: Vec<_> = seen
        .live
        .of_kind(Kind::Job)
        .filter(|(_, job)| job["metadata"]["labels"]["app.kubernetes.io/component"] == part::BACKUP)
        .collect();
    jobs.sort_by_key(|(_, job)| {
        job["metadata"]["creationTimestamp"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    });
    for (name, job) in &jobs {
        if let (JobState::Complete, Some(time)) = (job_state(job), completed(job)) {
            let said = seen.live.pod_of_job(name).and_then(pods::result);
            if let Some(result) = said.and_then(|said| serde_json::from_str::<Said>(said).ok())
                && draft
                    .status
                    .last_backup
                    .as_ref()
                    .is_none_or(|known| known.time < time)
            {
                draft.status.last_backup = Some(BackupStatus {
                    name: result.name,
                    time,
                    message: result.message,
                });
            }
        }
    }
    let newest = jobs
        .iter()
        .rev()
        .find(|(_, job)| !matches!(job_state(job), JobState::Running));
    if let Some((name, job)) = newest
        && let JobState::Failed { reason } = job_state(job)
    {
        let said = seen
            .live
            .pod_of_job(name)
            .and_then(pods::last_message)
            .unwrap_or(reason);
        draft.set(
            Aspect::BackupHealthy,
            ConditionStatus::False,
            "BackupFailed",
            format!("{name}: {said}"),
        );
        return;
    }
    if let Some(message) = overdue(seen, draft) {
        draft.set(
            Aspect::BackupHealthy,
            ConditionStatus::False,
            "Overdue",
            message,
        );
        return;
    }
    let archive = match archive::state(seen) {
        archive::State::Unhealthy(message) => {
            draft.set(
                Aspect::BackupHealthy,
                ConditionStatus::False,
                "ArchiveUnhealthy",
                message,
            );
            return;
        }
        archive::State::Absent => "",
        archive::State::Waiting => "; the archive has no base backup yet",
        archive::State::Healthy => "; WAL is archived",
    };
    match &draft.status.last_backup {
        Some(last) => {
            let message = format!("{} ({}){archive}", last.name, last.message);
            draft.set(
                Aspect::BackupHealthy,
                ConditionStatus::True,
                "Succeeded",
                message,
            );
        }
        None => draft.set(
            Aspect::BackupHealthy,
            ConditionStatus::Unknown,
            "Waiting",
            format!("the first backup has not been taken yet{archive}"),
        ),
    }
}

/// Says that dumps are no longer taken, where two were due since the last one.
fn overdue(seen: &Seen, draft: &Draft) -> Option<String> {
    let schedule = &seen.platform.spec.backup.as_ref()?.schedule;
    let name = format!(
        "{}-{}",
        seen.platform.metadata.name.as_deref()?,
        part::BACKUP
    );
    let cron_job = seen.live.get(Kind::CronJob, &name)?;
    let made: DateTime<Utc> = cron_job["metadata"]["creationTimestamp"]
        .as_str()?
        .parse()
        .ok()?;
    let last = draft.status.last_backup.as_ref();
    let since = last.map_or(made, |last| last.time.max(made));
    // One that has just begun may still be under way.
    let due = Schedule::parse(schedule)?.due_before(seen.now - LONGEST, 2)?;
    if since >= due {
        return None;
    }
    let what = match last {
        Some(last) => {
            let hours = (seen.now - last.time).num_hours();
            let age = if hours < 48 {
                format!("{hours} hours")
            } else {
                format!("{} days", hours / 24)
            };
            format!("the last dump, {}, is {age} old", last.name)
        }
        None => "no dump has ever been taken".into(),
    };
    Some(format!(
        "{what}, though by the schedule {schedule} two have been due since; kubectl describe cronjob {name} may tell why"
    ))
}

fn completed(job: &Value) -> Option<DateTime<Utc>> {
    job["status"]["completionTime"].as_str()?.parse().ok()
}

/// True when the databases have been dumped for this migration, or need not be.
pub(super) async fn before_migration(
    seen: &Seen,
    plan: &Plan,
    hash: &str,
    applier: &mut Applier<'_>,
    draft: &mut Draft,
) -> Result<bool, Error> {
    let Some(backup) = plan
        .spec
        .backup
        .as_ref()
        .filter(|_| plan.spec.migrations.backup_before)
    else {
        return Ok(true);
    };
    let job = build::backup_job(plan, backup, hash);
    let found = seen.live.get(Kind::Job, job.name());
    let state = found.map(job_state);
    let of_another_try = found.is_some_and(|found| {
        let annotations = &found["metadata"]["annotations"];
        annotations[build::DUMPED_FOR] != plan.generation.to_string().as_str()
    });
    match state {
        // The spec has changed since: what was sold meanwhile is not in that dump, and what failed may be mended.
        Some(JobState::Complete | JobState::Failed { .. }) if of_another_try => {
            applier.delete(Kind::Job, job.name()).await?;
            draft.look_again(STEP);
            backing_up(draft);
        }
        Some(JobState::Complete) => return Ok(true),
        Some(JobState::Failed { reason }) => {
            let said = seen
                .live
                .pod_of_job(job.name())
                .and_then(pods::last_message)
                .unwrap_or(reason);
            let message = format!(
                "the backup before the migration failed: {said}. Mend it and change the spec or delete Job {}; or set spec.migrations.backupBefore to false",
                job.name()
            );
            draft.set(
                Aspect::MigrationsComplete,
                ConditionStatus::False,
                "BackupFailed",
                message.clone(),
            );
            draft.set(
                Aspect::Degraded,
                ConditionStatus::True,
                "BackupFailed",
                message.clone(),
            );
            draft.block("BackupFailed", "BackupFailed", message);
        }
        None | Some(JobState::Running) => {
            if found.is_none() {
                remove_others(seen, plan, applier).await?;
                applier.create(&job).await?;
            }
            backing_up(draft);
        }
    }
    Ok(false)
}

fn backing_up(draft: &mut Draft) {
    let message = "every database is dumped before the migration";
    draft.set(
        Aspect::MigrationsComplete,
        ConditionStatus::False,
        "BackingUp",
        message,
    );
    draft.block("BackingUp", "BackingUp", message);
}

/// The dump before a migration was for that one run: once that is complete and the dump is on record, its Job goes.
pub(super) async fn migrated(
    seen: &Seen,
    plan: &Plan,
    hash: &str,
    applier: &mut Applier<'_>,
) -> Result<(), Error> {
    let name = plan.of(&format!("{}-{hash}", part::BACKUP));
    let recorded = seen
        .platform
        .status
        .as_ref()
        .and_then(|status| status.last_backup.as_ref());
    let done = seen.live.get(Kind::Job, &name).and_then(completed);
    if done.is_some_and(|done| recorded.is_some_and(|recorded| recorded.time >= done)) {
        applier.delete(Kind::Job, &name).await?;
    }
    Ok(())
}

/// Backups that earlier migrations took: their dumps stay, their Jobs go. The clock's own are the CronJob's.
async fn remove_others(seen: &Seen, plan: &Plan, applier: &mut Applier<'_>) -> Result<(), Error> {
    let prefix = plan.of(&format!("{}-", part::BACKUP));
    let owner = seen.platform.metadata.uid.clone().unwrap_or_default();
    let others: Vec<_> = seen
        .live
        .of_kind(Kind::Job)
        .filter(|(name, job)| {
            name.starts_with(&prefix)
                && job["metadata"]["ownerReferences"][0]["uid"] == owner.as_str()
        })
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in others {
        applier.delete(Kind::Job, &name).await?;
    }
    Ok(())
}
