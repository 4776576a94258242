//! A platform can be deleted in any state, and its data stay unless the spec says otherwise.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use operator::{api::ConditionStatus, build::Kind};
use serde_json::{Value, json};

use crate::harness::{Outcome, Platform, Shop, World, eventually, kubectl};

/// A pod that ends drains for up to 45 s.
const GONE_WITHIN: Duration = Duration::from_secs(60);
/// A finalizer.
const HOLD: &str = "eventplatform.dev/cluster-test";

fn tiny() -> Value {
    let mut spec = Platform::hollow();
    spec["deletionPolicy"] = json!("Delete");
    spec
}

async fn claims(platform: &Platform) -> Result<usize> {
    Ok(platform
        .objects(Kind::PersistentVolumeClaim)
        .list("")
        .await?
        .len())
}

pub(crate) async fn while_it_is_being_installed(world: Arc<World>) -> Result<Outcome> {
    let platform = world.platform("installing").await?;
    platform.apply(&tiny()).await?;
    eventually("it has begun", GONE_WITHIN, async || {
        Ok(platform
            .objects(Kind::StatefulSet)
            .get(&platform.of("postgres"))
            .await?
            .is_some())
    })
    .await?;
    let took = platform.delete(GONE_WITHIN).await?;
    world.figures.add(
        "deleted while installing → gone",
        format!("{:.1} s", took.as_secs_f64()),
        "≤ 60 s",
    );
    nothing_is_left(&platform).await?;
    Ok(Outcome::Passed)
}

pub(crate) async fn after_it_failed(world: Arc<World>) -> Result<Outcome> {
    let platform = world.platform("failed").await?;
    let mut spec = tiny();
    spec["services"]["auth"]["image"] = json!("ghcr.io/event-platform/auth:absent");
    platform.apply(&spec).await?;
    let message = platform
        .condition(
            "MigrationsComplete",
            ConditionStatus::False,
            "CannotStart",
            GONE_WITHIN * 2,
        )
        .await?;
    ensure!(message.contains("auth:absent"), "{message}");
    platform.delete(GONE_WITHIN).await?;
    nothing_is_left(&platform).await?;
    Ok(Outcome::Passed)
}

async fn nothing_is_left(platform: &Platform) -> Result<()> {
    eventually(
        "volumes and credentials are gone",
        GONE_WITHIN,
        async || {
            let credentials = platform
                .objects(Kind::Secret)
                .get(&platform.of("credentials"))
                .await?;
            Ok(claims(platform).await? == 0 && credentials.is_none())
        },
    )
    .await?;
    Ok(())
}

/// The whole platform with what was bought on it: gone, and there again.
pub(crate) async fn data_are_taken_up_again(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let shop = Shop::open(&platform).await?;
    let booking = shop.buy().await?;
    let uid = platform
        .uid(Kind::PersistentVolumeClaim, "postgres")
        .await?;
    let password = platform
        .objects(Kind::Secret)
        .expect(&platform.of("credentials"))
        .await?;
    platform.delete(GONE_WITHIN).await?;
    ensure!(
        platform
            .uid(Kind::PersistentVolumeClaim, "postgres")
            .await?
            == uid,
        "the volume is another one"
    );
    let kept = platform
        .objects(Kind::Secret)
        .get(&platform.of("credentials"))
        .await?
        .context("no credentials")?;
    ensure!(
        kept["data"] == password["data"],
        "the credentials are others"
    );

    platform.apply(&Platform::small()).await?;
    let took = platform.ready(Duration::from_secs(90)).await?;
    world.figures.add(
        "taken up again → Ready",
        format!("{:.1} s", took.as_secs_f64()),
        "",
    );
    ensure!(
        platform
            .uid(Kind::PersistentVolumeClaim, "postgres")
            .await?
            == uid
    );
    platform.answers(GONE_WITHIN).await?;
    let entrance = testkit::platform::Entrance::new(&platform.address().await?);
    let found = shop.buyer.booking(&entrance, booking).await?;
    ensure!(found["status"] == "confirmed", "{found}");
    ensure!(shop.buyer.tickets(&entrance, booking).await?.len() == 2);
    Ok(Outcome::Passed)
}

/// Nothing is made on what is still being destroyed; then all is new.
pub(crate) async fn made_again_at_once(world: Arc<World>) -> Result<Outcome> {
    let platform = world.bare().await?;
    platform.apply(&tiny()).await?;
    platform.ready(GONE_WITHIN).await?;
    platform
        .psql("postgres", "CREATE TABLE former_one ()")
        .await?;
    let claims = platform.objects(Kind::PersistentVolumeClaim);
    let claim = platform.of("postgres");
    let former = platform
        .uid(Kind::PersistentVolumeClaim, "postgres")
        .await?;
    // So that it takes until this says so.
    claims
        .merge(&claim, &json!({"metadata": {"finalizers": [HOLD]}}))
        .await?;
    let uid = platform.get().await?.context("no platform")?.metadata.uid;
    platform
        .api()
        .delete(&platform.name, &kube::api::DeleteParams::background())
        .await?;
    eventually("it is made again", GONE_WITHIN, async || {
        if platform
            .get()
            .await?
            .is_some_and(|found| found.metadata.uid == uid)
        {
            return Ok(false);
        }
        platform.apply(&tiny()).await?;
        Ok(true)
    })
    .await?;
    let waits = format!("PersistentVolumeClaim {claim} of the former platform of this name");
    eventually("it waits for the volume", GONE_WITHIN, async || {
        let (_, reason, message) = platform.condition_now("Ready").await?;
        Ok(reason == "BeingDeleted" && message.starts_with(&waits))
    })
    .await?;
    ensure!(
        platform
            .objects(Kind::StatefulSet)
            .get(&claim)
            .await?
            .is_none(),
        "PostgreSQL runs on the former platform's volume"
    );
    claims
        .merge(&claim, &json!({"metadata": {"finalizers": null}}))
        .await?;
    platform.ready(GONE_WITHIN * 2).await?;
    ensure!(
        platform
            .uid(Kind::PersistentVolumeClaim, "postgres")
            .await?
            != former,
        "the volume is the former one"
    );
    let tables = "SELECT count(*) FROM pg_tables WHERE tablename = 'former_one'";
    ensure!(
        platform.psql("postgres", tables).await? == "0",
        "data of the former platform are there"
    );
    // Nobody shares it any more.
    kubectl(&["delete", "namespace", &platform.namespace, "--wait=false"]).await?;
    Ok(Outcome::Passed)
}
