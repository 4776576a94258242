//! Tests of the operator on a real cluster: `scripts/test-cluster`.
//!
//! They need the operator installed by its chart and the platform's images, hence the `cluster` feature.

mod drift;
mod harness;
mod install;
mod leader;
mod migration;
mod rollback;
mod secrets;

use std::process::ExitCode;

use self::harness::{Case, run};

macro_rules! cases {
    ($($module:ident :: $name:ident),* $(,)?) => {
        &[$(Case {
            name: concat!(stringify!($module), "::", stringify!($name)),
            run: |world| Box::pin($module::$name(world)),
        }),*]
    };
}

/// In this order: the first ones make the platform that later ones share.
const CASES: &[Case] = cases![
    install::sample_is_ready_within_a_minute,
    install::buyer_gets_a_ticket,
    install::idle_platform_is_small,
    drift::what_went_wrong_meanwhile_is_healed,
    drift::forced_apply_of_another_manager_is_undone,
    rollback::image_that_does_not_exist,
    rollback::service_that_crashes_at_its_start,
    migration::failed_one_leaves_the_old_release_serving,
    migration::job_deleted_halfway_is_run_again,
    migration::spec_taken_back_halfway_ends_it,
    secrets::missing_one_is_waited_for,
    secrets::rotated_password_rolls_its_service,
    leader::killed_one_is_followed_by_another,
];

fn main() -> ExitCode {
    run(CASES)
}
