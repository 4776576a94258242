//! Whether PostgreSQL, Redis and RabbitMQ are there.

use serde_json::Value;

use super::{Aspect, Draft, pods};
use crate::{
    api::ConditionStatus,
    build::{self, Backend, Kind, Plan},
    cluster::Seen,
};

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
            "Ready",
            "PostgreSQL, Redis and RabbitMQ are ready",
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
    draft.set(
        Aspect::DependenciesReady,
        ConditionStatus::False,
        reason,
        message.clone(),
    );
    draft.block(reason, activity, message);
    false
}

fn is_ready(set: Option<&Value>) -> bool {
    let Some(set) = set else { return false };
    let status = &set["status"];
    status["observedGeneration"].as_i64() >= set["metadata"]["generation"].as_i64()
        && status["readyReplicas"].as_i64().unwrap_or(0) >= 1
        && (status["updateRevision"].is_null()
            || status["currentRevision"] == status["updateRevision"])
}
