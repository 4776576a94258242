//! Dumps, and what is put back from them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use operator::{
    api::{ConditionStatus, EventPlatformRestore, RestorePhase},
    build::{Kind, Service},
};
use serde_json::{Value, json};

use crate::{
    harness::{Hold, Load, Outcome, Platform, Shop, World, apply, eventually, kubectl, value_of},
    migration::{forget, image, next_booking},
};

const SOON: Duration = Duration::from_secs(90);

fn with_backups(mut spec: Value) -> Value {
    spec["backup"] = json!({"schedule": "0 3 1 1 *"});
    spec
}

async fn last_dump(platform: &Platform) -> Result<Option<String>> {
    let last = platform.status().await?.last_backup;
    Ok(last.map(|backup| backup.name))
}

/// One more dump, as people take one by hand; its name.
async fn dump(platform: &Platform) -> Result<String> {
    let before = last_dump(platform).await?;
    let cron = format!("cronjob/{}", platform.of("backup"));
    let name = format!("--from={cron}");
    let job = format!(
        "{}-{}",
        platform.of("by-hand"),
        &uuid::Uuid::now_v7().simple().to_string()[20..]
    );
    kubectl(&["-n", &platform.namespace, "create", "job", &job, &name]).await?;
    value_of("the status knows the dump", SOON, async || {
        Ok(last_dump(platform)
            .await?
            .filter(|name| before.as_ref() != Some(name)))
    })
    .await
}

/// Makes an EventPlatformRestore of the dump; its name.
async fn restore(platform: &Platform, dump: &str) -> Result<String> {
    let name = format!("back-to-{}", dump.to_lowercase());
    let manifest = json!({
        "apiVersion": "eventplatform.dev/v1alpha1",
        "kind": "EventPlatformRestore",
        "metadata": {"name": name, "namespace": platform.namespace},
        "spec": {"platform": platform.name, "backup": dump},
    });
    apply(&["apply"], &manifest).await?;
    Ok(name)
}

fn restores(platform: &Platform) -> kube::Api<EventPlatformRestore> {
    kube::Api::namespaced(platform.client.clone(), &platform.namespace)
}

/// What the dump has is there, what came later is not.
async fn is_put_back(
    shop: &Shop,
    before: contracts::BookingId,
    after: contracts::BookingId,
) -> Result<()> {
    ensure!(shop.has(before).await?, "what the dump has is not there");
    eventually("what came after the dump is gone", SOON, async || {
        let bookings = shop.buyer.history(&shop.entrance).await?;
        Ok(bookings.contains(&before) && !bookings.contains(&after))
    })
    .await?;
    shop.buy().await?;
    Ok(())
}

pub(crate) async fn restore_brings_the_data_back(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    platform.apply(&with_backups(Platform::small())).await?;
    platform.ready(SOON).await?;
    let shop = Shop::open(&platform).await?;
    let before = shop.buy().await?;
    let name = dump(&platform).await?;
    let after = shop.buy().await?;

    let restore = restore(&platform, &name).await?;
    let started = Instant::now();
    let status = value_of("the restore is over", SOON * 2, async || {
        let status = restores(&platform)
            .get(&restore)
            .await?
            .status
            .unwrap_or_default();
        Ok(status
            .phase
            .is_some_and(RestorePhase::is_over)
            .then_some(status))
    })
    .await?;
    ensure!(status.phase == Some(RestorePhase::Succeeded), "{status:?}");
    ensure!(
        status.backup.as_deref() == Some(name.as_str()),
        "{status:?}"
    );
    platform.ready(SOON).await?;
    world.figures.add(
        "restore → Ready",
        format!("{:.1} s", started.elapsed().as_secs_f64()),
        "",
    );
    platform.answers(SOON).await?;
    is_put_back(&shop, before, after).await?;

    let changed = kubectl(&[
        "-n",
        &platform.namespace,
        "patch",
        "epr",
        &restore,
        "--type=merge",
        "-p",
        r#"{"spec": {"platform": "another"}}"#,
    ])
    .await
    .err()
    .context("a restore was changed")?;
    ensure!(
        changed
            .to_string()
            .contains("a restore cannot be changed once it is made"),
        "{changed}"
    );
    Ok(Outcome::Passed)
}

/// Its EventPlatformRestore goes while some databases are put back and others are not yet: nothing starts before all are.
pub(crate) async fn restore_deleted_halfway_is_finished(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    platform.apply(&with_backups(Platform::small())).await?;
    platform.ready(SOON).await?;
    let shop = Shop::open(&platform).await?;
    let before = shop.buy().await?;
    let name = dump(&platform).await?;
    let after = shop.buy().await?;

    let hold = Hold::take(
        &platform,
        "booking",
        "LOCK TABLE events IN ACCESS SHARE MODE",
    )
    .await?;
    let restore = restore(&platform, &name).await?;
    let held_up = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'booking' AND wait_event_type = 'Lock'";
    eventually("booking's database is next", SOON, async || {
        Ok(platform.psql("booking", held_up).await? == "1")
    })
    .await?;
    restores(&platform)
        .delete(&restore, &kube::api::DeleteParams::default())
        .await?;
    eventually("it is waited for", SOON, async || {
        let (_, reason, message) = platform.condition_now("Ready").await?;
        Ok(reason == "Restoring" && message.contains("its EventPlatformRestore was deleted"))
    })
    .await?;
    for service in Service::MIGRATED {
        let pods = platform.pods(service.name()).await?;
        ensure!(pods.is_empty(), "{service} runs on what is half put back");
    }
    hold.release().await?;
    platform.ready(SOON).await?;
    platform.answers(SOON).await?;
    is_put_back(&shop, before, after).await?;
    Ok(Outcome::Passed)
}

/// A table that nobody but its owner may read: the dump before the migration can't be taken.
pub(crate) async fn failed_one_stops_the_upgrade(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    forget(&platform).await?;
    let old = image(&platform).await?;
    let shop = Shop::open(&platform).await?;
    platform
        .psql("sandbox", "CREATE TABLE somebodys_own ()")
        .await?;
    let traffic = Load::of(&shop, 50).start()?;
    platform.apply(&with_backups(next_booking())).await?;
    let message = platform
        .condition("Degraded", ConditionStatus::True, "BackupFailed", SOON)
        .await?;
    ensure!(
        message.contains("permission denied for table somebodys_own"),
        "{message}"
    );
    let (status, reason, _) = platform.condition_now("MigrationsComplete").await?;
    ensure!(
        (status, reason.as_str()) == (ConditionStatus::False, "BackupFailed"),
        "{status:?} ({reason})"
    );
    let jobs = platform
        .objects(Kind::Job)
        .list("app.kubernetes.io/component=migrate")
        .await?;
    ensure!(
        jobs.iter().all(|job| job["status"]["active"].is_null()),
        "it migrates without a dump"
    );
    ensure!(image(&platform).await? == old, "the new release runs");
    let report = traffic.stop().await?;
    world.figures.add(
        "requests while the dump before a migration failed",
        report.summary(),
        "0 failed",
    );
    report.flawless()?;
    platform.psql("sandbox", "DROP TABLE somebodys_own").await?;
    platform.apply(&Platform::small()).await?;
    platform.ready(SOON).await?;
    Ok(Outcome::Passed)
}
