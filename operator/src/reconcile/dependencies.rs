//! Whether PostgreSQL, Redis and RabbitMQ are there.

use std::time::Duration;

use serde_json::Value;

use super::{Aspect, Draft, pods};
use crate::{
    api::ConditionStatus,
    build::{self, Backend, Kind, Plan},
    cluster::Seen,
};

/// How often pods, which aren't watched, are looked at while a backend is awaited.
const GLANCE: Duration = Duration::from_secs(5);

/// Reports on the backends; true when all are ready. One that is somebody else's counts as ready: services tell when it is not.
pub(super) fn observe(seen: &Seen, plan: &Plan, draft: &mut Draft) -> bool {
    let waiting: Vec<_> = Backend::ALL
        .into_iter()
        .filter(|backend| build::dependency(&plan.spec, *backend).managed.is_some())
        .filter(|backend| !is_ready(seen.live.get(Kind::StatefulSet, &plan.of(backend.name()))))
        .collect();
    let Some(first) = waiting.first() else {
        draft.set(
            Aspect::DependenciesReady,
            ConditionStatus::True,
            "BackendsReady",
            ready(plan),
        );
        return true;
    };
    let (reason, activity) = match first {
        Backend::Postgres => ("WaitingForPostgres", "WaitingForPostgres"),
        Backend::Redis => ("WaitingForRedis", "WaitingForRedis"),
        Backend::RabbitMq => ("WaitingForRabbitMq", "WaitingForRabbitMq"),
    };
    let sentences: Vec<_> = waiting
        .iter()
        .map(|backend| {
            if *backend == Backend::Postgres && plan.recovering {
                return "PostgreSQL is stopped while its volume is recovered".into();
            }
            let fault = seen
                .live
                .pods_of(backend.name())
                .into_iter()
                .find_map(pods::trouble);
            match fault {
                Some(fault) => format!("{} is not ready: {fault}", backend.title()),
                None => format!("{} is starting", backend.title()),
            }
        })
        .collect();
    let message = sentences.join("; ");
    draft.look_again(GLANCE);
    draft.set(
        Aspect::DependenciesReady,
        ConditionStatus::False,
        reason,
        message.clone(),
    );
    draft.block(reason, activity, message);
    false
}

fn ready(plan: &Plan) -> String {
    let (managed, external): (Vec<_>, Vec<_>) = Backend::ALL
        .into_iter()
        .partition(|backend| build::dependency(&plan.spec, *backend).managed.is_some());
    let names = |backends: Vec<Backend>| {
        backends
            .into_iter()
            .map(Backend::title)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (managed.is_empty(), external.is_empty()) {
        (_, true) => format!("{} are ready", names(managed)),
        (true, false) => format!("{} are somebody else's and not watched", names(external)),
        (false, false) => format!(
            "{} ready; somebody else's and not watched: {}",
            names(managed),
            names(external)
        ),
    }
}

fn is_ready(set: Option<&Value>) -> bool {
    let Some(set) = set else { return false };
    let status = &set["status"];
    status["observedGeneration"].as_i64() >= set["metadata"]["generation"].as_i64()
        && status["readyReplicas"].as_i64().unwrap_or(0) >= 1
        && (status["updateRevision"].is_null()
            || status["currentRevision"] == status["updateRevision"])
}
