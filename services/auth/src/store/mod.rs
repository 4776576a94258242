//! SQL.

pub mod keys;
pub mod resets;
pub mod users;
