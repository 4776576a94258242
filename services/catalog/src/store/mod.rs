//! SQL. Functions that read or write what belongs to an organisation ask in the same query for the caller's membership.

pub mod events;
pub mod imports;
pub mod organisations;
pub mod people;
pub mod search;
pub mod venues;
