//! Secrets that come late, and secrets that change.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use operator::{api::ConditionStatus, build::Kind};
use serde_json::json;

use crate::harness::{Load, Outcome, Platform, Shop, World, apply, eventually};

const SOON: Duration = Duration::from_secs(30);

pub(crate) async fn missing_one_is_waited_for(world: Arc<World>) -> Result<Outcome> {
    let platform = world.platform("waiting").await?;
    let mut spec = Platform::hollow();
    spec["redis"] = json!({"external": {"secretRef": {"name": "our-redis"}}});
    platform.apply(&spec).await?;
    let message = platform
        .condition(
            "DependenciesReady",
            ConditionStatus::False,
            "SecretMissing",
            SOON,
        )
        .await?;
    ensure!(
        message
            == "there is no Secret our-redis, which spec.redis.external.secretRef names; make it with REDIS_URL",
        "{message}"
    );
    let secret = |data| {
        json!({
            "apiVersion": "v1", "kind": "Secret", "stringData": data,
            "metadata": {"name": "our-redis", "namespace": platform.namespace},
        })
    };
    apply(
        &["apply"],
        &secret(json!({"REDIS_URI": "redis://10.0.0.1"})),
    )
    .await?;
    let message = platform
        .condition(
            "DependenciesReady",
            ConditionStatus::False,
            "SecretIncomplete",
            SOON,
        )
        .await?;
    ensure!(message.ends_with("lacks REDIS_URL"), "{message}");
    apply(
        &["apply"],
        &secret(json!({"REDIS_URL": "redis://10.0.0.1:6379"})),
    )
    .await?;
    // Nothing more is asked of somebody else's Redis; the platform goes on with its own PostgreSQL.
    eventually("it goes on", SOON, async || {
        let (_, reason, message) = platform.condition_now("DependenciesReady").await?;
        ensure!(!reason.starts_with("Secret"), "{message}");
        Ok(true)
    })
    .await?;
    Ok(Outcome::Passed)
}

/// A database password is changed where the operator keeps them: the role gets it, also before what is dumped first; pods roll,
/// nobody notices.
pub(crate) async fn rotated_password_rolls_its_service(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let mut spec = Platform::small();
    spec["backup"] = json!({"schedule": "0 3 1 1 *"});
    platform.apply(&spec).await?;
    platform.ready(SOON).await?;
    let shop = Shop::open(&platform).await?;
    let dumped = platform.status().await?.last_backup;
    let pods = async |part: &str| -> Result<Vec<String>> {
        let pods = platform.ready_pods(part).await?;
        let mut uids: Vec<_> = pods
            .iter()
            .map(|pod| pod["metadata"]["uid"].to_string())
            .collect();
        uids.sort();
        Ok(uids)
    };
    let (booking, catalog) = (pods("booking").await?, pods("catalog").await?);
    let traffic = Load::of(&shop, 50).start()?;
    let rotated = "rotated0rotated0rotated0rotated0";
    platform
        .objects(Kind::Secret)
        .merge(
            &platform.of("credentials"),
            &json!({"data": {"BOOKING_DATABASE_PASSWORD": BASE64.encode(rotated)}}),
        )
        .await?;
    eventually(
        "booking's pods are all new",
        Duration::from_secs(120),
        async || {
            let now = pods("booking").await?;
            Ok(now.len() == booking.len() && now.iter().all(|uid| !booking.contains(uid)))
        },
    )
    .await?;
    platform.ready(Duration::from_secs(60)).await?;
    let report = traffic.stop().await?;
    world.figures.add(
        "requests while a database password was rotated",
        report.summary(),
        "0 failed",
    );
    report.flawless()?;
    ensure!(
        pods("catalog").await? == catalog,
        "catalog's pods rolled, too"
    );
    let secret = platform
        .objects(Kind::Secret)
        .expect(&platform.of("booking"))
        .await?;
    let url = secret["data"]["DATABASE_URL"].as_str().context("no URL")?;
    ensure!(String::from_utf8(BASE64.decode(url)?)?.contains(rotated));
    ensure!(
        platform.status().await?.last_backup != dumped,
        "nothing was dumped before the migration"
    );
    shop.buy().await?;
    Ok(Outcome::Passed)
}
