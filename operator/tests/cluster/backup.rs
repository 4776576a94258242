//! A dump is taken, the data change, the dump is put back.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use operator::api::{EventPlatformRestore, RestorePhase};
use serde_json::json;

use crate::harness::{Outcome, Platform, Shop, World, apply, eventually, kubectl, value_of};

const SOON: Duration = Duration::from_secs(90);

pub(crate) async fn restore_brings_the_data_back(world: Arc<World>) -> Result<Outcome> {
    let platform = world.shared().await?;
    let mut spec = Platform::small();
    spec["backup"] = json!({"schedule": "0 3 1 1 *"});
    platform.apply(&spec).await?;
    platform.ready(SOON).await?;
    let shop = Shop::open(&platform).await?;
    let before = shop.buy().await?;
    let cron = format!("cronjob/{}", platform.of("backup"));
    // As people take one by hand.
    let job = platform.of("by-hand");
    kubectl(&[
        "-n",
        &platform.namespace,
        "create",
        "job",
        &job,
        "--from",
        &cron,
    ])
    .await?;
    let name = value_of("the status knows the dump", SOON, async || {
        Ok(platform
            .status()
            .await?
            .last_backup
            .map(|backup| backup.name))
    })
    .await?;
    let after = shop.buy().await?;

    let restore = format!("back-to-{}", name.to_lowercase());
    let manifest = json!({
        "apiVersion": "eventplatform.dev/v1alpha1",
        "kind": "EventPlatformRestore",
        "metadata": {"name": restore, "namespace": platform.namespace},
        "spec": {"platform": platform.name, "backup": name},
    });
    apply(&["apply"], &manifest).await?;
    let restores: kube::Api<EventPlatformRestore> =
        kube::Api::namespaced(platform.client.clone(), &platform.namespace);
    let started = std::time::Instant::now();
    let status = value_of("the restore is over", SOON * 2, async || {
        let status = restores.get(&restore).await?.status.unwrap_or_default();
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
    ensure!(shop.has(before).await?, "what the dump has is not there");
    let gone = async || {
        let bookings = shop.buyer.history(&shop.entrance).await?;
        Ok(bookings.contains(&before) && !bookings.contains(&after))
    };
    eventually("what came after the dump is gone", SOON, gone).await?;
    shop.buy().await?;

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
