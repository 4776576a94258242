//! Reading and writing what needs no stock; everything that changes stock is in [`crate::inventory`].

pub mod bookings;
pub mod check_ins;
pub mod events;
pub mod figures;
pub mod queue;
pub mod sales;
pub mod stock;
pub mod tickets;
pub mod waiting_list;

/// A column holds what this release does not know.
pub(crate) fn corrupt(
    column: &str,
    error: impl std::error::Error + Send + Sync + 'static,
) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(error),
    }
}

/// Counts in the database are never negative; the type there is signed.
pub(crate) fn count(value: impl TryInto<u32>) -> u32 {
    value.try_into().unwrap_or(0)
}
