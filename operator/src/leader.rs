//! Which of several operators works: the holder of a Lease. Who loses it ends, so that two never write.

use std::time::Duration;

use anyhow::Context as _;
use kit::process::Shutdown;
use kube::Client;
use kube_lease_manager::{LeaseManager, LeaseManagerBuilder};
use tokio::{sync::watch, task::JoinHandle};

use crate::Config;

const LEASE: &str = "event-platform-operator";
/// How long giving the lease back may take.
const RELEASE: Duration = Duration::from_secs(3);

/// The right to work. Dropping it without [`Leadership::release`] leaves the lease to run out.
pub(crate) struct Leadership {
    channel: watch::Receiver<bool>,
    task: JoinHandle<kube_lease_manager::Result<LeaseManager>>,
}

impl Leadership {
    /// Waits until this process leads; `None` when it is to end before.
    pub(crate) async fn gain(
        client: Client,
        config: &Config,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Option<Self>> {
        let duration = config.lease_duration.as_secs().max(3);
        let manager = LeaseManagerBuilder::new(client, LEASE)
            .with_namespace(&config.pod_namespace)
            .with_identity(format!("{}-{:08x}", config.pod_name, rand::random::<u32>()))
            .with_duration(duration)
            .with_grace(duration / 3)
            .build()
            .await
            .context("the lease can't be used")?;
        let (mut channel, task) = manager.watch().await;
        tracing::info!("waiting for the lease {}/{LEASE}", config.pod_namespace);
        let gained = shutdown.until(channel.wait_for(|leads| *leads)).await;
        let Some(gained) = gained.map(|result| result.map(|_| ())) else {
            Self { channel, task }.release().await;
            return Ok(None);
        };
        gained.context("the task that holds the lease has ended")?;
        tracing::info!("leading");
        Ok(Some(Self { channel, task }))
    }

    /// Resolves when the lease is lost.
    pub(crate) async fn lost(&mut self) {
        // An error means that nobody renews it any more: as good as lost.
        let _ = self.channel.wait_for(|leads| !leads).await;
    }

    /// Gives the lease back, so that another operator need not wait until it runs out.
    pub(crate) async fn release(self) {
        drop(self.channel);
        if tokio::time::timeout(RELEASE, self.task).await.is_err() {
            tracing::warn!("the lease could not be given back; it will run out");
        }
    }
}
