//! Which of several operators works: the holder of a Lease. Who loses it ends, so that two never write.

use std::time::Duration;

use anyhow::Context as _;
use futures::future::BoxFuture;
use k8s_openapi::api::coordination::v1::Lease;
use kit::process::Shutdown;
use kube::{Api, Client};
use kube_lease_manager::{LeaseManager, LeaseManagerBuilder};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep_until, timeout_at},
};

use crate::Config;

const LEASE: &str = "event-platform-operator";
/// How long giving the lease back may take.
const RELEASE: Duration = Duration::from_secs(3);

/// The right to work. Dropping it without [`Leadership::release`] leaves the lease to run out.
pub(crate) struct Leadership {
    channel: watch::Receiver<bool>,
    expiry: BoxFuture<'static, ()>,
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
        let identity = format!("{}-{:08x}", config.pod_name, rand::random::<u32>());
        let leases = Api::namespaced(client.clone(), &config.pod_namespace);
        let manager = LeaseManagerBuilder::new(client, LEASE)
            .with_namespace(&config.pod_namespace)
            .with_identity(identity.clone())
            .with_duration(duration)
            .with_grace(duration / 2)
            .build()
            .await
            .context("the lease can't be used")?;
        let (mut channel, task) = manager.watch().await;
        tracing::info!("waiting for the lease {}/{LEASE}", config.pod_namespace);
        let gained = shutdown.until(channel.wait_for(|leads| *leads)).await;
        let Some(gained) = gained.map(|result| result.map(|_| ())) else {
            release(channel, task).await;
            return Ok(None);
        };
        gained.context("the task that holds the lease has ended")?;
        tracing::info!("leading");
        let expiry = Box::pin(expires(leases, identity, Duration::from_secs(duration)));
        Ok(Some(Self {
            channel,
            expiry,
            task,
        }))
    }

    /// Resolves when the lease is lost, or may be: nobody says so while the API server is away.
    pub(crate) async fn lost(&mut self) {
        tokio::select! {
            // An error means that nobody renews it any more: as good as lost.
            _ = self.channel.wait_for(|leads| !leads) => {}
            () = &mut self.expiry => {}
        }
    }

    /// Gives the lease back, so that another operator need not wait until it runs out.
    pub(crate) async fn release(self) {
        release(self.channel, self.task).await;
    }
}

async fn release(
    channel: watch::Receiver<bool>,
    task: JoinHandle<kube_lease_manager::Result<LeaseManager>>,
) {
    drop(channel);
    if tokio::time::timeout(RELEASE, task).await.is_err() {
        tracing::warn!("the lease could not be given back; it will run out");
    }
}

/// Ends when the lease was not renewed in time, or is another's. Whoever takes it over waits for all of its duration; this ends a
/// fifth earlier, so that what is under way is over by then.
async fn expires(leases: Api<Lease>, identity: String, duration: Duration) {
    let margin = duration / 5;
    let mut last = Instant::now() + duration - margin;
    while Instant::now() < last {
        match timeout_at(last, leases.get(LEASE)).await {
            Ok(Ok(lease)) => match left(&lease, &identity, duration) {
                Some(left) => last = Instant::now() + left.saturating_sub(margin),
                None => return,
            },
            Ok(Err(error)) => tracing::warn!("the lease can't be seen: {error}"),
            Err(_) => return,
        }
        sleep_until(last.min(Instant::now() + margin)).await;
    }
}

/// For how long the lease is ours; `None` when it is another's.
fn left(lease: &Lease, identity: &str, duration: Duration) -> Option<Duration> {
    let spec = lease.spec.as_ref()?;
    if spec.holder_identity.as_deref() != Some(identity) {
        return None;
    }
    let renewed = serde_json::to_value(spec.renew_time.as_ref()?).ok()?;
    let renewed: chrono::DateTime<chrono::Utc> = renewed.as_str()?.parse().ok()?;
    let age = (chrono::Utc::now() - renewed).to_std().unwrap_or_default();
    Some(duration.saturating_sub(age))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use http::{Request, Response};
    use kube::client::Body;
    use serde_json::json;

    use super::*;

    const DURATION: Duration = Duration::from_secs(3);

    /// When an answer was given.
    type Answers = Arc<Mutex<Vec<Instant>>>;

    /// An API server that knows the lease of `holder`, renewed just now, and falls silent after so many answers.
    fn leases(holder: &'static str, most: usize) -> (Api<Lease>, Answers) {
        let answers = Answers::default();
        let given = Arc::clone(&answers);
        let service = tower::service_fn(move |_: Request<Body>| {
            let number = {
                let mut given = given.lock().expect("no panic");
                given.push(Instant::now());
                given.len()
            };
            async move {
                if number > most {
                    std::future::pending::<()>().await;
                }
                let lease = json!({
                    "metadata": {"name": LEASE},
                    "spec": {"holderIdentity": holder, "renewTime": chrono::Utc::now().to_rfc3339()},
                });
                Ok::<_, tower::BoxError>(Response::new(Body::from(lease.to_string().into_bytes())))
            }
        });
        let client = Client::new(service, "default");
        (Api::namespaced(client, "default"), answers)
    }

    #[tokio::test]
    async fn a_leader_that_hears_nothing_ends_before_another_may_lead() {
        let (leases, answers) = leases("me", 3);
        expires(leases, "me".into(), DURATION).await;
        let silent = answers.lock().expect("no panic")[2].elapsed();
        assert!(silent < DURATION && silent > DURATION / 2, "{silent:?}");
    }

    #[tokio::test]
    async fn a_lease_of_another_is_lost_at_once() {
        let (leases, answers) = leases("other", 1);
        expires(leases, "me".into(), DURATION).await;
        assert_eq!(answers.lock().expect("no panic").len(), 1);
    }
}
