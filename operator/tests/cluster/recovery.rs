//! Pods and PostgreSQL are killed while people buy: everything comes back, and nothing that was acknowledged is lost.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use operator::build::Service;

use crate::harness::{Load, Outcome, Shop, World, eventually};

const RATE: u64 = 200;
const BACK_WITHIN: Duration = Duration::from_secs(60);

pub(crate) async fn killed_pods_and_postgres_lose_nothing(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let shop = Shop::open(&platform).await?;
    let traffic = Load::of(&shop, RATE).start()?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    for service in Service::SIX {
        let pods = platform.ready_pods(service.name()).await?;
        let pod = pods
            .first()
            .and_then(|pod| pod["metadata"]["name"].as_str())
            .context("no pod")?;
        platform.pods_api().kill(pod).await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    platform
        .pods_api()
        .kill(&format!("{}-0", platform.of("postgres")))
        .await?;
    let took = platform.ready_after_a_fall(BACK_WITHIN).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let report = traffic.stop().await?;
    let failed = report.summary();
    platform.answers(BACK_WITHIN).await?;
    shop.buy().await?;

    let expected = report.answers.booked;
    ensure!(!expected.is_empty(), "nobody booked anything");
    let mut kept = BTreeSet::new();
    eventually("the history can be read", BACK_WITHIN, async || {
        kept = shop.buyer.history(&shop.entrance).await?;
        Ok(true)
    })
    .await?;
    let lost: Vec<_> = expected.difference(&kept).collect();
    ensure!(
        lost.is_empty(),
        "{} of {} acknowledged bookings are lost: {lost:?}",
        lost.len(),
        expected.len()
    );
    world.figures.add(
        "one pod of each service and PostgreSQL killed → Ready",
        format!("{:.1} s; {failed}", took.as_secs_f64()),
        format!("0 of {} acknowledged bookings lost", expected.len()),
    );
    Ok(Outcome::Passed)
}
