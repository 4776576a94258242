//! Why a change of the inventory came to nothing.

use kit::Problem;

use crate::domain::Refusal;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// Its Idempotency-Key came with another request before.
    #[error("the Idempotency-Key came with another request before")]
    KeyReused(Problem),
    /// Another transaction took the same Idempotency-Key for another event: begin again and find its answer.
    #[error("the Idempotency-Key was taken by another transaction")]
    KeyRace,
    /// There is more to do than can be done; nothing was begun.
    #[error("too much is asked at once")]
    Overloaded,
    /// The transaction failed for all that were in it; the first of them got the cause.
    #[error("the database is not available")]
    Unavailable,
    /// Whoever was to answer is gone, or took too long: it is not known whether it was done.
    #[error("the work was abandoned")]
    Abandoned,
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

    /// Whether it is about the data, so that it may be the fault of one request alone; else no request could succeed.
    pub(super) fn is_about_data(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                // Classes of SQLSTATE: connections, resources, intervention, and the server's own faults.
                !self.is_timeout()
                    && !error.code().is_some_and(|code| {
                        ["08", "53", "57", "58", "XX"]
                            .iter()
                            .any(|class| code.starts_with(class))
                    })
            }
            Self::Database(error) => matches!(
                error,
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Encode(_) | sqlx::Error::Decode(_)
            ),
            Self::Overloaded | Self::Unavailable | Self::Abandoned => false,
            Self::Refused(_) | Self::KeyReused(_) | Self::KeyRace | Self::Inconsistent(_) => true,
        }
    }
}
