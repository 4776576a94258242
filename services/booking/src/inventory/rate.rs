//! How fast holds are committed while there is work: what a waiting room may let in.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Busy time after which a measurement counts for a third.
const MEMORY: f64 = 5.0;

/// Holds committed per second of busy time; what is longer ago counts less.
#[derive(Debug, Default)]
pub(super) struct DrainRate(Mutex<Measured>);

#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    holds: f64,
    seconds: f64,
}

impl DrainRate {
    /// A batch took `busy` and committed `holds`.
    pub(super) fn record(&self, holds: u32, busy: Duration) {
        let busy = busy.as_secs_f64();
        let kept = (-busy / MEMORY).exp();
        let mut measured = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        measured.holds = measured.holds * kept + f64::from(holds);
        measured.seconds = measured.seconds * kept + busy;
    }

    /// Holds per second; `None` before the first one.
    pub(super) fn per_second(&self) -> Option<f64> {
        let measured = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (measured.holds > 0.0 && measured.seconds > 0.0).then(|| measured.holds / measured.seconds)
    }

    /// Holds that are committed within a time; 0 before the first one.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the pace of holds is neither negative nor near 2^53"
    )]
    pub(super) fn within(&self, time: Duration) -> usize {
        (self.per_second().unwrap_or_default() * time.as_secs_f64()) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_time_does_not_count_and_the_past_fades() {
        let rate = DrainRate::default();
        assert_eq!(rate.per_second(), None);
        for _ in 0..100 {
            rate.record(100, Duration::from_millis(100));
        }
        assert!((rate.per_second().unwrap() - 1_000.0).abs() < 1.0);
        for _ in 0..300 {
            rate.record(10, Duration::from_millis(100));
        }
        assert!((rate.per_second().unwrap() - 100.0).abs() < 5.0);
    }
}
