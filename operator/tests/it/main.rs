//! The operator's integration tests: one binary, no cluster.

mod apiserver;
mod bounds;
mod controllers;
mod crd;
mod drift;
mod gauges;
mod kill_points;
mod migrations;
mod names;
mod objects;
mod plans;
mod recoveries;
mod refusals;
mod restores;
mod rollouts;
mod rules;
mod scaling;
mod schema;
mod secrets;
mod ssa;
mod status;
mod support;
mod world;
