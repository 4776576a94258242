//! The operator's integration tests: one binary, no cluster.

mod apiserver;
mod crd;
mod kill_points;
mod objects;
mod rules;
mod schema;
mod ssa;
mod steps;
mod world;
