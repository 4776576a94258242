//! PostgreSQL is taken back to a moment. It need not run for that, nor need its volume be whole: this is how one comes back from a
//! volume that is lost.

use chrono::{DateTime, Utc};

use super::{Step, Way, open, stopping, writers};
use crate::{
    api::{EventPlatformRestore, RestorePhase},
    build::{self, Backend, Kind, LATEST, Plan, part},
    cluster::{Applier, Error, Seen},
    reconcile::{
        migration::{JobState, job_state},
        pods,
    },
};

/// Whether PostgreSQL must not run: its volume is recovered, or is about to be, with nobody left who writes.
pub(in crate::reconcile) fn stops_postgres(seen: &Seen) -> bool {
    let at_work = seen.live.of_kind(Kind::Job).any(|(_, job)| {
        Way::of_job(job) == Some(Way::Recovery) && matches!(job_state(job), JobState::Running)
    });
    if at_work || !seen.live.pods_of(part::RECOVERY).is_empty() {
        return true;
    }
    let Some(restore) = open(seen).filter(|restore| Way::of(restore) == Way::Recovery) else {
        return false;
    };
    let status = seen.platform.status.as_ref();
    let done = status
        .and_then(|status| status.restored.as_ref())
        .is_some_and(|restored| Some(&restored.uid) == restore.metadata.uid.as_ref());
    match phase(restore) {
        RestorePhase::Restoring => !done,
        RestorePhase::Stopping => !done && writers(seen) == 0,
        _ => false,
    }
}

fn phase(restore: &EventPlatformRestore) -> RestorePhase {
    let status = restore.status.as_ref();
    status
        .and_then(|status| status.phase)
        .unwrap_or(RestorePhase::Pending)
}

/// What happens before there is the Job that recovers; it is made once nobody has the volumes any more.
pub(super) async fn begin(
    seen: &Seen,
    plan: &Plan,
    restore: &EventPlatformRestore,
    applier: &mut Applier<'_>,
) -> Result<Step, Error> {
    let (Some(archive), Some(managed)) = (plan.spec.point_in_time(), &plan.spec.postgres.managed)
    else {
        let reason = format!(
            "{} has no spec.backup.pointInTime, so there is no archive to recover from; leave out targetTime to put a dump back",
            plan.name
        );
        return Ok(Step::failed(&reason));
    };
    if let Some(refused) = looked(seen, plan, restore, applier).await? {
        return Ok(refused);
    }
    let left = writers(seen);
    if left > 0 {
        return Ok(stopping(left));
    }
    if !volumes_are_free(seen, plan) {
        return Ok(Step::new(RestorePhase::Stopping, "PostgreSQL is stopping"));
    }
    let job = build::recovery_job(plan, managed, archive, restore);
    applier.create(&job).await?;
    Ok(Step::new(RestorePhase::Restoring, Way::Recovery.goes_on()))
}

/// Whether nobody has PostgreSQL's volume or the archive, and nobody is about to.
fn volumes_are_free(seen: &Seen, plan: &Plan) -> bool {
    let stands = |kind: Kind, part: &str| {
        seen.live.get(kind, &plan.of(part)).is_none_or(|object| {
            object["spec"]["replicas"] == 0
                && object["status"]["observedGeneration"].as_i64()
                    >= object["metadata"]["generation"].as_i64()
        }) && seen.live.pods_of(part).is_empty()
    };
    stands(Kind::StatefulSet, Backend::Postgres.name())
        && stands(Kind::Deployment, part::ARCHIVE)
        && seen.live.pods_of(part::RECOVERY).is_empty()
}

/// Before anything stops: whether the archive has what is asked for. `None` when it has, or when that is known from before.
async fn looked(
    seen: &Seen,
    plan: &Plan,
    restore: &EventPlatformRestore,
    applier: &mut Applier<'_>,
) -> Result<Option<Step>, Error> {
    if phase(restore) != RestorePhase::Pending {
        return Ok(None);
    }
    let Some(archive) = plan.spec.point_in_time() else {
        return Ok(None);
    };
    if let Some(reason) = unheard_of(seen, restore) {
        return Ok(Some(Step::failed(&reason)));
    }
    // Where the pod of PostgreSQL has no node there is none to be beside.
    let beside = seen
        .live
        .pods_of(Backend::Postgres.name())
        .iter()
        .any(|pod| pod["spec"]["nodeName"].is_string());
    let job = build::look_job(plan, archive, restore, beside);
    let pod = seen.live.pod_of_job(job.name());
    let looking = |message: String| Some(Step::new(RestorePhase::Pending, message));
    Ok(match seen.live.get(Kind::Job, job.name()).map(job_state) {
        None => {
            applier.create(&job).await?;
            looking("it is looked what the archive has".into())
        }
        Some(JobState::Running) => {
            let fault = pod.and_then(pods::fault);
            looking(fault.unwrap_or_else(|| "it is looked what the archive has".into()))
        }
        Some(JobState::Failed { reason }) => {
            let said = pod.and_then(pods::last_message).unwrap_or(reason);
            Some(Step::failed(&said))
        }
        Some(JobState::Complete) => None,
    })
}

/// Why there can't be such a moment, where no look is needed to know.
fn unheard_of(seen: &Seen, restore: &EventPlatformRestore) -> Option<String> {
    let target = restore.spec.target_time.as_deref()?;
    if target == LATEST {
        return None;
    }
    let Ok(moment) = target.parse::<DateTime<Utc>>() else {
        return Some(format!(
            "{target} is no time; write one such as 2026-11-28T12:00:00Z"
        ));
    };
    (moment > seen.now).then(|| {
        format!("{target} is in the future; write a time that has passed, or latest for all that was archived")
    })
}

/// What the script leaves: bookings, the last transaction, the base backup, bookings that were known before, and when.
pub(super) fn succeeded(result: Option<&str>) -> Step {
    let fields: Vec<_> = result.unwrap_or_default().split('|').collect();
    let &[bookings, last, base, known, when] = fields.as_slice() else {
        return Step::new(
            RestorePhase::Succeeded,
            "PostgreSQL is as the archive has it; how many bookings that are was not told",
        );
    };
    let moment = if last.is_empty() { base } else { last };
    let counted = match (bookings.parse::<u64>(), known.parse::<u64>()) {
        (Err(_), _) => "the databases were new, without bookings".into(),
        (Ok(there), Err(_)) => {
            format!("{there} confirmed bookings are there; how many there were is not known")
        }
        (Ok(there), Ok(known)) if known > there => format!(
            "{there} confirmed bookings are there, at least {} are gone ({known} were there at {when})",
            known - there
        ),
        (Ok(there), Ok(_)) => format!(
            "{there} confirmed bookings are there, all that were known at {when}; what was confirmed after {moment} is gone, and nobody counted it"
        ),
    };
    Step {
        backup: Some(base.to_owned()),
        recovered_to: Some(moment.to_owned()),
        ..Step::new(
            RestorePhase::Succeeded,
            format!("recovered to {moment}, from the base backup of {base}: {counted}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_bookings_are_gone_is_told() {
        let told = |result: &str| succeeded(Some(result)).message;
        let begin =
            "recovered to 2026-11-28 12:00:00.500Z, from the base backup of 2026-11-28 03:30:00Z: ";
        let result = |bookings: &str, known: &str| {
            format!(
                "{bookings}|2026-11-28 12:00:00.500Z|2026-11-28 03:30:00Z|{known}|2026-11-28 12:00:04Z"
            )
        };
        for (bookings, known, end) in [
            (
                "117",
                "120",
                "117 confirmed bookings are there, at least 3 are gone (120 were there at 2026-11-28 12:00:04Z)",
            ),
            (
                "120",
                "120",
                "120 confirmed bookings are there, all that were known at 2026-11-28 12:00:04Z; what was confirmed after 2026-11-28 12:00:00.500Z is gone, and nobody counted it",
            ),
            (
                "5",
                "",
                "5 confirmed bookings are there; how many there were is not known",
            ),
            ("", "", "the databases were new, without bookings"),
        ] {
            assert_eq!(told(&result(bookings, known)), format!("{begin}{end}"));
        }
        let step = succeeded(Some("0||2026-11-28 03:30:00Z|0|2026-11-28 03:31:00Z"));
        assert_eq!(step.recovered_to.as_deref(), Some("2026-11-28 03:30:00Z"));
        assert_eq!(step.backup.as_deref(), Some("2026-11-28 03:30:00Z"));
        assert!(!step.stops());
        assert_eq!(succeeded(None).backup, None);
    }
}
