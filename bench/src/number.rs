//! Numbers of a size where floating point is exact enough.

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(crate) fn as_f64(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(crate) fn count(count: usize) -> f64 {
    count as f64
}

/// A positive number without its fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts of floats saturate"
)]
pub(crate) fn whole(number: f64) -> usize {
    number as usize
}
