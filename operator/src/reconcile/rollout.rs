//! Deployments: one after another, gated on availability; back to the last good release when one gets no further.

use serde_json::Value;

use super::{Aspect, Draft, last_good::LastGoodRelease, pods};
use crate::{
    api::{ConditionStatus, EventPlatformStatus, OnFailure, Release, RolloutStatus, ServiceStatus},
    build::{self, Kind, Plan, Service, digest},
    cluster::{Applied, Applier, Seen},
};

/// Why this very release failed before, if it did.
pub(super) fn failed_before<'a>(
    release: &Release,
    status: &'a EventPlatformStatus,
) -> Option<&'a RolloutStatus> {
    status
        .rollout
        .as_ref()
        .filter(|rollout| rollout.failed_hash == hash(release))
}

fn hash(release: &Release) -> String {
    digest(release)[..16].to_owned()
}

/// One step: applies what may be applied now. `effective` is what shall run, `target` what the spec says.
pub(super) async fn advance(
    seen: &Seen,
    effective: &Plan,
    target: &Plan,
    good: Option<&LastGoodRelease>,
    applier: &mut Applier<'_>,
    draft: &mut Draft,
) -> kube::Result<()> {
    let going_back = effective.release != target.release;
    let mut order = Service::ROLLOUT;
    if going_back && failed_before(&target.release, &draft.status).is_some() {
        order.reverse();
    }
    // Before anything served there is nobody to be careful of; and a restore stops everything at once.
    let gated = good.is_some() && !effective.stopped;
    let mut waiting = None;
    let mut stuck = None;
    for service in order {
        let object = build::deployment(effective, service);
        let applied = applier.apply(&object).await?;
        let live = seen.live.get(Kind::Deployment, object.name());
        let complete = applied == Applied::Unchanged && live.is_some_and(is_complete);
        if complete {
            continue;
        }
        if applied == Applied::Unchanged && live.is_some_and(misses_deadline) {
            stuck.get_or_insert(service);
        }
        waiting.get_or_insert(service);
        if gated {
            break;
        }
    }
    observe(seen, draft);
    if let Some(service) = stuck {
        give_up(seen, service, effective, target, good, draft);
    }
    progress(seen, waiting, effective, target, draft);
    Ok(())
}

fn progress(
    seen: &Seen,
    waiting: Option<Service>,
    effective: &Plan,
    target: &Plan,
    draft: &mut Draft,
) {
    let version = &effective.release.version;
    let failure = failed_before(&target.release, &draft.status).cloned();
    if let Some(failure) = &failure {
        let back = effective.release != target.release;
        let reason = if back { "RolledBack" } else { "RolloutFailed" };
        let message = if back {
            format!(
                "the rollout of {} failed: {}. What was last good, {version}, serves; change the spec to try again",
                target.release.version, failure.message
            )
        } else {
            format!(
                "the rollout of {} failed: {}. It is held as it is; change the spec to go on",
                target.release.version, failure.message
            )
        };
        draft.set(
            Aspect::Degraded,
            ConditionStatus::True,
            reason,
            message.clone(),
        );
        draft.block(reason, reason, message);
    }
    let Some(service) = waiting else {
        draft.status.version = Some(version.clone());
        return;
    };
    let fault = seen
        .live
        .pods_of(service.name())
        .into_iter()
        .find_map(pods::trouble)
        .map(|fault| format!("; {fault}"))
        .unwrap_or_default();
    if effective.stopped {
        return;
    }
    draft.block(
        "RollingOut",
        format!("RollingOut {service}"),
        format!("{service} is on its way to {version}{fault}"),
    );
}

/// Remembers that the release failed; from the next look on, what was last good runs.
fn give_up(
    seen: &Seen,
    service: Service,
    effective: &Plan,
    target: &Plan,
    good: Option<&LastGoodRelease>,
    draft: &mut Draft,
) {
    if effective.release != target.release {
        return;
    }
    let said = seen
        .live
        .pods_of(service.name())
        .into_iter()
        .find_map(pods::trouble);
    let message = format!(
        "{service} made no progress for {} s{}",
        target.spec.rollout.progress_deadline_seconds,
        said.map(|said| format!(" ({said})")).unwrap_or_default()
    );
    let back = good.is_some_and(|good| good.release != target.release)
        && target.spec.rollout.on_failure == OnFailure::Rollback;
    if back {
        draft.status.rollout = Some(RolloutStatus {
            failed_hash: hash(&target.release),
            message,
        });
        draft.look_again(super::STEP);
    } else {
        let message = format!("{message}. It is held as it is; change the spec to go on");
        draft.set(
            Aspect::Degraded,
            ConditionStatus::True,
            "RolloutFailed",
            message.clone(),
        );
        draft.block("RolloutFailed", "RolloutFailed", message);
    }
}

/// Reports on the six services as they are.
pub(super) fn observe(seen: &Seen, draft: &mut Draft) {
    let name = seen.platform.metadata.name.clone().unwrap_or_default();
    let mut services = Vec::new();
    let mut away = Vec::new();
    for service in Service::SIX {
        let live = seen
            .live
            .get(Kind::Deployment, &format!("{name}-{service}"));
        let number = |pointer: &str| {
            let value = live
                .and_then(|live| live.pointer(pointer))
                .and_then(Value::as_i64);
            i32::try_from(value.unwrap_or(0)).unwrap_or(i32::MAX)
        };
        let desired = number("/spec/replicas");
        if number("/status/availableReplicas") == 0 && (desired > 0 || live.is_none()) {
            away.push(service.name());
        }
        if service == Service::Worker
            && let Some(worker) = &mut draft.status.worker
        {
            worker.replicas = number("/status/replicas");
        }
        if let Some(live) = live {
            services.push(ServiceStatus {
                name: service.name().into(),
                ready: number("/status/readyReplicas"),
                desired,
                image: live["spec"]["template"]["spec"]["containers"][0]["image"]
                    .as_str()
                    .unwrap_or_default()
                    .into(),
            });
        }
    }
    let ready = services
        .iter()
        .filter(|service| service.ready >= service.desired)
        .count();
    draft.status.services_ready = Some(format!("{ready}/{}", Service::SIX.len()));
    draft.status.services = services;
    let version = draft.status.version.clone().unwrap_or_default();
    if away.is_empty() {
        draft.set(
            Aspect::Available,
            ConditionStatus::True,
            "Serving",
            format!("{version} serves on all six services"),
        );
    } else {
        let message = format!("no pod serves for {}", away.join(", "));
        draft.set(
            Aspect::Available,
            ConditionStatus::False,
            "ServicesAway",
            message,
        );
    }
}

/// Whether all pods are of the newest template and available.
fn is_complete(deployment: &Value) -> bool {
    let status = &deployment["status"];
    let desired = deployment["spec"]["replicas"].as_i64().unwrap_or(1);
    let count = |name: &str| status[name].as_i64().unwrap_or(0);
    status["observedGeneration"].as_i64() >= deployment["metadata"]["generation"].as_i64()
        && count("updatedReplicas") == desired
        && count("replicas") == desired
        && count("availableReplicas") == desired
}

fn misses_deadline(deployment: &Value) -> bool {
    deployment["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|condition| {
            condition["type"] == "Progressing" && condition["reason"] == "ProgressDeadlineExceeded"
        })
}
