//! What somebody deletes or changes is put right, also when that happened while no operator looked.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use operator::build::Kind;
use serde_json::{Value, json};

use crate::harness::{Load, Outcome, Shop, World, apply, eventually, kubectl};

const HEALED_WITHIN: Duration = Duration::from_secs(60);
/// A Service made anew has another address, to which the entrance's pods are rolled.
const REACHED_WITHIN: Duration = Duration::from_secs(20);

pub(crate) async fn what_went_wrong_meanwhile_is_healed(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let gone = [
        (Kind::Deployment, "worker"),
        (Kind::Service, "sandbox"),
        (Kind::Secret, "catalog"),
        (Kind::ConfigMap, "last-good"),
    ];
    let mut before = Vec::new();
    for (kind, part) in gone {
        before.push((kind, part, platform.uid(kind, part).await?));
    }
    let contents = async |kind, part: &str, pointer: &str| -> Result<Value> {
        let object = platform.objects(kind).expect(&platform.of(part)).await?;
        Ok(object.pointer(pointer).cloned().unwrap_or_default())
    };
    let secret = contents(Kind::Secret, "catalog", "/data").await?;
    let changes = [
        (
            Kind::Secret,
            "worker",
            "/data/DATABASE_URL",
            json!({"data": {"DATABASE_URL": "bm93aGVyZQ=="}}),
        ),
        (
            Kind::Service,
            "worker",
            "/spec/ports/0/port",
            json!({"spec": {"ports": [{"name": "http", "port": 1, "targetPort": "http", "protocol": "TCP"}]}}),
        ),
        (
            Kind::Deployment,
            "frontend",
            "/spec/replicas",
            json!({"spec": {"replicas": 3}}),
        ),
        (
            Kind::ConfigMap,
            "last-good",
            "/data/migration",
            json!({"data": {"migration": "another"}}),
        ),
    ];
    let mut wanted = Vec::new();
    for (kind, part, pointer, _) in &changes {
        wanted.push(contents(*kind, part, pointer).await?);
    }

    world.operator.scale(0).await?;
    for (kind, part, _, change) in &changes[..3] {
        platform
            .objects(*kind)
            .merge(&platform.of(part), change)
            .await?;
    }
    for (kind, part, _) in &before {
        platform.objects(*kind).delete(&platform.of(part)).await?;
    }
    world.operator.scale(1).await?;

    for (kind, part, uid) in &before {
        let what = format!("{} {part} is made again", kind.name());
        eventually(&what, HEALED_WITHIN, async || {
            Ok(platform.uid(*kind, part).await? != *uid)
        })
        .await?;
    }
    platform.ready(HEALED_WITHIN).await?;
    ensure!(
        contents(Kind::Secret, "catalog", "/data").await? == secret,
        "the Secret has other contents"
    );
    for ((kind, part, pointer, _), wanted) in changes.iter().zip(&wanted) {
        let what = format!("{} {part} is as it was at {pointer}", kind.name());
        eventually(&what, HEALED_WITHIN, async || {
            Ok(contents(*kind, part, pointer).await? == *wanted)
        })
        .await?;
    }
    Ok(Outcome::Passed)
}

/// Somebody takes a field over by force; it goes back, and an event says so.
pub(crate) async fn forced_apply_of_another_manager_is_undone(
    world: Arc<World>,
) -> Result<Outcome> {
    let platform = world.shared().await?;
    let manifest = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": platform.of("frontend"), "namespace": platform.namespace},
        "spec": {"progressDeadlineSeconds": 777, "minReadySeconds": 1},
    });
    apply(
        &[
            "apply",
            "--server-side",
            "--force-conflicts",
            "--field-manager=somebody",
            "--validate=false",
        ],
        &manifest,
    )
    .await?;
    eventually("the field is as the spec says", HEALED_WITHIN, async || {
        Ok(platform.deployment("frontend").await?["spec"]["progressDeadlineSeconds"] == 20)
    })
    .await?;
    eventually("an event tells", HEALED_WITHIN, async || {
        let arguments = [
            "-n",
            &platform.namespace,
            "get",
            "events",
            "--field-selector=reason=DriftCorrected",
            "-o",
            "name",
        ];
        Ok(!kubectl(&arguments).await?.is_empty())
    })
    .await?;
    platform.ready(HEALED_WITHIN).await?;
    Ok(Outcome::Passed)
}

pub(crate) async fn deleted_service_is_reached_again_within_seconds(
    world: Arc<World>,
) -> Result<Outcome> {
    let platform = world.shared().await?;
    let shop = Shop::open(&platform).await?;
    let uid = platform.uid(Kind::Service, "booking").await?;
    let traffic = Load::of(&shop, 50).start()?;
    platform
        .objects(Kind::Service)
        .delete(&platform.of("booking"))
        .await?;
    eventually("it is made again", HEALED_WITHIN, async || {
        Ok(platform.uid(Kind::Service, "booking").await? != uid)
    })
    .await?;
    platform.ready_after_a_fall(HEALED_WITHIN).await?;
    // Those that end serve whoever is connected to them, with the old address.
    eventually("the old entrance has ended", HEALED_WITHIN, async || {
        let selector = operator::build::part::everything_of(&platform.name);
        let pods = platform.pods_api().list(&selector).await?;
        Ok(pods
            .iter()
            .all(|pod| pod["metadata"]["deletionTimestamp"].is_null()))
    })
    .await?;
    shop.buy().await?;
    let report = traffic.stop().await?;
    world.figures.add(
        "Service of booking deleted → no request fails any more",
        format!(
            "{:.1} s; {}",
            report.outage().as_secs_f64(),
            report.summary()
        ),
        format!("≤ {} s", REACHED_WITHIN.as_secs()),
    );
    ensure!(
        report.outage() <= REACHED_WITHIN,
        "requests failed for {:?}",
        report.outage()
    );
    Ok(Outcome::Passed)
}
