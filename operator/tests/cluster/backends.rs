//! Changes of PostgreSQL and Redis that are wrong, impossible or far-reaching.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use operator::{
    api::ConditionStatus,
    build::{Kind, Service},
};
use serde_json::{Value, json};

use crate::harness::{Load, Outcome, Platform, Shop, World, apply, eventually, kubectl};

const SOON: Duration = Duration::from_secs(90);

/// local-path volumes stay as large as they were made.
pub(crate) async fn volume_that_cannot_grow_is_told(world: Arc<World>) -> Result<Outcome> {
    let platform = world.platform("volumes").await?;
    let mut spec = Platform::hollow();
    platform.apply(&spec).await?;
    let claims = platform.objects(Kind::PersistentVolumeClaim);
    let claim = platform.of("redis");
    eventually("the volume is there", SOON, async || {
        Ok(claims.expect(&claim).await?["status"]["phase"] == "Bound")
    })
    .await?;
    let has = claims.expect(&claim).await?["spec"]["resources"]["requests"]["storage"].clone();
    spec["redis"] = json!({"managed": {"storage": "9Gi"}});
    platform.apply(&spec).await?;
    let message = platform
        .condition("Degraded", ConditionStatus::True, "VolumeNotResized", SOON)
        .await?;
    let stays = format!(
        "volume {claim} stays at {}",
        has.as_str().unwrap_or_default()
    );
    ensure!(message.contains(&stays), "{message}");

    let uid = platform.uid(Kind::Service, "worker").await?;
    platform
        .objects(Kind::Service)
        .delete(&platform.of("worker"))
        .await?;
    eventually("what is lost is made again", SOON, async || {
        Ok(platform.uid(Kind::Service, "worker").await? != uid)
    })
    .await?;
    Ok(Outcome::Passed)
}

pub(crate) async fn bad_image_and_then_the_right_one(world: Arc<World>) -> Result<Outcome> {
    let platform = world.bare().await?;
    let kept = "SELECT count(*) FROM kept";
    platform
        .psql(
            "postgres",
            "CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS number",
        )
        .await?;
    let mut spec = Platform::hollow();
    spec["postgres"] = json!({"managed": {"image": "docker.io/library/postgres:absent"}});
    platform.apply(&spec).await?;
    let bad = async || {
        let (status, reason, message) = platform.condition_now("DependenciesReady").await?;
        Ok(status == ConditionStatus::False
            && reason == "WaitingForPostgres"
            && message.contains("postgres:absent"))
    };
    eventually("the status names the image", SOON, bad).await?;
    platform.apply(&Platform::hollow()).await?;
    platform.ready(SOON).await?;
    ensure!(
        platform.psql("postgres", kept).await? == "1",
        "data are gone"
    );
    Ok(Outcome::Passed)
}

/// The superuser's password is changed where the operator keeps it: what comes next, a dump and a migration, gets in with it.
pub(crate) async fn superuser_password_that_changes_is_taken_over(
    world: Arc<World>,
) -> Result<Outcome> {
    let platform = world.bare().await?;
    let mut spec = Platform::hollow();
    spec["backup"] = json!({"schedule": "0 3 1 1 *"});
    platform.apply(&spec).await?;
    platform.ready(SOON).await?;
    let before = platform.status().await?;
    let rotated = "superuser0superuser0superuser0su";
    platform
        .objects(Kind::Secret)
        .merge(
            &platform.of("credentials"),
            &json!({"data": {"POSTGRES_PASSWORD": BASE64.encode(rotated)}}),
        )
        .await?;
    platform
        .migrate_again("the superuser has another password")
        .await?;
    eventually("databases are dumped and migrated", SOON * 2, async || {
        let now = platform.status().await?;
        let hash = |status: &operator::api::EventPlatformStatus| {
            status
                .migration
                .clone()
                .and_then(|migration| migration.completed_hash)
        };
        let dump = |status: &operator::api::EventPlatformStatus| {
            status.last_backup.clone().map(|backup| backup.name)
        };
        Ok(hash(&now) != hash(&before) && dump(&now) != dump(&before))
    })
    .await?;
    platform.ready(SOON).await?;
    let pod = format!("{}-0", platform.of("postgres"));
    let login = format!(
        "PGPASSWORD={rotated} psql -h {} -U postgres -XAtqc 'SELECT 1'",
        platform.of("postgres")
    );
    let said = kubectl(&[
        "-n",
        &platform.namespace,
        "exec",
        &pod,
        "--",
        "sh",
        "-c",
        &login,
    ])
    .await?;
    ensure!(said == "1", "{said}");
    Ok(Outcome::Passed)
}

/// From the platform's own Redis to somebody else's, here that of another platform: the old one goes once nobody uses it.
pub(crate) async fn own_redis_goes_after_the_services_moved(world: Arc<World>) -> Result<Outcome> {
    if World::test_cluster().is_none() {
        return Ok(Outcome::Skipped(
            "the other Redis is another platform's, from which NetworkPolicies of a real cluster keep this one".into(),
        ));
    }
    let host = world.bare().await?;
    let platform = world.shared().await?;
    apply(
        &["apply"],
        &json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "our-redis", "namespace": platform.namespace},
            "stringData": {"REDIS_URL": redis_url(&host).await?},
        }),
    )
    .await?;
    let shop = Shop::open(&platform).await?;
    let traffic = Load::of(&shop, 50).start()?;
    // As people do: whoever applies the one is not rid of the other, which is there by default.
    platform
        .merge(
            &json!({"redis": {"managed": null, "external": {"secretRef": {"name": "our-redis"}}}}),
        )
        .await?;
    let set = platform.of("redis");
    eventually("the own Redis is gone", SOON * 3, async || {
        Ok(platform
            .objects(Kind::StatefulSet)
            .get(&set)
            .await?
            .is_none())
    })
    .await?;
    for service in Service::UPSTREAMS {
        let deployment = platform.deployment(service.name()).await?;
        let (status, wanted) = (&deployment["status"], &deployment["spec"]["replicas"]);
        ensure!(
            ["replicas", "updatedReplicas", "availableReplicas"]
                .iter()
                .all(|count| status[*count] == *wanted),
            "the old Redis went while {service} was moving: {status}"
        );
    }
    platform.ready(SOON).await?;
    let report = traffic.stop().await?;
    world.figures.add(
        "requests while Redis became another one",
        report.summary(),
        "0 failed",
    );
    report.flawless()?;
    shop.buy().await?;
    let keys = "redis-cli --no-auth-warning -a \"$0\" dbsize";
    let pod = format!("{}-0", host.of("redis"));
    let password = redis_password(&host).await?;
    let said = kubectl(&[
        "-n",
        &host.namespace,
        "exec",
        &pod,
        "--",
        "sh",
        "-c",
        keys,
        &password,
    ])
    .await?;
    ensure!(said != "0", "nobody uses the other Redis");
    // Back before anybody does something to the other platform.
    platform.merge(&json!({"redis": null})).await?;
    platform.ready(SOON).await?;
    Ok(Outcome::Passed)
}

async fn redis_password(host: &Platform) -> Result<String> {
    let secret: Value = host
        .objects(Kind::Secret)
        .expect(&host.of("credentials"))
        .await?;
    let password = secret["data"]["REDIS_PASSWORD"]
        .as_str()
        .context("no password")?;
    Ok(String::from_utf8(BASE64.decode(password)?)?)
}

async fn redis_url(host: &Platform) -> Result<String> {
    Ok(format!(
        "redis://:{}@{}.{}:6379",
        redis_password(host).await?,
        host.of("redis"),
        host.namespace
    ))
}
