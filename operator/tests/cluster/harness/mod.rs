//! What the tests on a cluster share.

mod chart;
mod diagnosis;
mod figures;
mod hold;
mod kubectl;
mod objects;
mod platform;
mod runner;
mod shop;
mod traffic;
mod usage;
mod wait;
mod world;

pub(crate) use self::{
    chart::Operator,
    hold::Hold,
    kubectl::{apply, kubectl, run_program},
    objects::platforms,
    platform::Platform,
    runner::{Case, Outcome, run},
    shop::Shop,
    traffic::Load,
    usage::{cpu, memory},
    wait::{eventually, value_of},
    world::World,
};
