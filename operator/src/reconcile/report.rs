//! The last step of every look: what is written down, and what people are told.

use k8s_openapi::api::core::v1::ObjectReference;
use kube::{
    Api, Resource as _, ResourceExt as _,
    api::{Patch, PatchParams},
    runtime::events::{Event, EventType},
};
use serde_json::json;

use super::{Aspect, Context, Draft, WAIT, gauges, validate::Refusal};
use crate::{
    api::{Condition, ConditionStatus, EventPlatform, EventPlatformStatus},
    build::Service,
    cluster::{Error, MANAGER, Seen},
};

/// The conditions that sum up the others.
pub(super) fn conclude(draft: &mut Draft) {
    if draft
        .blocker()
        .is_none_or(|(reason, ..)| *reason != "Paused")
    {
        draft.settle();
    }
    let version = draft.status.version.clone().unwrap_or_default();
    let Some((reason, activity, message)) = draft.blocker().cloned() else {
        let message =
            format!("{version} serves on all six services; payments are not real (sandbox)");
        draft.set(Aspect::Ready, ConditionStatus::True, "AllReady", message);
        let (moving, reason, message, activity) = match draft.scaling() {
            Some(service) => (
                ConditionStatus::True,
                "Scaling",
                format!("the number of {service}'s pods follows its load"),
                format!("Scaling {service}"),
            ),
            None => (
                ConditionStatus::False,
                "AllReady",
                "the platform is as the spec says".to_owned(),
                "AllReady".to_owned(),
            ),
        };
        draft.set(Aspect::Progressing, moving, reason, message);
        draft.status.activity = Some(activity);
        return;
    };
    let moving = matches!(
        reason,
        "WaitingForPostgres"
            | "WaitingForRedis"
            | "WaitingForRabbitMq"
            | "BackingUp"
            | "Migrating"
            | "MigrationRetrying"
            | "RollingOut"
            | "Restoring"
    );
    let progressing = if moving {
        ConditionStatus::True
    } else {
        ConditionStatus::False
    };
    draft.set(
        Aspect::Ready,
        ConditionStatus::False,
        reason,
        message.clone(),
    );
    draft.set(Aspect::Progressing, progressing, reason, message);
    draft.status.activity = Some(activity);
}

/// The API server may list in another order than we do.
fn sorted(mut status: EventPlatformStatus) -> EventPlatformStatus {
    let place = |name: &str| Aspect::ALL.iter().position(|aspect| aspect.name() == name);
    status
        .conditions
        .sort_by_key(|condition| place(&condition.type_));
    let place = |name: &str| {
        Service::SIX
            .iter()
            .position(|service| service.name() == name)
    };
    status.services.sort_by_key(|service| place(&service.name));
    status
}

/// Says why there is no plan.
pub(super) fn refused(refusal: &Refusal, draft: &mut Draft) {
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

/// Says which objects could not be made what they shall be.
pub(super) fn refusals(errors: &[Error], draft: &mut Draft) {
    let refusals: Vec<_> = errors.iter().filter_map(Error::refusal).collect();
    let Some((reason, _)) = refusals.first() else {
        return;
    };
    let sentences: Vec<_> = refusals
        .iter()
        .map(|(_, sentence)| sentence.as_str())
        .collect();
    let message = sentences.join("; ");
    draft.set(
        Aspect::Degraded,
        ConditionStatus::True,
        reason,
        message.clone(),
    );
    draft.overrule(reason, *reason, message);
}

/// Writes the status, if it changed, and an event for each transition.
pub(super) async fn write(
    context: &Context,
    seen: &Seen,
    draft: Draft,
    repaired: &[String],
) -> Result<(), Error> {
    let platform = &seen.platform;
    let before = platform.status.clone().unwrap_or_default();
    let status = draft.finish(platform.metadata.generation, seen.now);
    if status != sorted(before.clone()) {
        let api: Api<EventPlatform> = Api::namespaced(
            context.client.clone(),
            &platform.namespace().unwrap_or_default(),
        );
        let patch = json!({
            "apiVersion": "eventplatform.dev/v1alpha1",
            "kind": "EventPlatform",
            "metadata": {"name": platform.name_any(), "uid": platform.uid()},
            "status": status,
        });
        api.patch_status(
            &platform.name_any(),
            &PatchParams::apply(MANAGER).force(),
            &Patch::Apply(&patch),
        )
        .await?;
    }
    let mut events: Vec<_> = transitions(&before.conditions, &status.conditions)
        .into_iter()
        .map(|(kind, condition)| event(kind, &condition.reason, &condition.message))
        .collect();
    if !repaired.is_empty() {
        events.push(event(EventType::Normal, "DriftCorrected", &drift(repaired)));
    }
    gauges::tell(seen, &status);
    let reference = platform.object_ref(&());
    for event in events {
        publish(context, &reference, &event).await;
    }
    Ok(())
}

/// Tells people what no condition does.
pub async fn tell(
    context: &Context,
    about: &ObjectReference,
    type_: EventType,
    reason: &str,
    note: &str,
) {
    publish(context, about, &event(type_, reason, note)).await;
}

async fn publish(context: &Context, about: &ObjectReference, event: &Event) {
    // An event that is lost is lost: the status has it, too.
    if let Err(error) = context.recorder.publish(event, about).await {
        tracing::warn!("an event could not be published: {error}");
    }
}

fn drift(repaired: &[String]) -> String {
    const NAMED: usize = 5;
    let (named, further) = repaired.split_at(repaired.len().min(NAMED));
    let and = if further.is_empty() {
        String::new()
    } else {
        format!(" and {} more", further.len())
    };
    format!(
        "somebody changed or deleted {}{and}; all is again as the spec says",
        named.join(", ")
    )
}

fn event(type_: EventType, reason: &str, note: &str) -> Event {
    Event {
        type_,
        reason: reason.into(),
        // The API's limit is 1,024 bytes.
        note: Some(note.chars().take(900).collect()),
        action: "Reconcile".into(),
        secondary: None,
    }
}

/// Conditions whose status or reason is another than before, and are worth telling.
fn transitions<'a>(
    before: &[Condition],
    after: &'a [Condition],
) -> Vec<(EventType, &'a Condition)> {
    Aspect::ALL
        .into_iter()
        // Progressing says the same as Ready, and Available less.
        .filter(|aspect| !matches!(aspect, Aspect::Progressing | Aspect::Available))
        .filter_map(|aspect| {
            let now = after
                .iter()
                .find(|condition| condition.type_ == aspect.name())?;
            let old = before
                .iter()
                .find(|condition| condition.type_ == aspect.name());
            let same = old.is_some_and(|old| old.status == now.status && old.reason == now.reason);
            // What was never different is no news: "nothing failed" at the first look.
            let dull = match aspect {
                Aspect::Degraded => now.status == ConditionStatus::False,
                Aspect::Paused => now.status == ConditionStatus::False && old.is_none(),
                Aspect::Ready => now.status == ConditionStatus::False && now.reason != "RollingOut",
                Aspect::BackupHealthy | Aspect::MigrationsComplete => {
                    now.status == ConditionStatus::Unknown
                }
                _ => false,
            };
            if same || dull {
                return None;
            }
            let kind = if aspect.is_bad(now.status) && !is_step(&now.reason) {
                EventType::Warning
            } else {
                EventType::Normal
            };
            Some((kind, now))
        })
        .collect()
}

/// Reasons that belong to things going well.
fn is_step(reason: &str) -> bool {
    matches!(reason, "Running" | "BackingUp") || reason.starts_with("WaitingFor")
}
