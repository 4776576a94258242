//! The API server as the operator uses it: read everything at once, apply what differs, delete what is left over.

mod apply;
mod diff;
mod error;
mod live;
mod read;

pub use self::{
    apply::{Applied, Applier},
    diff::covers,
    error::Error,
    live::Live,
    read::{Seen, referenced},
};

/// The field manager of everything that the operator applies.
pub const MANAGER: &str = "event-platform-operator";
/// Holds the digest of what was last applied: where it still stands but the object differs, somebody else has changed it.
pub const APPLIED: &str = "eventplatform.dev/applied";
