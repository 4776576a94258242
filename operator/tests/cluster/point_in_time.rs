//! PostgreSQL is taken back to a moment, also from a volume that is lost.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use operator::{
    api::{ConditionStatus, EventPlatformRestore, RestorePhase, RestoreStatus},
    build::Kind,
};
use serde_json::{Value, json};

use crate::harness::{Load, Outcome, Platform, Shop, World, apply, eventually, kubectl, value_of};

const SOON: Duration = Duration::from_secs(120);
/// The oldest booking that may be lost with a volume.
const MOST_LOST: Duration = Duration::from_secs(60);
/// How long people buy before it is lost: for several times the archive's timeout.
const SALE: Duration = Duration::from_secs(20);

fn with_archive() -> Value {
    let mut spec = Platform::small();
    spec["backup"] = json!({"schedule": "0 3 1 1 *", "pointInTime": {"archiveTimeoutSeconds": 5}});
    spec
}

async fn archived(world: &World) -> Result<Platform> {
    let platform = world.shared().await?;
    platform.apply(&with_archive()).await?;
    platform.ready(SOON).await?;
    eventually("there is a base backup", SOON, async || {
        Ok(!platform.ready_pods("archive").await?.is_empty())
    })
    .await?;
    Ok(platform)
}

/// Asks for a recovery and waits until it is over.
async fn recover(platform: &Platform, name: &str, target: &str) -> Result<RestoreStatus> {
    let manifest = json!({
        "apiVersion": "eventplatform.dev/v1alpha1",
        "kind": "EventPlatformRestore",
        "metadata": {"name": name, "namespace": platform.namespace},
        "spec": {"platform": platform.name, "targetTime": target},
    });
    apply(&["apply"], &manifest).await?;
    let api: kube::Api<EventPlatformRestore> =
        kube::Api::namespaced(platform.client.clone(), &platform.namespace);
    value_of("the restore is over", SOON * 2, async || {
        let status = api.get(name).await?.status.unwrap_or_default();
        Ok(status
            .phase
            .is_some_and(RestorePhase::is_over)
            .then_some(status))
    })
    .await
}

/// Base backups that were taken since PostgreSQL was recovered for the first, second, … time.
async fn base_backups(platform: &Platform, timeline: u32) -> Result<usize> {
    let labels = format!(
        "cat /archive/{}.{}/base/*/backup_label",
        platform.namespace, platform.name
    );
    let said = kubectl(&[
        "-n",
        &platform.namespace,
        "exec",
        &format!("deployment/{}", platform.of("archive")),
        "--",
        "sh",
        "-c",
        &labels,
    ])
    .await?;
    let wanted = format!("START TIMELINE: {timeline}");
    Ok(said.lines().filter(|line| **line == *wanted).count())
}

async fn timeline(platform: &Platform) -> Result<u32> {
    let now = "SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int";
    Ok(platform.psql("postgres", now).await?.parse()?)
}

pub(crate) async fn comes_back_from_a_lost_volume(world: Arc<World>) -> Result<Outcome> {
    let platform = archived(&world).await?;
    let shop = Shop::open(&platform).await?;
    let mut sold = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < SALE {
        sold.push((shop.buy().await?, Instant::now()));
    }
    let lost_at = Instant::now();
    platform
        .objects(Kind::PersistentVolumeClaim)
        .delete(&platform.of("postgres"))
        .await?;
    platform
        .pods_api()
        .kill(&format!("{}-0", platform.of("postgres")))
        .await?;

    eventually("PostgreSQL refuses to begin anew", SOON, async || {
        let (_, _, message) = platform.condition_now("DependenciesReady").await?;
        ensure!(
            message.contains("the volume is empty") && message.contains("targetTime: latest"),
            "{message}"
        );
        Ok(true)
    })
    .await?;
    let started = Instant::now();
    let status = recover(&platform, "lost-volume", "latest").await?;
    ensure!(status.phase == Some(RestorePhase::Succeeded), "{status:?}");
    platform.ready(SOON).await?;
    let took = started.elapsed();
    platform.answers(SOON).await?;

    let kept = value_of("the history can be read", SOON, async || {
        Ok(Some(shop.buyer.history(&shop.entrance).await?))
    })
    .await?;
    let lost: Vec<_> = sold.iter().filter(|(one, _)| !kept.contains(one)).collect();
    let oldest = lost
        .iter()
        .map(|(_, at)| lost_at.duration_since(*at))
        .max()
        .unwrap_or_default();
    world.figures.add(
        "bookings lost with the volume",
        format!(
            "{} of {}, the oldest {:.1} s old",
            lost.len(),
            sold.len(),
            oldest.as_secs_f64()
        ),
        format!("those of {} s", MOST_LOST.as_secs()),
    );
    world.figures.add(
        "recovery from a lost volume → Ready",
        format!("{:.1} s", took.as_secs_f64()),
        "",
    );
    ensure!(
        oldest <= MOST_LOST,
        "a booking of {oldest:?} before is lost"
    );
    ensure!(lost.len() < sold.len(), "nothing came back");
    let message = status.message.context("no message")?;
    ensure!(
        message.contains("confirmed bookings are there"),
        "{message}"
    );
    shop.buy().await?;
    let now = timeline(&platform).await?;
    eventually("a base backup of what is there now", SOON, async || {
        Ok(base_backups(&platform, now).await? > 0)
    })
    .await?;
    Ok(Outcome::Passed)
}

pub(crate) async fn goes_back_to_a_moment(world: Arc<World>) -> Result<Outcome> {
    let platform = archived(&world).await?;
    let now = timeline(&platform).await?;
    eventually("there is a base backup of this history", SOON, async || {
        Ok(base_backups(&platform, now).await? > 0)
    })
    .await?;
    let shop = Shop::open(&platform).await?;
    let before = shop.buy().await?;
    // Times of transactions and of this machine's clock are the same; a moment apart from both is between them.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let moment = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = shop.buy().await?;

    let traffic = Load::of(&shop, 20).start()?;
    for (name, target, reason) in [
        (
            "too-early",
            "2001-01-01T00:00:00Z",
            "no base backup from before",
        ),
        ("too-late", "2999-01-01T00:00:00Z", "is in the future"),
    ] {
        let status = recover(&platform, name, target).await?;
        let message = status.message.unwrap_or_default();
        ensure!(
            status.phase == Some(RestorePhase::Failed)
                && message.starts_with("nothing was changed: ")
                && message.contains(reason),
            "{message}"
        );
    }
    traffic.stop().await?.flawless()?;

    let status = recover(&platform, "to-a-moment", &moment).await?;
    ensure!(status.phase == Some(RestorePhase::Succeeded), "{status:?}");
    platform.ready(SOON).await?;
    platform.answers(SOON).await?;
    ensure!(shop.has(before).await?, "what was before is not there");
    eventually("what came after is gone", SOON, async || {
        let bookings = shop.buyer.history(&shop.entrance).await?;
        Ok(bookings.contains(&before) && !bookings.contains(&after))
    })
    .await?;
    shop.buy().await?;
    let (status, ..) = platform.condition_now("DependenciesReady").await?;
    ensure!(status == ConditionStatus::True, "a backend is not ready");
    platform.apply(&Platform::small()).await?;
    platform.ready(SOON).await?;
    Ok(Outcome::Passed)
}
