//! A dump goes back into every database.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use super::{Step, Way, stopping, writers};
use crate::{
    api::{Backup, EventPlatformRestore, RestorePhase},
    build::{self, Kind, Plan},
    cluster::{Applier, Error, Seen},
    reconcile::Draft,
};

/// What happens before there is a Job; it is made once nobody writes any more.
pub(super) async fn begin(
    seen: &Seen,
    plan: &Plan,
    restore: &EventPlatformRestore,
    ready: bool,
    applier: &mut Applier<'_>,
    draft: &Draft,
) -> Result<Step, Error> {
    let Some(backup) = &plan.spec.backup else {
        let message = format!(
            "nothing was changed: {} has no spec.backup, so there is nothing to restore from",
            plan.name
        );
        return Ok(Step::new(RestorePhase::Failed, message));
    };
    if let Some(reason) = impossible(seen, plan, backup, restore, draft) {
        let message = format!("nothing was changed: {reason}");
        return Ok(Step::new(RestorePhase::Failed, message));
    }
    let migrated = draft
        .status
        .migration
        .as_ref()
        .is_some_and(|migration| migration.completed_hash.is_some());
    if !migrated {
        let message = "waits until the databases are there".to_owned();
        return Ok(Step::new(RestorePhase::Pending, message));
    }
    let left = writers(seen);
    if left > 0 {
        return Ok(stopping(left));
    }
    if !ready {
        let message = "waits for PostgreSQL".to_owned();
        return Ok(Step::new(RestorePhase::Stopping, message));
    }
    applier
        .create(&build::restore_job(plan, backup, restore))
        .await?;
    Ok(Step::new(RestorePhase::Restoring, Way::Dump.goes_on()))
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
