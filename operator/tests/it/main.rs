//! The operator's integration tests: one binary, no cluster.

mod crd;
mod rules;
mod schema;
