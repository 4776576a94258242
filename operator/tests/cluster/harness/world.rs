//! The cluster and what the cases have in common.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client,
    api::{DeleteParams, ListParams, ObjectMeta, PostParams},
};

use super::{Operator, Platform, eventually, figures::Figures};

/// Marks namespaces that belong to these tests.
const LABEL: &str = "eventplatform.dev/cluster-test";
/// The platforms that cases share.
const SHARED: &str = "shared";
const BARE: &str = "bare";

pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) figures: Arc<Figures>,
    pub(crate) operator: Arc<Operator>,
    /// Namespaces that are gone after the case.
    own: Mutex<Vec<String>>,
}

impl World {
    pub(crate) async fn connect() -> Result<Self> {
        let client = Client::try_default()
            .await
            .context("no cluster; run scripts/test-cluster, or set KUBECONFIG")?;
        client
            .apiserver_version()
            .await
            .context("the cluster does not answer")?;
        Ok(Self {
            operator: Arc::new(Operator::new(client.clone())),
            client,
            figures: Arc::default(),
            own: Mutex::default(),
        })
    }

    /// The same cluster for one case, which has nothing of its own yet.
    pub(super) fn of_one_case(&self) -> Self {
        Self {
            client: self.client.clone(),
            figures: self.figures.clone(),
            operator: self.operator.clone(),
            own: Mutex::default(),
        }
    }

    fn own(&self) -> MutexGuard<'_, Vec<String>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder of k3s/testcluster's cluster; none on any other.
    pub(crate) fn test_cluster() -> Option<PathBuf> {
        std::env::var_os("TEST_CLUSTER").map(PathBuf::from)
    }

    /// A platform in an empty namespace of its own; both are gone after the case.
    pub(crate) async fn platform(&self, name: &str) -> Result<Platform> {
        let namespace = format!("ept-{name}");
        self.own().push(namespace.clone());
        self.fresh(&namespace).await?;
        Ok(Platform::new(self.client.clone(), &namespace, name))
    }

    /// The platform that cases share, ready and as `spec` says.
    pub(crate) async fn shared(&self) -> Result<Platform> {
        let namespace = format!("ept-{SHARED}");
        let mut platform = Platform::new(self.client.clone(), &namespace, "demo");
        if platform.get().await?.is_none() {
            platform = self.shared_namespace().await?;
        }
        platform.apply(&Platform::small()).await?;
        platform.ready(Duration::from_secs(180)).await?;
        Ok(platform)
    }

    /// Another one that cases share, with backends and schemas but without a service that runs; ready and as `Platform::hollow` says.
    pub(crate) async fn bare(&self) -> Result<Platform> {
        let namespace = format!("ept-{BARE}");
        let platform = Platform::new(self.client.clone(), &namespace, BARE);
        if platform.get().await?.is_none() {
            self.fresh(&namespace).await?;
        }
        platform.apply(&Platform::hollow()).await?;
        platform.ready(Duration::from_secs(180)).await?;
        Ok(platform)
    }

    /// The first one, with nothing in its namespace yet.
    pub(crate) async fn shared_namespace(&self) -> Result<Platform> {
        let namespace = format!("ept-{SHARED}");
        self.fresh(&namespace).await?;
        Ok(Platform::new(self.client.clone(), &namespace, "demo"))
    }

    async fn fresh(&self, namespace: &str) -> Result<()> {
        self.remove(namespace).await?;
        let api: Api<Namespace> = Api::all(self.client.clone());
        let metadata = ObjectMeta {
            name: Some(namespace.to_owned()),
            // No pod may have more rights than Kubernetes' strictest standard gives.
            labels: Some(
                [
                    (LABEL.to_owned(), "true".to_owned()),
                    (
                        "pod-security.kubernetes.io/enforce".to_owned(),
                        "restricted".to_owned(),
                    ),
                ]
                .into(),
            ),
            ..ObjectMeta::default()
        };
        let object = Namespace {
            metadata,
            ..Namespace::default()
        };
        api.create(&PostParams::default(), &object).await?;
        Ok(())
    }

    /// Deletes a namespace and waits until it is gone.
    pub(crate) async fn remove(&self, namespace: &str) -> Result<()> {
        let api: Api<Namespace> = Api::all(self.client.clone());
        if api.get_opt(namespace).await?.is_none() {
            return Ok(());
        }
        api.delete(namespace, &DeleteParams::default()).await?;
        let gone = async || Ok(api.get_opt(namespace).await?.is_none());
        eventually(
            &format!("namespace {namespace} is gone"),
            Duration::from_secs(120),
            gone,
        )
        .await?;
        Ok(())
    }

    /// Namespaces of these tests.
    pub(super) async fn namespaces(&self) -> Result<Vec<String>> {
        let api: Api<Namespace> = Api::all(self.client.clone());
        let found = api.list(&ListParams::default().labels(LABEL)).await?;
        Ok(found
            .items
            .into_iter()
            .filter_map(|namespace| namespace.metadata.name)
            .collect())
    }

    /// Deletes the case's own namespaces. Nobody waits for it.
    pub(super) async fn tidy(&self) {
        let api: Api<Namespace> = Api::all(self.client.clone());
        let own = std::mem::take(&mut *self.own());
        for namespace in own {
            match api.delete(&namespace, &DeleteParams::default()).await {
                Ok(_) => {}
                Err(kube::Error::Api(status)) if status.is_not_found() => {}
                Err(error) => println!("namespace {namespace} could not be deleted: {error}"),
            }
        }
    }
}
