//! Migrations: one Job an attempt, decided upon from the Job itself and from the status, never from memory.

use chrono::TimeDelta;
use serde_json::Value;

use super::{Aspect, Draft, STEP, pods};
use crate::{
    api::{ConditionStatus, EventPlatformStatus, MigrationStatus},
    build::{self, Kind, Plan, part},
    cluster::{Applier, Error, Seen},
};

/// How a Job ended, if it has.
pub(super) enum JobState {
    Running,
    Complete,
    Failed { reason: String },
}

pub(super) fn job_state(job: &Value) -> JobState {
    let conditions = job["status"]["conditions"].as_array();
    for condition in conditions.into_iter().flatten() {
        if condition["status"] != "True" {
            continue;
        }
        match condition["type"].as_str() {
            Some("Complete") => return JobState::Complete,
            Some("Failed") => {
                return JobState::Failed {
                    reason: condition["reason"].as_str().unwrap_or("Failed").to_owned(),
                };
            }
            _ => {}
        }
    }
    JobState::Running
}

/// Whether these migrations need not run.
pub(super) fn is_complete(hash: &str, status: &EventPlatformStatus) -> bool {
    let completed = status
        .migration
        .as_ref()
        .and_then(|migration| migration.completed_hash.as_deref());
    let good = status
        .last_good
        .as_ref()
        .map(|good| good.migration_hash.as_str());
    completed == Some(hash) || good == Some(hash)
}

/// What is there before the migration.
#[derive(Clone, Copy)]
pub(super) struct Data {
    /// Whether a release serves on it.
    pub serving: bool,
    /// Whether another release once did.
    pub kept: bool,
}

/// One step: true once the databases have the schema of the plan's release.
pub(super) async fn advance(
    seen: &Seen,
    plan: &Plan,
    hash: &str,
    data: Data,
    applier: &mut Applier<'_>,
    draft: &mut Draft,
) -> Result<bool, Error> {
    remove_others(seen, hash, applier).await?;
    let version = plan.release.version.clone();
    if is_complete(hash, &draft.status) {
        // Somebody may have taken a failed change back: then its traces go.
        if draft
            .status
            .migration
            .as_ref()
            .is_some_and(|known| known.hash != hash)
        {
            let known = draft.status.migration.get_or_insert_default();
            *known = MigrationStatus {
                hash: hash.into(),
                completed_hash: Some(hash.into()),
                ..MigrationStatus::default()
            };
        }
        draft.set(
            Aspect::MigrationsComplete,
            ConditionStatus::True,
            "Succeeded",
            format!("every database has the schema of {version}"),
        );
        super::backup::migrated(seen, plan, hash, applier).await?;
        return Ok(true);
    }
    let known = draft.status.migration.clone().unwrap_or_default();
    let generation = Some(plan.generation);
    let mut state = if known.hash != hash {
        MigrationStatus {
            hash: hash.into(),
            completed_hash: known.completed_hash,
            attempt: 1,
            first_attempt: 1,
            ..MigrationStatus::default()
        }
    } else if known.failed && known.failed_generation != generation {
        // Whatever was changed may have been for this; numbers go on, for Jobs are never made twice.
        MigrationStatus {
            attempt: known.attempt + 1,
            first_attempt: known.attempt + 1,
            failed: false,
            failed_generation: None,
            ..known
        }
    } else {
        known
    };
    let meanwhile = if data.serving {
        let good = draft
            .status
            .last_good
            .as_ref()
            .map(|good| good.version.clone());
        format!("{} keeps serving meanwhile", good.unwrap_or_default())
    } else {
        "nothing serves until it is done".into()
    };
    let attempts = plan.spec.migrations.max_retries + 1;
    if state.failed {
        failed(plan, &state, &meanwhile, draft);
        draft.status.migration = Some(state);
        return Ok(false);
    }
    if let Some(next) = state.next_attempt_at
        && next > seen.now
    {
        retrying(&state, attempts, draft);
        draft.look_again((next - seen.now).to_std().unwrap_or(STEP));
        draft.status.migration = Some(state);
        return Ok(false);
    }
    let job = build::migration_job(plan, hash, state.attempt);
    state.job = Some(job.name().to_owned());
    draft.look_again(STEP);
    match seen.live.get(Kind::Job, job.name()).map(job_state) {
        None => {
            if (data.serving || data.kept)
                && !super::backup::before_migration(seen, plan, hash, applier, draft).await?
            {
                draft.status.migration = Some(state);
                return Ok(false);
            }
            applier.create(&job).await?;
            running("starting", draft, &meanwhile);
        }
        Some(JobState::Complete) => {
            state.completed_hash = Some(hash.into());
            state.next_attempt_at = None;
            state.message = None;
            draft.set(
                Aspect::MigrationsComplete,
                ConditionStatus::True,
                "Succeeded",
                format!("every database has the schema of {version}"),
            );
            draft.status.migration = Some(state);
            return Ok(true);
        }
        Some(JobState::Failed { reason }) => {
            let said = seen.live.pod_of_job(job.name()).and_then(pods::trouble);
            state.message = Some(match (reason.as_str(), said) {
                ("DeadlineExceeded", said) => format!(
                    "it took longer than {} s{}",
                    plan.spec.migrations.timeout_seconds,
                    said.map(|said| format!("; {said}")).unwrap_or_default()
                ),
                (_, Some(said)) => said,
                (reason, None) => format!("the Job {} failed: {reason}", job.name()),
            });
            let number = number(&state);
            if number >= attempts {
                state.failed = true;
                state.failed_generation = generation;
                state.next_attempt_at = None;
                failed(plan, &state, &meanwhile, draft);
            } else {
                let wait = build::retry_after(number);
                retrying(&state, attempts, draft);
                state.attempt += 1;
                state.next_attempt_at =
                    Some(seen.now + TimeDelta::from_std(wait).unwrap_or_default());
                draft.look_again(wait);
            }
        }
        Some(JobState::Running) => {
            let pod = seen.live.pod_of_job(job.name());
            if let Some(fault) = pod.and_then(pods::fault) {
                let message = format!("the migration can't start: {fault}; {meanwhile}");
                draft.set(
                    Aspect::MigrationsComplete,
                    ConditionStatus::False,
                    "CannotStart",
                    message.clone(),
                );
                draft.block("MigrationCannotStart", "MigrationCannotStart", message);
            } else {
                let progress = pod.and_then(pods::progress).map_or_else(
                    || "starting".to_owned(),
                    |(name, number, all)| format!("{name} ({number} of {all})"),
                );
                running(&progress, draft, &meanwhile);
            }
        }
    }
    draft.status.migration = Some(state);
    Ok(false)
}

fn running(progress: &str, draft: &mut Draft, meanwhile: &str) {
    let message = format!("migrating: {progress}; {meanwhile}");
    draft.set(
        Aspect::MigrationsComplete,
        ConditionStatus::False,
        "Running",
        message.clone(),
    );
    draft.block("Migrating", format!("Migrating {progress}"), message);
}

fn retrying(state: &MigrationStatus, attempts: i32, draft: &mut Draft) {
    let said = state.message.clone().unwrap_or_default();
    let done = if state.next_attempt_at.is_some() {
        number(state) - 1
    } else {
        number(state)
    };
    let message = format!("{said}; attempt {done} of {attempts}, the next one follows");
    draft.set(
        Aspect::MigrationsComplete,
        ConditionStatus::False,
        "Retrying",
        message.clone(),
    );
    draft.block("MigrationRetrying", "MigrationRetrying", message);
}

/// Which attempt of this try it is, from 1.
fn number(state: &MigrationStatus) -> i32 {
    state.attempt - state.first_attempt.max(1) + 1
}

fn failed(plan: &Plan, state: &MigrationStatus, meanwhile: &str, draft: &mut Draft) {
    let message = format!(
        "{said}; attempt {number} of {number} at {version}. Any change of the spec tries again, and so does kubectl annotate evp {name} eventplatform.dev/migrate-again=$(date +%s) --overwrite; {meanwhile}",
        said = state.message.as_deref().unwrap_or_default(),
        number = number(state),
        version = plan.release.version,
        name = plan.name,
    );
    draft.set(
        Aspect::MigrationsComplete,
        ConditionStatus::False,
        "MigrationFailed",
        message.clone(),
    );
    draft.set(
        Aspect::Degraded,
        ConditionStatus::True,
        "MigrationFailed",
        message.clone(),
    );
    draft.block("MigrationFailed", "MigrationFailed", message);
}

/// Jobs of other versions end: the spec has changed while they ran, or they are history.
async fn remove_others(seen: &Seen, hash: &str, applier: &mut Applier<'_>) -> Result<(), Error> {
    let others: Vec<_> = seen
        .live
        .of_kind(Kind::Job)
        .filter(|(_, job)| {
            job["metadata"]["labels"]["app.kubernetes.io/component"] == part::MIGRATE
        })
        .filter(|(_, job)| job["metadata"]["annotations"]["eventplatform.dev/migration"] != hash)
        .filter(|(_, job)| job["metadata"]["deletionTimestamp"].is_null())
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in others {
        applier.delete(Kind::Job, &name).await?;
    }
    Ok(())
}
