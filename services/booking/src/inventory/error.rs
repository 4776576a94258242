//! Why a change of the inventory came to nothing.

use crate::domain::Refusal;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// Another transaction took the same Idempotency-Key for another event: begin again and find its answer.
    #[error("the Idempotency-Key was taken by another transaction")]
    KeyRace,
    /// Rows contradict each other; the transaction must be rolled back.
    #[error("the inventory is inconsistent: {0}")]
    Inconsistent(String),
}

impl Error {
    /// Whether the same transaction may succeed when it is run again: deadlock, serialization failure, lost race for a key.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::KeyRace => true,
            Self::Database(sqlx::Error::Database(error)) => {
                matches!(error.code().as_deref(), Some("40001" | "40P01"))
            }
            _ => false,
        }
    }

    /// Whether PostgreSQL took too long: a lock or a statement ran into its limit.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error))
            if matches!(error.code().as_deref(), Some("55P03" | "57014")))
    }
}
