//! One look at a platform, and one step towards what its spec says.
//!
//! Everything is read anew, objects are built from it, what differs is applied, and the status is written last, on every path.
//! Nothing is remembered between two looks but what stands in the API: the operator may die after any write.

mod backup;
mod deletion;
mod dependencies;
mod draft;
mod last_good;
mod migration;
mod pods;
mod queue;
mod report;
mod restore;
mod rollout;
mod scaling;
mod validate;

use std::time::Duration;

use kube::{
    Api, Client, ResourceExt as _,
    api::{Patch, PatchParams},
};
use serde_json::json;

pub use self::{
    deletion::let_go,
    draft::{Aspect, Draft},
    report::warn,
};
use self::{last_good::LastGoodRelease, validate::Refusal};
use crate::{
    api::{ConditionStatus, EventPlatform, EventPlatformRestore, MemoryStatus, RestorePhase},
    build::{self, Kind, Plan, part::selector},
    cluster::{Applier, MANAGER, Seen},
    quantity::mebibytes,
};

/// How often a platform at rest is looked at; changes are told by watches.
const REST: Duration = Duration::from_secs(300);
/// How often it is looked whether what is waited for has come, in case that no watch tells.
const WAIT: Duration = Duration::from_secs(30);
/// How soon a step that is under way is looked at when no watch would tell.
const STEP: Duration = Duration::from_secs(1);

pub(crate) const FINALIZER: &str = "eventplatform.dev/cleanup";
/// Put by people to run the migrations of the same version once more.
const MIGRATE_AGAIN: &str = "eventplatform.dev/migrate-again";

/// What a reconcile needs from the process.
#[derive(Clone)]
pub struct Context {
    pub client: Client,
    pub recorder: kube::runtime::events::Recorder,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the API server: {0}")]
    Api(#[from] kube::Error),
}

impl Error {
    /// For metrics: few words.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Api(kube::Error::Api(status)) if status.is_forbidden() => "forbidden",
            Self::Api(kube::Error::Api(status)) if status.is_conflict() => "conflict",
            Self::Api(kube::Error::Api(_)) => "refused",
            Self::Api(_) => "unreachable",
        }
    }

    /// What people can do something about: an answer of the API server that no repetition will change.
    fn refusal(&self) -> Option<&str> {
        match self {
            Self::Api(kube::Error::Api(status))
                if (400..500).contains(&status.code)
                    && !status.is_conflict()
                    && status.code != 429 =>
            {
                Some(&status.message)
            }
            Self::Api(_) => None,
        }
    }
}

/// Looks at the platform once. The answer is when to look again.
pub async fn reconcile(context: &Context, namespace: &str, name: &str) -> Result<Duration, Error> {
    let Some(seen) = Seen::read(&context.client, namespace, name).await? else {
        return Ok(REST);
    };
    if seen.platform.metadata.deletion_timestamp.is_some() {
        deletion::finish(&context.client, &seen).await?;
        return Ok(REST);
    }
    if !seen
        .platform
        .finalizers()
        .iter()
        .any(|held| held == FINALIZER)
    {
        finalizers(&context.client, &seen.platform, &[FINALIZER]).await?;
    }
    let mut draft = Draft::new(seen.platform.status.clone());
    let settled = draft.status.last_good.is_some()
        && draft.status.observed_generation == seen.platform.metadata.generation;
    let mut applier = Applier::new(&context.client, namespace, &seen.live, settled);
    let result = Box::pin(look(&context.client, &seen, &mut applier, &mut draft)).await;
    if let Err(error) = &result
        && let Some(message) = error.refusal()
    {
        draft.set(
            Aspect::Degraded,
            ConditionStatus::True,
            "ApplyFailed",
            format!("the API server refused a change: {message}"),
        );
        draft.block("ApplyFailed", "ApplyFailed", message);
    }
    let repaired = std::mem::take(&mut applier.repaired);
    let again = draft.again();
    report::conclude(&mut draft);
    report::write(context, &seen, draft, &repaired).await?;
    result?;
    Ok(again.unwrap_or(REST))
}

async fn look(
    client: &Client,
    seen: &Seen,
    applier: &mut Applier<'_>,
    draft: &mut Draft,
) -> Result<(), Error> {
    let spec = &seen.platform.spec;
    describe(seen, draft);
    backup::observe(seen, draft);
    if spec.paused {
        draft.set(
            Aspect::Paused,
            ConditionStatus::True,
            "Paused",
            "spec.paused is true: nothing is changed, not even what somebody else changes",
        );
        rollout::observe(seen, draft);
        draft.block(
            "Paused",
            "Paused",
            "spec.paused is true; set it to false to go on",
        );
        return Ok(());
    }
    draft.set(
        Aspect::Paused,
        ConditionStatus::False,
        "NotPaused",
        "the operator keeps the platform as the spec says",
    );

    let good = LastGoodRelease::of(seen);
    let mut target = match planned(seen, draft) {
        Ok(plan) => plan,
        Err(refusal) => {
            refused(&refusal, draft);
            rollout::observe(seen, draft);
            return Ok(());
        }
    };
    let name = &target.name;
    let existing = seen.secrets.get(&format!("{name}-credentials"));
    if !existing.is_some_and(|existing| target.credentials.are(existing)) {
        applier.apply(&target.credentials.secret(&target)).await?;
    }
    // No dump is taken, and none is pruned, while one is put back.
    target.stopped = restore::open(seen).is_some() || restore::awaits_migration(draft);
    for object in build::foundation(&target) {
        match applier.apply(&object).await {
            Err(error) if object.kind == Kind::PersistentVolumeClaim => {
                volume_stays(&object, seen, error, draft)?;
            }
            applied => {
                applied?;
            }
        }
    }
    let ready = dependencies::observe(seen, &target, draft);

    let restoring = restore::advance(client, seen, &target, ready, applier, draft).await?;

    // What shall run: what the spec says, or what was last good where that has failed before.
    let failed = rollout::failed_before(&target, &draft.status).is_some();
    let last_good = good.as_ref().map(|good| Plan {
        release: good.release.clone(),
        ..target.clone()
    });
    let wanted = match &last_good {
        Some(last_good) if failed => last_good.clone(),
        _ => target.clone(),
    };
    let hash = migration_hash(seen, &wanted, draft);
    let still = restoring || restore::awaits_migration(draft);
    let migrated = if !ready || restoring {
        migration::is_complete(&hash, &draft.status)
    } else {
        migration::advance(
            seen,
            &wanted,
            &hash,
            last_good.is_some() && !still,
            applier,
            draft,
        )
        .await?
    };
    if migrated {
        restore::migrated(draft);
    }
    // What runs meanwhile is what was last good.
    let fallback = last_good.or_else(|| restoring.then(|| target.clone()));
    let Some(mut effective) = migrated.then_some(wanted).or(fallback) else {
        rollout::observe(seen, draft);
        return Ok(());
    };
    effective.stopped = restoring || restore::awaits_migration(draft);
    effective.workers = scaling::workers(seen, &effective, draft).await;
    rollout::advance(seen, &effective, &target, good.as_ref(), applier, draft).await?;
    for object in build::surroundings(&effective) {
        applier.apply(&object).await?;
    }
    if draft.is_blocked() {
        // What is no longer wanted may still be in use by what is on its way out.
        return Ok(());
    }
    if effective.release == target.release {
        let object = last_good::object(&target, &hash);
        applier.apply(&object).await?;
        draft.status.last_good = Some(last_good::status(&target, &hash));
        draft.status.rollout = None;
    }
    orphans(seen, &effective, applier).await
}

/// A volume that can't become what the spec says is no reason to leave all else alone.
fn volume_stays(
    object: &build::Object,
    seen: &Seen,
    error: kube::Error,
    draft: &mut Draft,
) -> Result<(), Error> {
    let live = seen.live.get(object.kind, object.name());
    match (&error, live) {
        (kube::Error::Api(status), Some(live)) if status.code == 403 || status.code == 422 => {
            let has = live["spec"]["resources"]["requests"]["storage"]
                .as_str()
                .unwrap_or_default();
            draft.warn(
                "VolumeNotResized",
                format!(
                    "volume {} stays at {has}: {}",
                    object.name(),
                    status.message
                ),
            );
            Ok(())
        }
        _ => Err(error.into()),
    }
}

fn migration_hash(seen: &Seen, plan: &Plan, draft: &Draft) -> String {
    let restored = draft.status.restored.as_ref();
    let again = seen.platform.annotations().get(MIGRATE_AGAIN);
    build::migration_hash(
        plan,
        restored.map(|restored| restored.uid.as_str()),
        again.map(String::as_str),
    )
}

/// What is true of every look.
fn describe(seen: &Seen, draft: &mut Draft) {
    let name = seen.platform.name_any();
    if draft.status.version.is_none() {
        draft.status.version = Some(seen.platform.spec.version.clone());
    }
    draft.status.payments = Some("sandbox: payments are not real".into());
    if !draft
        .status
        .conditions
        .iter()
        .any(|condition| condition.type_ == Aspect::MigrationsComplete.name())
    {
        draft.set(
            Aspect::MigrationsComplete,
            ConditionStatus::Unknown,
            "NotStarted",
            format!(
                "migrations to {} have not begun",
                seen.platform.spec.version
            ),
        );
    }
    let worker = draft
        .status
        .worker
        .get_or_insert_with(|| crate::api::WorkerStatus {
            replicas: 0,
            selector: String::new(),
            scaled_at: None,
        });
    let labels = selector(&name, "worker");
    worker.selector = labels
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect::<Vec<_>>()
        .join(",");
}

fn planned(seen: &Seen, draft: &mut Draft) -> Result<Plan, Refusal> {
    if let Some(memory) = crate::api::committed(&seen.platform.spec) {
        draft.status.memory = Some(MemoryStatus {
            committed: mebibytes(memory.committed),
            budget: mebibytes(memory.budget),
        });
    }
    validate::memory(seen)?;
    validate::succession(seen)?;
    validate::plan(seen)
}

fn refused(refusal: &Refusal, draft: &mut Draft) {
    match refusal {
        Refusal::Invalid { reason, message } => {
            draft.set(
                Aspect::Degraded,
                ConditionStatus::True,
                reason,
                message.clone(),
            );
            draft.block(reason, *reason, message.clone());
        }
        Refusal::Waiting { reason, message } => {
            draft.set(
                Aspect::DependenciesReady,
                ConditionStatus::False,
                reason,
                message.clone(),
            );
            draft.block(reason, *reason, message.clone());
            draft.look_again(WAIT);
        }
    }
}

/// Deletes what belongs to the platform but is no longer wanted.
async fn orphans(seen: &Seen, plan: &Plan, applier: &mut Applier<'_>) -> Result<(), Error> {
    let wanted: Vec<_> = build::foundation(plan)
        .into_iter()
        .chain(build::surroundings(plan))
        .chain(build::Service::ROLLOUT.map(|service| build::deployment(plan, service)))
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

/// Makes ours the finalizers that are named.
pub(crate) async fn finalizers(
    client: &Client,
    platform: &EventPlatform,
    held: &[&str],
) -> Result<(), Error> {
    let namespace = platform.namespace().unwrap_or_default();
    let api: Api<EventPlatform> = Api::namespaced(client.clone(), &namespace);
    let patch = json!({
        "apiVersion": "eventplatform.dev/v1alpha1",
        "kind": "EventPlatform",
        "metadata": {"name": platform.name_any(), "uid": platform.uid(), "finalizers": held},
    });
    match api
        .patch(
            &platform.name_any(),
            &PatchParams::apply(MANAGER).force(),
            &Patch::Apply(&patch),
        )
        .await
    {
        Ok(_) => Ok(()),
        // It is gone, or another one has its name: there is nothing to hold or to let go.
        Err(kube::Error::Api(status)) if status.is_not_found() || status.is_conflict() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Writes what is known of a restore that no platform takes up.
pub async fn report_restore(
    client: &Client,
    restore: &EventPlatformRestore,
    phase: RestorePhase,
    message: &str,
) -> Result<(), Error> {
    Ok(restore::report(client, restore, phase, message, None, None).await?)
}
