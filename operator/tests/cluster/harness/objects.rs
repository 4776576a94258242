//! Any object of the API, as JSON.

use anyhow::{Context as _, Result};
use kube::{
    Api, Client,
    api::{
        ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams,
    },
};
use serde_json::Value;

/// Objects of one kind in one namespace.
#[derive(Clone)]
pub(crate) struct Objects {
    api: Api<DynamicObject>,
}

impl Objects {
    pub(crate) fn new(client: &Client, namespace: &str, resource: &ApiResource) -> Self {
        Self {
            api: Api::namespaced_with(client.clone(), namespace, resource),
        }
    }

    /// Of kinds that the operator does not make.
    pub(crate) fn of(
        client: &Client,
        namespace: &str,
        group: &str,
        version: &str,
        kind: &str,
        plural: &str,
    ) -> Self {
        let kind = GroupVersionKind::gvk(group, version, kind);
        Self::new(
            client,
            namespace,
            &ApiResource::from_gvk_with_plural(&kind, plural),
        )
    }

    pub(crate) async fn get(&self, name: &str) -> Result<Option<Value>> {
        let object = self.api.get_opt(name).await?;
        object.map(json).transpose()
    }

    pub(crate) async fn expect(&self, name: &str) -> Result<Value> {
        self.get(name)
            .await?
            .with_context(|| format!("there is no {name}"))
    }

    pub(crate) async fn list(&self, selector: &str) -> Result<Vec<Value>> {
        let params = ListParams::default().labels(selector);
        self.api
            .list(&params)
            .await?
            .items
            .into_iter()
            .map(json)
            .collect()
    }

    /// Merges, as a person with an editor does.
    pub(crate) async fn merge(&self, name: &str, change: &Value) -> Result<Value> {
        json(
            self.api
                .patch(name, &PatchParams::default(), &Patch::Merge(change))
                .await?,
        )
    }

    /// Gone already is as good.
    pub(crate) async fn delete(&self, name: &str) -> Result<()> {
        self.delete_with(name, &DeleteParams::background()).await
    }

    /// As when a node dies: nobody waits for it to end.
    pub(crate) async fn kill(&self, name: &str) -> Result<()> {
        self.delete_with(name, &DeleteParams::default().grace_period(0))
            .await
    }

    async fn delete_with(&self, name: &str, params: &DeleteParams) -> Result<()> {
        match self.api.delete(name, params).await {
            Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
            result => result.map(|_| ()).map_err(Into::into),
        }
    }
}

/// Platforms, also such as the operator can't read.
pub(crate) fn platforms(client: &Client, namespace: &str) -> Objects {
    Objects::of(
        client,
        namespace,
        "eventplatform.dev",
        "v1alpha1",
        "EventPlatform",
        "eventplatforms",
    )
}

fn json(object: DynamicObject) -> Result<Value> {
    Ok(serde_json::to_value(object)?)
}
