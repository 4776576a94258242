//! SQL. Functions that take a connection belong into the caller's transaction.

pub mod buyers;
pub mod checks;
pub mod documents;
pub mod figures;
pub mod keys;
pub mod operations;
pub mod payments;
pub mod refunds;
pub mod tickets;
pub mod webhooks;

/// What a column says can't be: a fault of ours.
fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
