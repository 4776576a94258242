//! Nothing is left in the broker, also not among what was given up.

use anyhow::Result;
use contracts::topology::{Queue, RETRY_DELAYS};

use super::{Audit, Finding};

impl Audit<'_> {
    pub(super) async fn queues_are_empty(&self) -> Result<Finding> {
        let mut breaches = Vec::new();
        for (name, messages) in self.platform.vhost.depths().await? {
            if messages > 0 && is_ours(&name) {
                breaches.push(format!("{name}: {messages} messages"));
            }
        }
        Ok(Finding::new(
            "no message waits for its consumer or was given up",
            breaches,
        ))
    }
}

fn is_ours(name: &str) -> bool {
    Queue::ALL.into_iter().any(|queue| {
        name == queue.name()
            || name == queue.dead_name()
            || (0..RETRY_DELAYS.len()).any(|retry| name == queue.retry_name(retry))
    })
}
