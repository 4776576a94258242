//! Many small platforms under one operator.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use operator::build::{Kind, Service};
use serde_json::{Value, json};

use crate::harness::{Outcome, Platform, World, apply, memory, value_of};

const PLATFORMS: usize = 20;
const READY_WITHIN: Duration = Duration::from_secs(240);
const MEBIBYTE: u64 = 1 << 20;

pub(crate) async fn twenty_platforms_under_one_operator(world: Arc<World>) -> Result<Outcome> {
    if World::test_cluster().is_none() {
        return Ok(Outcome::Skipped(
            "they share one PostgreSQL, which NetworkPolicies of a real cluster keep them from"
                .into(),
        ));
    }
    let host = world.shared().await?;
    let backends = backends(&host).await?;
    let mut platforms = Vec::new();
    for number in 0..PLATFORMS {
        let platform = world.platform(&format!("many-{number:02}")).await?;
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret", "stringData": backends,
            "metadata": {"name": "backends", "namespace": platform.namespace},
        });
        apply(&["apply"], &secret).await?;
        platforms.push(platform);
    }
    let mut spec = Platform::hollow();
    for backend in ["postgres", "redis", "rabbitmq"] {
        spec[backend] = json!({"external": {"secretRef": {"name": "backends"}}});
    }
    let started = Instant::now();
    for platform in &platforms {
        platform.apply(&spec).await?;
    }
    for platform in &platforms {
        platform
            .ready(READY_WITHIN.saturating_sub(started.elapsed()))
            .await?;
    }
    let took = started.elapsed();
    let operator = &world.operator;
    tokio::time::sleep(Duration::from_secs(15)).await;
    let taken = value_of(
        "metrics-server knows the operator",
        Duration::from_secs(60),
        async || memory(&world.client, &operator.namespace, 1).await,
    )
    .await?;
    world.figures.add(
        "20 platforms without pods of their own → all Ready, each with its migration Job",
        format!(
            "{:.0} s; operator {} MiB",
            took.as_secs_f64(),
            taken / MEBIBYTE
        ),
        "",
    );
    for platform in &platforms {
        platform
            .api()
            .delete(&platform.name, &kube::api::DeleteParams::background())
            .await?;
    }
    // Before anything else is measured.
    let removed = platforms
        .iter()
        .map(|platform| world.remove(&platform.namespace));
    futures::future::try_join_all(removed).await?;
    Ok(Outcome::Passed)
}

/// Those of another platform: its databases have their schema already.
async fn backends(host: &Platform) -> Result<Value> {
    let secret = host
        .objects(Kind::Secret)
        .expect(&host.of("credentials"))
        .await?;
    let mut urls =
        json!({"REDIS_URL": "redis://127.0.0.1:6379", "RABBITMQ_URL": "amqp://127.0.0.1:5672/%2f"});
    for service in Service::MIGRATED {
        let upper = service.name().to_uppercase();
        let password = secret["data"][format!("{upper}_DATABASE_PASSWORD")]
            .as_str()
            .context("no password")?;
        let password = String::from_utf8(BASE64.decode(password)?)?;
        urls[format!("DATABASE_URL_{upper}")] = format!(
            "postgres://{service}:{password}@{}.{}:5432/{service}",
            host.of("postgres"),
            host.namespace
        )
        .into();
    }
    Ok(urls)
}
