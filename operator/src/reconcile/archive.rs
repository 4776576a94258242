//! Whether what is committed now could be recovered: what the pod that holds the archive says.

use super::pods;
use crate::{
    build::{Kind, part},
    cluster::Seen,
};

/// How the archive is.
pub(super) enum State {
    /// There is none.
    Absent,
    /// It is not known yet, or PostgreSQL is stopped for a recovery.
    Waiting,
    Healthy,
    /// Why, and where to look.
    Unhealthy(String),
}

/// By the Deployment, whose pod is ready while its own check says so. The pod ends when that has said no for minutes, and its last
/// words stay on record until it is ready again.
pub(super) fn state(seen: &Seen) -> State {
    let platform = seen.platform.metadata.name.as_deref().unwrap_or_default();
    let name = format!("{platform}-{}", part::ARCHIVE);
    if seen.platform.spec.point_in_time().is_none() {
        return State::Absent;
    }
    let Some(deployment) = seen.live.get(Kind::Deployment, &name) else {
        return State::Waiting;
    };
    if deployment["status"]["readyReplicas"].as_i64().unwrap_or(0) > 0 {
        return State::Healthy;
    }
    let said = seen
        .live
        .pods_of(part::ARCHIVE)
        .into_iter()
        .find_map(|pod| pods::fault(pod).or_else(|| pods::said_before(pod)));
    match said {
        Some(said) => State::Unhealthy(format!(
            "what is committed now could not be recovered: {said}; kubectl logs deployment/{name} --previous may tell more"
        )),
        None => State::Waiting,
    }
}
