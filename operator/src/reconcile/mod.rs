//! One look at a platform, and one step towards what its spec says.
//!
//! Everything is read anew, objects are built from it, what differs is applied, and the status is written last, on every path.
//! Nothing is remembered between two looks but what stands in the API: the operator may die after any write.

mod archive;
mod backup;
mod deletion;
mod dependencies;
mod draft;
mod finalizers;
mod gauges;
mod last_good;
mod migration;
mod orphans;
mod pods;
mod queue;
mod references;
mod report;
mod restore;
mod rollout;
mod scaling;
mod schedule;
mod validate;

use std::time::Duration;

use kube::{Client, ResourceExt as _};

pub use self::{
    draft::{Aspect, Draft},
    finalizers::let_go,
    gauges::describe_gauges,
    report::tell,
    restore::report as report_restore,
};
use self::{last_good::LastGoodRelease, validate::Refusal};
use crate::{
    api::{ConditionStatus, MemoryStatus},
    build::{self, Kind, Plan, part::selector},
    cluster::{Applied, Applier, Error, Seen},
    quantity::mebibytes,
};

/// How often a platform at rest is looked at; changes are told by watches.
const REST: Duration = Duration::from_secs(300);
/// How often it is looked whether what must come or go before there is a plan has done so. Of claims that go no watch tells.
const WAIT: Duration = Duration::from_secs(2);
/// How soon a step that is under way is looked at when no watch would tell.
const STEP: Duration = Duration::from_secs(1);

/// Put by people to run the migrations of the same version once more.
const MIGRATE_AGAIN: &str = "eventplatform.dev/migrate-again";

/// What a reconcile needs from the process.
#[derive(Clone)]
pub struct Context {
    pub client: Client,
    pub recorder: kube::runtime::events::Recorder,
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
    finalizers::hold(&context.client, &seen.platform).await?;
    let mut draft = Draft::new(seen.platform.status.clone());
    let mut applier = Applier::new(&context.client, &seen.platform, &seen.live);
    let mut refused = Vec::new();
    let look = look(context, &seen, &mut applier, &mut draft, &mut refused);
    let result = Box::pin(look).await;
    let mut errors = refused;
    errors.extend(result.err());
    report::refusals(&errors, &mut draft);
    let repaired = std::mem::take(&mut applier.repaired);
    let again = draft.again();
    report::conclude(&mut draft);
    report::write(context, &seen, draft, &repaired).await?;
    match errors.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(again.unwrap_or(REST)),
    }
}

async fn look(
    context: &Context,
    seen: &Seen,
    applier: &mut Applier<'_>,
    draft: &mut Draft,
    refused: &mut Vec<Error>,
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
    let (mut target, lacks) = match planned(seen, draft) {
        Ok(planned) => planned,
        Err(refusal) => {
            report::refused(&refusal, draft);
            rollout::observe(seen, draft);
            return Ok(());
        }
    };
    let served = last_good::served(seen);
    last_good::keep_credentials(seen, &target, served.as_deref(), applier).await?;
    // No dump is taken, and none is pruned, while one is put back.
    target.stopped = restore::open(seen).is_some() || restore::awaits_migration(draft);
    target.recovering = restore::stops_postgres(seen);
    let mut missing = Vec::new();
    for object in build::foundation(&target) {
        // What would run must not run on a volume or a Secret of somebody else; their names begin with its own.
        if missing
            .iter()
            .any(|name: &String| name.starts_with(object.name()))
        {
            continue;
        }
        match applier.apply(&object).await {
            Err(error) if volume_stays(&object, seen, &error, draft) => {}
            applied => {
                if applied.is_err() {
                    missing.push(object.name().to_owned());
                }
                tolerated(applied, refused)?;
            }
        }
    }
    // What runs is kept running without an object that was refused or a Secret that is gone; nothing new is begun.
    let held = !refused.is_empty() || !lacks.is_empty();
    let ready = dependencies::observe(seen, &target, draft) && !held;
    if !lacks.is_empty() {
        let message = lacks.join("; ");
        report::refused(
            &Refusal::Waiting {
                reason: "SecretMissing",
                message,
            },
            draft,
        );
    }
    certificate(seen, draft);

    let restoring = restore::advance(context, seen, &target, ready, applier, draft).await?;

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
        let data = migration::Data {
            serving: last_good.is_some() && !still,
            // Volumes that were kept may have been sold on by another release than this one.
            kept: !still && served.is_some_and(|served| served != wanted.release.version),
        };
        migration::advance(seen, &wanted, &hash, data, applier, draft).await?
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
    let step = rollout::Step {
        effective: &effective,
        target: &target,
        good: good.as_ref(),
        held,
    };
    rollout::advance(seen, step, applier, draft).await?;
    for object in build::surroundings(&effective) {
        tolerated(applier.apply(&object).await, refused)?;
    }
    if draft.is_blocked() || !refused.is_empty() {
        // What is no longer wanted may still be in use by what is on its way out.
        return Ok(());
    }
    if effective.release == target.release {
        applier.apply(&last_good::object(&target, &hash)).await?;
        let version = &target.release.version;
        last_good::keep_credentials(seen, &target, Some(version), applier).await?;
        draft.status.last_good = Some(last_good::status(&target, &hash));
        draft.status.rollout = None;
    }
    orphans::remove(seen, &effective, applier).await
}

/// One object that is refused is no reason to leave the others alone.
fn tolerated(applied: Result<Applied, Error>, refused: &mut Vec<Error>) -> Result<(), Error> {
    match applied {
        Ok(_) => {}
        Err(error) if error.refusal().is_some() => refused.push(error),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// A volume that can't become what the spec says is no reason to leave all else alone, either.
fn volume_stays(object: &build::Object, seen: &Seen, error: &Error, draft: &mut Draft) -> bool {
    let live = seen.live.get(Kind::PersistentVolumeClaim, object.name());
    match (error, live) {
        (Error::Api(kube::Error::Api(status)), Some(live))
            if object.kind == Kind::PersistentVolumeClaim
                && (status.code == 403 || status.code == 422) =>
        {
            let has = live["spec"]["resources"]["requests"]["storage"]
                .as_str()
                .unwrap_or_default();
            let name = object.name();
            let message = format!("volume {name} stays at {has}: {}", status.message);
            draft.warn("VolumeNotResized", message);
            true
        }
        _ => false,
    }
}

/// The certificate may come later: cert-manager makes it for an Ingress that is there.
fn certificate(seen: &Seen, draft: &mut Draft) {
    let ingress = seen.platform.spec.ingress.as_ref();
    if let Some(secret) = ingress.and_then(|ingress| ingress.tls_secret.as_ref())
        && !seen.secrets.contains_key(secret)
    {
        let message = format!(
            "there is no Secret {secret}, which spec.ingress.tlsSecret names: until it is there, browsers are shown a certificate that they do not trust"
        );
        draft.warn("TlsSecretMissing", message);
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

fn planned(seen: &Seen, draft: &mut Draft) -> Result<(Plan, Vec<String>), Refusal> {
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
