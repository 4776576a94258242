//! The worker's tables.

pub(crate) mod contacts;
pub(crate) mod events;
pub(crate) mod mails;
