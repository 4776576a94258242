//! How long a task waits for its turn on the threads that answer requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// A turn that takes longer to come means that more is asked than those threads can answer, if only with a refusal.
const LATE: Duration = Duration::from_millis(10);

/// Measured while somebody asks, by one task at a time that goes once round the queue; nothing wakes up when nobody does.
#[derive(Clone, Debug, Default)]
pub(super) struct Strain(Arc<Measured>);

#[derive(Debug, Default)]
struct Measured {
    micros: AtomicU64,
    under_way: AtomicBool,
}

impl Strain {
    /// Whether the last turn came late. Measures the next one, on the runtime that this is called on.
    pub(super) fn is_late(&self) -> bool {
        if !self.0.under_way.swap(true, Relaxed) {
            let measured = self.0.clone();
            let since = Instant::now();
            tokio::spawn(async move {
                // The first turn comes at once, before all that waits already.
                tokio::task::yield_now().await;
                let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
                measured.micros.store(micros, Relaxed);
                measured.under_way.store(false, Relaxed);
            });
        }
        Duration::from_micros(self.0.micros.load(Relaxed)) > LATE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_are_late_while_others_take_long() {
        let strain = Strain::default();
        let measured = async || {
            strain.is_late();
            while strain.0.under_way.load(Relaxed) {
                tokio::task::yield_now().await;
            }
            Duration::from_micros(strain.0.micros.load(Relaxed)) > LATE
        };
        let busy = tokio::spawn(async {
            loop {
                std::thread::sleep(LATE);
                tokio::task::yield_now().await;
            }
        });
        assert!(measured().await);
        busy.abort();
        assert!(busy.await.is_err());
        assert!(!measured().await);
    }
}
