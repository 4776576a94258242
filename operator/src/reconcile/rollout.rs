//! Deployments: one after another, gated on availability; back to the last good release when one gets no further.

use std::time::Duration;

use serde_json::Value;

use super::{Aspect, Draft, last_good::LastGoodRelease, pods};
use crate::{
    api::{ConditionStatus, EventPlatformStatus, OnFailure, RolloutStatus, ServiceStatus},
    build::{self, Kind, Plan, Service, digest},
    cluster::{Applied, Applier, Error, Seen, covers},
};

/// How often pods are looked at while some are awaited.
const GLANCE: Duration = Duration::from_secs(5);

/// Why this very spec failed before, if it did. Whatever else is changed in it is another try.
pub(super) fn failed_before<'a>(
    target: &Plan,
    status: &'a EventPlatformStatus,
) -> Option<&'a RolloutStatus> {
    status.rollout.as_ref().filter(|rollout| {
        rollout.failed_hash == hash(target) && rollout.generation == Some(target.generation)
    })
}

fn hash(target: &Plan) -> String {
    digest(&(&target.release, &target.spec.rollout))[..16].to_owned()
}

/// What a step is made by.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    /// What shall run.
    pub effective: &'a Plan,
    /// What the spec says.
    pub target: &'a Plan,
    pub good: Option<&'a LastGoodRelease>,
    /// Whether no pod may be replaced, since something that it needs could not be made.
    pub held: bool,
}

/// One step: applies what may be applied now.
pub(super) async fn advance(
    seen: &Seen,
    step: Step<'_>,
    applier: &mut Applier<'_>,
    draft: &mut Draft,
) -> Result<(), Error> {
    let Step {
        effective,
        target,
        good,
        held,
    } = step;
    let going_back = effective.release != target.release;
    let mut order = Service::ROLLOUT;
    if going_back && failed_before(target, &draft.status).is_some() {
        order.reverse();
    }
    // Before anything served there is nobody to be careful of; and a restore stops everything at once.
    let gated = good.is_some() && !effective.stopped;
    let mut waiting = None;
    let mut stuck = None;
    for service in order {
        let object = build::deployment(effective, service);
        let live = seen.live.get(Kind::Deployment, object.name());
        // What waits for its turn is new pods; what was lost, and how many there are, is not.
        if (held || gated && waiting.is_some())
            && replaces_pods(applier.compare(&object), live, &object)
        {
            continue;
        }
        let applied = applier.apply(&object).await?;
        let complete = applied == Applied::Unchanged && live.is_some_and(is_complete);
        if complete {
            continue;
        }
        if live.is_some_and(|live| only_scales(seen, effective, service, live, &object)) {
            draft.scales(service);
            continue;
        }
        if applied == Applied::Unchanged && live.is_some_and(misses_deadline) {
            stuck.get_or_insert(service);
        }
        waiting.get_or_insert(service);
    }
    if waiting.is_some() {
        // Pods aren't watched: why one does not start is told by them alone.
        draft.look_again(GLANCE);
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
    let failure = failed_before(target, &draft.status).cloned();
    if let Some(failure) = &failure {
        let back = effective.release != target.release;
        let reason = if back { "RolledBack" } else { "RolloutFailed" };
        let message = if back {
            format!(
                "the rollout of {} failed: {}. What was last good, {version}, serves; any change of the spec tries again",
                target.release.version, failure.message
            )
        } else {
            format!(
                "the rollout of {} failed: {}. It is held as it is; mend what is named or change the spec to go on",
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
    if effective.stopped {
        return;
    }
    let trouble = trouble(seen, effective, service);
    let fault = trouble
        .as_ref()
        .map(|fault| format!("; {fault}"))
        .unwrap_or_default();
    let live = seen
        .live
        .get(Kind::Deployment, &effective.of(service.name()));
    if let Some(live) = live.filter(|live| was_complete(live)) {
        let count = |pointer: &str| live.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
        let message = format!(
            "{} of {} pods of {service} are ready{fault}",
            count("/status/readyReplicas"),
            count("/spec/replicas"),
        );
        if trouble.is_some() {
            draft.set(
                Aspect::Degraded,
                ConditionStatus::True,
                "PodsNotReady",
                message.clone(),
            );
        }
        draft.block("PodsNotReady", format!("PodsNotReady {service}"), message);
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
    let said = trouble(seen, effective, service);
    let message = format!(
        "{service} made no progress for {} s{}",
        target.spec.rollout.progress_deadline_seconds,
        said.map(|said| format!(" ({said})")).unwrap_or_default()
    );
    let back = good.is_some_and(|good| good.release != target.release)
        && target.spec.rollout.on_failure == OnFailure::Rollback;
    if back {
        draft.status.rollout = Some(RolloutStatus {
            failed_hash: hash(target),
            generation: Some(target.generation),
            message,
        });
        draft.look_again(super::STEP);
    } else {
        let message = format!(
            "{message}. It is held as it is; mend what is named or change the spec to go on"
        );
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

/// Why pods of a service are not ready, or are not there.
fn trouble(seen: &Seen, plan: &Plan, service: Service) -> Option<String> {
    let pods = seen.live.pods_of(service.name());
    let refused = || {
        let live = seen.live.get(Kind::Deployment, &plan.of(service.name()))?;
        let condition = conditions(live).find(|condition| {
            condition["type"] == "ReplicaFailure" && condition["status"] == "True"
        })?;
        condition["message"].as_str().map(ToOwned::to_owned)
    };
    pods.into_iter().find_map(pods::trouble).or_else(refused)
}

/// Whether applying the object would replace pods.
fn replaces_pods(applied: Applied, live: Option<&Value>, object: &build::Object) -> bool {
    let template = |value: &Value| value["spec"]["template"].clone();
    match (applied, live) {
        (Applied::Updated, Some(live)) => !covers(&template(live), &template(&object.value)),
        _ => false,
    }
}

fn conditions(deployment: &Value) -> impl Iterator<Item = &Value> {
    deployment["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
}

/// Whether this very template has been rolled out before: what is not ready now broke later.
fn was_complete(deployment: &Value) -> bool {
    is_observed(deployment)
        && conditions(deployment).any(|condition| {
            condition["type"] == "Progressing" && condition["reason"] == "NewReplicaSetAvailable"
        })
}

fn is_observed(deployment: &Value) -> bool {
    deployment["status"]["observedGeneration"].as_i64()
        >= deployment["metadata"]["generation"].as_i64()
}

/// Whether nothing but the number of an autoscaled service's pods moves, and no fewer serve than may.
fn only_scales(
    seen: &Seen,
    plan: &Plan,
    service: Service,
    live: &Value,
    wanted: &build::Object,
) -> bool {
    let Some(fewest) = plan.fewest(service).filter(|_| !plan.stopped) else {
        return false;
    };
    let template = &live["spec"]["template"];
    let count = |name: &str| live["status"][name].as_i64().unwrap_or(0);
    let rolled_out = if is_observed(live) {
        was_complete(live) && count("updatedReplicas") == count("replicas")
    } else {
        // What was changed last, the number or the template, is told by the pods alone.
        let pods = seen.live.pods_of(service.name());
        pods.iter().all(|pod| {
            covers(&pod["spec"], &template["spec"])
                && covers(&pod["metadata"], &template["metadata"])
        })
    };
    rolled_out
        && covers(template, &wanted.value["spec"]["template"])
        && count("availableReplicas") >= i64::from(fewest)
        && trouble(seen, plan, service).is_none()
}

/// Whether all pods are of the newest template and available.
fn is_complete(deployment: &Value) -> bool {
    let status = &deployment["status"];
    let desired = deployment["spec"]["replicas"].as_i64().unwrap_or(1);
    let count = |name: &str| status[name].as_i64().unwrap_or(0);
    is_observed(deployment)
        && count("updatedReplicas") == desired
        && count("replicas") == desired
        && count("availableReplicas") == desired
}

fn misses_deadline(deployment: &Value) -> bool {
    // A condition of before the last change says nothing of it.
    is_observed(deployment)
        && conditions(deployment).any(|condition| {
            condition["type"] == "Progressing" && condition["reason"] == "ProgressDeadlineExceeded"
        })
}
