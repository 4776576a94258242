//! Tests of the operator on a real cluster: `scripts/test-cluster`.
//!
//! They need the operator installed by its chart and the platform's images, hence the `cluster` feature.

mod apiserver;
mod backends;
mod backup;
mod chart;
mod deletion;
mod drift;
mod harness;
mod idle;
mod install;
mod leader;
mod malformed;
mod many;
mod migration;
mod names;
mod point_in_time;
mod recovery;
mod refusals;
mod rollback;
mod scaling;
mod secrets;
mod upgrade;
mod watched;

use std::process::ExitCode;

use self::harness::{Case, run};

macro_rules! cases {
    ($($($($module:ident :: $name:ident)->+)|+),* $(,)?) => {
        &[$(&[$(&[$(Case {
            name: concat!(stringify!($module), "::", stringify!($name)),
            run: |world| Box::pin($module::$name(world)),
        }),+]),+]),*]
    };
}

/// In this order: the first ones make the platform that later ones share. What `|` separates runs side by side, `->` one after
/// another. Cases that use the same platform never run side by side.
const CASES: &[&[&[Case]]] = cases![
    install::sample_is_ready_within_a_minute,
    install::buyer_gets_a_ticket,
    drift::what_went_wrong_meanwhile_is_healed,
    drift::forced_apply_of_another_manager_is_undone,
    drift::deleted_service_is_reached_again_within_seconds,
    rollback::image_that_does_not_exist,
    rollback::service_that_crashes_at_its_start,
    migration::failed_one_is_tried_again_and_the_old_release_serves,
    migration::job_deleted_halfway_is_run_again,
    migration::spec_taken_back_halfway_ends_it,
    secrets::rotated_password_rolls_its_service,
    leader::killed_one_is_followed_by_another,
    apiserver::restarted_in_the_middle_of_a_rollout,
    malformed::object_does_not_stop_the_others,
    chart::upgrade_brings_the_new_definition,
    idle::looks_without_a_change_are_short,
    // The exception: neither changes anything.
    idle::nothing_is_written_for_two_minutes | install::idle_platform_is_small,
    recovery::killed_pods_and_postgres_lose_nothing,
    scaling::paused_platform_is_left_alone,
    scaling::kubectl_scale_sets_the_workers,
    scaling::workers_follow_the_queue,
    scaling::autoscaled_number_survives,
    backup::restore_brings_the_data_back,
    backup::restore_deleted_halfway_is_finished,
    backup::failed_one_stops_the_upgrade,
    watched::by_prometheus,
    point_in_time::comes_back_from_a_lost_volume
        -> point_in_time::goes_back_to_a_moment
        | backends::bad_image_and_then_the_right_one
        -> backends::superuser_password_that_changes_is_taken_over
        -> migration::annotation_tries_a_failed_one_again
        | secrets::missing_one_is_waited_for
        -> deletion::while_it_is_being_installed
        -> deletion::after_it_failed
        -> names::of_somebody_else_are_left_alone
        -> backends::volume_that_cannot_grow_is_told
        -> refusals::say_what_to_do,
    backends::own_redis_goes_after_the_services_moved,
    deletion::data_are_taken_up_again | deletion::made_again_at_once,
    many::twenty_platforms_under_one_operator,
    upgrade::no_request_fails_meanwhile,
];

fn main() -> ExitCode {
    run(CASES)
}
