//! Migrations that fail, are interrupted or are taken back: the old release serves all the while.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use operator::{api::ConditionStatus, build::Kind};
use serde_json::{Value, json};

use crate::harness::{Hold, Load, Outcome, Platform, Shop, World, eventually, value_of};

const NEXT: &str = "ghcr.io/event-platform/booking:0.1.1";
const RATE: u64 = 50;
const SOON: Duration = Duration::from_secs(60);
/// Reading a table keeps its columns as they are, and nothing else.
const READS_EVENTS: &str = "LOCK TABLE events IN ACCESS SHARE MODE";
/// Roles can be read, so that everybody may connect; none can be changed.
const READS_ROLES: &str = "LOCK TABLE pg_authid IN SHARE MODE";

pub(crate) fn next_booking() -> Value {
    let mut spec = Platform::small();
    spec["services"]["booking"]["image"] = json!(NEXT);
    spec["migrations"] = json!({"maxRetries": 1});
    spec
}

/// As if the next release had never been there.
pub(crate) async fn forget(platform: &Platform) -> Result<()> {
    platform
        .psql(
            "booking",
            "ALTER TABLE events DROP COLUMN IF EXISTS next_release; DELETE FROM _sqlx_migrations WHERE version = 9999",
        )
        .await?;
    Ok(())
}

pub(crate) async fn image(platform: &Platform) -> Result<Value> {
    let deployment = platform.deployment("booking").await?;
    Ok(deployment["spec"]["template"]["spec"]["containers"][0]["image"].clone())
}

pub(crate) async fn failed_one_is_tried_again_and_the_old_release_serves(
    world: Arc<World>,
) -> Result<Outcome> {
    let platform = world.shared().await?;
    forget(&platform).await?;
    let before = image(&platform).await?;
    let shop = Shop::open(&platform).await?;
    let hold = Hold::take(&platform, "booking", READS_EVENTS).await?;
    let traffic = Load::of(&shop, RATE).start()?;
    platform.apply(&next_booking()).await?;
    let message = platform
        .condition(
            "MigrationsComplete",
            ConditionStatus::False,
            "MigrationFailed",
            SOON,
        )
        .await?;
    ensure!(message.contains("lock timeout"), "{message}");
    ensure!(message.contains("attempt 2 of 2"), "{message}");
    ensure!(message.contains("0.1.0 keeps serving"), "{message}");
    let (status, ..) = platform.condition_now("Available").await?;
    ensure!(status == ConditionStatus::True, "it is not available");
    ensure!(
        image(&platform).await? == before,
        "the new image runs on the old schema"
    );
    let report = traffic.stop().await?;
    world.figures.add(
        "requests while a migration failed",
        report.summary(),
        "0 failed",
    );
    report.flawless()?;
    hold.release().await?;

    // Another spec is another try, be it that it has longer.
    let mut longer = next_booking();
    longer["migrations"]["timeoutSeconds"] = json!(700);
    platform.apply(&longer).await?;
    platform.ready(SOON * 2).await?;
    ensure!(image(&platform).await? == NEXT);
    platform.apply(&Platform::small()).await?;
    platform.ready(SOON * 2).await?;
    forget(&platform).await?;
    Ok(Outcome::Passed)
}

/// The Job of a migration that is under way, held up at its beginning.
async fn under_way(platform: &Platform) -> Result<String> {
    platform.apply(&next_booking()).await?;
    value_of("the migration is under way", SOON, async || {
        let jobs = platform
            .objects(Kind::Job)
            .list("app.kubernetes.io/component=migrate")
            .await?;
        Ok(jobs
            .iter()
            .find(|job| {
                job["status"]["active"] == 1 && job["metadata"]["deletionTimestamp"].is_null()
            })
            .and_then(|job| {
                Some((
                    job["metadata"]["name"].as_str()?.to_owned(),
                    job["metadata"]["uid"].as_str()?.to_owned(),
                ))
            })
            .map(|(name, uid)| format!("{name} {uid}")))
    })
    .await
}

pub(crate) async fn job_deleted_halfway_is_run_again(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    forget(&platform).await?;
    let hold = Hold::take(&platform, "postgres", READS_ROLES).await?;
    let job = under_way(&platform).await?;
    let name = job.split(' ').next().unwrap_or_default();
    platform.objects(Kind::Job).delete(name).await?;
    hold.release().await?;
    platform.ready(SOON * 2).await?;
    ensure!(image(&platform).await? == NEXT);
    let column =
        "SELECT count(*) FROM information_schema.columns WHERE column_name = 'next_release'";
    ensure!(platform.psql("booking", column).await? == "1");
    Ok(Outcome::Passed)
}

pub(crate) async fn spec_taken_back_halfway_ends_it(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    forget(&platform).await?;
    let before = image(&platform).await?;
    let hold = Hold::take(&platform, "postgres", READS_ROLES).await?;
    let job = under_way(&platform).await?;
    platform.apply(&Platform::small()).await?;
    platform.ready(SOON).await?;
    let name = job.split(' ').next().unwrap_or_default();
    eventually("the Job is gone", SOON, async || {
        Ok(platform.objects(Kind::Job).get(name).await?.is_none())
    })
    .await?;
    hold.release().await?;
    ensure!(image(&platform).await? == before);
    let (status, reason, _) = platform.condition_now("MigrationsComplete").await?;
    ensure!(
        (status, reason.as_str()) == (ConditionStatus::True, "Succeeded"),
        "{status:?} ({reason})"
    );
    Ok(Outcome::Passed)
}

pub(crate) async fn annotation_tries_a_failed_one_again(world: Arc<World>) -> Result<Outcome> {
    let platform = world.bare().await?;
    forget(&platform).await?;
    let hold = Hold::take(&platform, "booking", READS_EVENTS).await?;
    let mut spec = Platform::hollow();
    spec["services"]["booking"]["image"] = json!(NEXT);
    spec["migrations"] = json!({"maxRetries": 0});
    platform.apply(&spec).await?;
    let message = platform
        .condition("Ready", ConditionStatus::False, "MigrationFailed", SOON)
        .await?;
    ensure!(
        message.contains("eventplatform.dev/migrate-again"),
        "{message}"
    );
    hold.release().await?;
    platform.migrate_again("nobody reads any more").await?;
    platform.ready(SOON).await?;
    ensure!(image(&platform).await? == NEXT);
    Ok(Outcome::Passed)
}
