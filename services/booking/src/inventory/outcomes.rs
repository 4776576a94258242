//! What became of bookings, as metrics: counted once it is committed, a few numbers for a whole transaction.

use kit::metrics;

use crate::domain::{BookingStatus, Refusal};

/// How many bookings came to each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcomes([u64; BookingStatus::ALL.len()]);

impl Outcomes {
    /// Of changes from a state to a state; a booking that stays where it is doesn't count.
    pub(super) fn of(
        changes: impl Iterator<Item = (Option<BookingStatus>, BookingStatus)>,
    ) -> Self {
        let mut counts = Self::default();
        for (from, to) in changes {
            if from != Some(to) {
                counts.0[to as usize] += 1;
            }
        }
        counts
    }

    /// Call it when they are committed.
    pub(super) fn count(self) {
        for (status, count) in BookingStatus::ALL.into_iter().zip(self.0) {
            if count > 0 {
                metrics::counter!("bookings_total", "outcome" => status.as_str()).increment(count);
            }
        }
    }
}

/// A hold was refused before the inventory was asked.
pub fn refused(refusal: &Refusal) {
    asked(refusal.code());
}

/// A request for a hold was answered.
pub(super) fn asked(outcome: &'static str) {
    metrics::counter!("booking_holds_total", "outcome" => outcome).increment(1);
}

/// What the inventory's metrics mean; those that tell of a sale are there from the beginning.
pub(super) fn describe() {
    metrics::describe_counter!(
        "bookings_total",
        "Bookings that came to a state, by that state"
    );
    metrics::describe_counter!("booking_holds_total", "Requests for a hold, by outcome");
    metrics::describe_counter!(
        "booking_holds_shed_total",
        "Requests for a hold that were refused because too many waited, by reason"
    );
    metrics::describe_counter!("booking_holds_expired_total", "Holds that ran out");
    metrics::describe_histogram!("booking_batch_size", "Requests in one transaction");
    metrics::describe_histogram!(
        "booking_batch_wait_seconds",
        "How long requests waited until their transaction began"
    );
    for status in BookingStatus::ALL {
        metrics::counter!("bookings_total", "outcome" => status.as_str()).increment(0);
    }
    for outcome in ["held", "sold_out", "overloaded"] {
        metrics::counter!("booking_holds_total", "outcome" => outcome).increment(0);
    }
    metrics::counter!("booking_holds_expired_total").increment(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_counts_by_where_it_comes_to() {
        use BookingStatus::{Cancelled, Confirmed, Held};
        let changes = [
            (None, Held),
            (Some(Held), Confirmed),
            (None, Held),
            // One of its tickets was cancelled.
            (Some(Confirmed), Confirmed),
            (Some(Confirmed), Cancelled),
        ];
        let counts = Outcomes::of(changes.into_iter()).0;
        let of = |status| {
            let place = BookingStatus::ALL.iter().position(|one| *one == status);
            counts[place.unwrap()]
        };
        assert_eq!((of(Held), of(Confirmed), of(Cancelled)), (2, 1, 1));
        assert_eq!(counts.iter().sum::<u64>(), 4);
    }
}
