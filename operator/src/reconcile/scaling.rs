//! How many workers the length of booking_queue asks for.

use std::time::Duration;

use chrono::TimeDelta;

use super::{Draft, queue};
use crate::{
    api::QueueScaling,
    build::{Kind, Plan, Service, rabbitmq_url_from_elsewhere},
    cluster::Seen,
};

/// How often the queue is looked at.
const LOOK: Duration = Duration::from_secs(10);
/// How long a number of workers stands before one of them is taken away.
const CALM: TimeDelta = TimeDelta::seconds(60);

/// The number of workers, where the queue decides; as it is when the queue can't be seen.
pub(super) async fn workers(seen: &Seen, plan: &Plan, draft: &mut Draft) -> Option<i32> {
    let scaling = plan.release.services.worker.autoscaling.as_ref()?;
    if plan.stopped {
        return None;
    }
    draft.look_again(LOOK);
    let live = seen
        .live
        .get(Kind::Deployment, &plan.of(Service::Worker.name()));
    let now = live
        .and_then(|live| live["spec"]["replicas"].as_i64())
        .and_then(|replicas| i32::try_from(replicas).ok())
        .unwrap_or(scaling.min);
    let length = queue::length(&rabbitmq_url_from_elsewhere(plan)).await;
    let calm = draft
        .status
        .worker
        .as_ref()
        .and_then(|worker| worker.scaled_at)
        .is_none_or(|scaled| seen.now - scaled >= CALM);
    let wanted = decide(scaling, now, length, calm);
    if wanted != now
        && let Some(worker) = &mut draft.status.worker
    {
        worker.scaled_at = Some(seen.now);
    }
    Some(wanted)
}

/// Up at once, down by one at a time and only when calm.
fn decide(scaling: &QueueScaling, now: i32, length: Option<u32>, calm: bool) -> i32 {
    let Some(length) = length else {
        return now.clamp(scaling.min, scaling.max);
    };
    let length = i32::try_from(length).unwrap_or(i32::MAX);
    let asked = length / scaling.messages_per_replica
        + i32::from(length % scaling.messages_per_replica != 0);
    let asked = asked.clamp(scaling.min, scaling.max);
    if asked >= now {
        asked
    } else if calm || now > scaling.max {
        asked.max(now - 1).min(scaling.max)
    } else {
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_at_once_down_slowly_and_never_blindly() {
        let scaling = QueueScaling {
            min: 1,
            max: 5,
            messages_per_replica: 100,
        };
        for (now, length, calm, wanted) in [
            (1, Some(0), true, 1),
            (1, Some(101), false, 2),
            (1, Some(10_000), false, 5),
            (5, Some(0), false, 5),
            (5, Some(0), true, 4),
            (3, None, true, 3),
            (0, None, true, 1),
            (9, Some(0), false, 5),
            (1, Some(u32::MAX), false, 5),
        ] {
            assert_eq!(
                decide(&scaling, now, length, calm),
                wanted,
                "{now} {length:?} {calm}"
            );
        }
    }
}
