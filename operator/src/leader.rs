//! Which of several operators works: the holder of a Lease. Who loses it ends, so that two never write.

use anyhow::Context as _;
use kit::process::Shutdown;
use kube::Client;
use kube_lease_manager::LeaseManagerBuilder;
use tokio::sync::watch;

use crate::Config;

const LEASE: &str = "event-platform-operator";

/// Waits until this process leads; the channel tells when it no longer does. `None` when the process is to end before.
pub(crate) async fn lead(
    client: Client,
    config: &Config,
    shutdown: &Shutdown,
) -> anyhow::Result<Option<watch::Receiver<bool>>> {
    let duration = config.lease_duration.as_secs().max(3);
    let manager = LeaseManagerBuilder::new(client, LEASE)
        .with_namespace(&config.pod_namespace)
        .with_identity(format!("{}-{:08x}", config.pod_name, rand::random::<u32>()))
        .with_duration(duration)
        .with_grace(duration / 3)
        .build()
        .await
        .context("the lease can't be used")?;
    let (mut channel, _task) = manager.watch().await;
    tracing::info!("waiting for the lease {}/{LEASE}", config.pod_namespace);
    tokio::select! {
        leads = channel.wait_for(|leads| *leads) => { leads.context("the task that holds the lease has ended")?; }
        () = shutdown.cancelled() => return Ok(None),
    }
    tracing::info!("leading");
    Ok(Some(channel))
}
