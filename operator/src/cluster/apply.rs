//! Server-side apply of what differs, and nothing else.

use kit::metrics::counter;
use kube::{
    Api, Client, ResourceExt as _,
    api::{DeleteParams, DynamicObject, Patch, PatchParams, PostParams, Preconditions},
};
use serde_json::{Value, json};

use super::{APPLIED, Error, Live, MANAGER, diff::covers};
use crate::{
    api::EventPlatform,
    build::{Kind, Object, digest},
};

/// Takes over the number of pods when an autoscaler is to have it.
const AUTOSCALER: &str = "event-platform-autoscaling";

/// What applying an object did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    Unchanged,
    Created,
    /// Something else was wanted than before.
    Updated,
    /// The same was wanted, but somebody had changed it.
    Repaired,
}

/// Writes to the objects of one platform.
pub struct Applier<'a> {
    client: &'a Client,
    namespace: String,
    /// The platform's.
    uid: String,
    live: &'a Live,
    settled: bool,
    /// What was repaired or made again, for the platform's events.
    pub repaired: Vec<String>,
}

impl<'a> Applier<'a> {
    pub fn new(client: &'a Client, platform: &EventPlatform, live: &'a Live) -> Self {
        // Where nothing new is asked for, what is missing must have been deleted by somebody.
        let settled = platform.status.as_ref().is_some_and(|status| {
            status.last_good.is_some() && status.observed_generation == platform.metadata.generation
        });
        Self {
            client,
            namespace: platform.namespace().unwrap_or_default(),
            uid: platform.uid().unwrap_or_default(),
            live,
            settled,
            repaired: Vec::new(),
        }
    }

    fn wrote(kind: Kind, name: &str, what: &'static str) {
        counter!("operator_writes_total", "kind" => kind.name()).increment(1);
        tracing::info!(kind = kind.name(), name, "{what}");
    }

    fn api(&self, kind: Kind) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), &self.namespace, &kind.api())
    }

    /// What [`Applier::apply`] would do.
    pub fn compare(&self, object: &Object) -> Applied {
        let Some(live) = self.live.get(object.kind, object.name()) else {
            return Applied::Created;
        };
        let stamped = stamped(object);
        if covers(live, &stamped) {
            return Applied::Unchanged;
        }
        let stamp = &stamped["metadata"]["annotations"][APPLIED];
        if live["metadata"]["annotations"][APPLIED] == *stamp {
            Applied::Repaired
        } else {
            Applied::Updated
        }
    }

    /// Makes the object what it shall be, where it isn't.
    pub async fn apply(&mut self, object: &Object) -> Result<Applied, Error> {
        let applied = self.compare(object);
        if applied == Applied::Unchanged {
            return Ok(applied);
        }
        if applied == Applied::Created {
            self.may_have(object).await?;
        }
        if object.kind == Kind::Deployment {
            self.hand_over_replicas(object).await?;
        }
        self.patch(object).await?;
        let what = match applied {
            Applied::Created => "created",
            Applied::Repaired => "repaired",
            _ => "updated",
        };
        Self::wrote(object.kind, object.name(), what);
        if applied == Applied::Repaired || applied == Applied::Created && self.settled {
            counter!("operator_drift_repaired_total", "kind" => object.kind.name()).increment(1);
            self.repaired
                .push(format!("{} {}", object.kind.name(), object.name()));
        }
        Ok(applied)
    }

    /// Whether the name is free, or has our mark though not our labels. Asked for before the apply, not found out by a create: what
    /// was created by one kind of request and is applied by another would have two owners of each field.
    async fn may_have(&self, object: &Object) -> Result<(), Error> {
        let found = self.api(object.kind).get_opt(object.name()).await?;
        if found.is_none_or(|found| self.is_ours(&found)) {
            return Ok(());
        }
        Err(Error::NameTaken {
            kind: object.kind.name(),
            name: object.name().to_owned(),
        })
    }

    /// Owned by the platform, or kept from a former one of its name.
    fn is_ours(&self, object: &DynamicObject) -> bool {
        match object.owner_references() {
            [] => object.annotations().contains_key(APPLIED),
            owners => owners.iter().any(|owner| owner.uid == self.uid),
        }
    }

    /// Server-side apply leaves what somebody else put into a list, and a port of theirs beside ours of the same name is refused.
    /// Then lists become ours as a whole.
    async fn patch(&self, object: &Object) -> kube::Result<()> {
        let api = self.api(object.kind);
        let mut wanted = stamped(object);
        let is_new = self.live.get(object.kind, object.name()).is_none();
        if let Some(pods) = object.first_pods.filter(|_| is_new) {
            wanted["spec"]["replicas"] = pods.into();
        }
        let params = PatchParams::apply(MANAGER).force();
        let applied = api
            .patch(object.name(), &params, &Patch::Apply(&wanted))
            .await;
        let is_whole = match applied {
            Ok(applied) => covers(&serde_json::to_value(applied).unwrap_or_default(), &wanted),
            Err(kube::Error::Api(status)) if status.code == 422 && !is_new => false,
            Err(error) => return Err(error),
        };
        if !is_whole && !is_new {
            let params = PatchParams {
                field_manager: Some(MANAGER.into()),
                ..PatchParams::default()
            };
            api.patch(object.name(), &params, &Patch::Merge(&wanted))
                .await?;
        }
        Ok(())
    }

    /// Makes an object that is never changed. Whoever made it first has made it.
    pub async fn create(&mut self, object: &Object) -> Result<(), Error> {
        if self.live.get(object.kind, object.name()).is_some() {
            return Ok(());
        }
        let value: DynamicObject =
            serde_json::from_value(object.value.clone()).map_err(kube::Error::SerdeError)?;
        let params = PostParams {
            field_manager: Some(MANAGER.into()),
            ..PostParams::default()
        };
        match self.api(object.kind).create(&params, &value).await {
            Ok(_) => {
                Self::wrote(object.kind, object.name(), "created");
                Ok(())
            }
            Err(kube::Error::Api(status)) if status.is_already_exists() => {
                self.may_have(object).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes an object together with what it owns; gone already is as good.
    pub async fn delete(&mut self, kind: Kind, name: &str) -> kube::Result<()> {
        let mut params = DeleteParams::background();
        let uid = self
            .live
            .get(kind, name)
            .and_then(|object| object["metadata"]["uid"].as_str());
        // Not a new one that somebody made under the same name.
        params.preconditions = uid.map(|uid| Preconditions {
            uid: Some(uid.to_owned()),
            resource_version: None,
        });
        match self.api(kind).delete(name, &params).await {
            Ok(_) => {
                Self::wrote(kind, name, "deleted");
                Ok(())
            }
            Err(kube::Error::Api(status)) if status.is_not_found() || status.is_conflict() => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// A Deployment that an autoscaler takes over would fall to one pod at the moment in which we no longer say how many.
    async fn hand_over_replicas(&mut self, object: &Object) -> kube::Result<()> {
        if !object.value["spec"]["replicas"].is_null() {
            return Ok(());
        }
        let Some(live) = self.live.get(object.kind, object.name()) else {
            return Ok(());
        };
        let ours = live["metadata"]["managedFields"]
            .as_array()
            .is_some_and(|managers| {
                managers.iter().any(|entry| {
                    entry["manager"] == MANAGER
                        && entry["fieldsV1"]["f:spec"]["f:replicas"].is_object()
                })
            });
        if !ours {
            return Ok(());
        }
        let fewest = i64::from(object.first_pods.unwrap_or(1));
        let replicas = live["spec"]["replicas"].as_i64().unwrap_or(1).max(fewest);
        let patch = json!({
            "apiVersion": object.kind.api_version(),
            "kind": object.kind.name(),
            "metadata": {"name": object.name()},
            "spec": {"replicas": replicas},
        });
        self.api(object.kind)
            .patch(
                object.name(),
                &PatchParams::apply(AUTOSCALER).force(),
                &Patch::Apply(&patch),
            )
            .await?;
        Self::wrote(object.kind, object.name(), "replicas handed over");
        Ok(())
    }
}

/// The object with the digest of what is wanted.
fn stamped(object: &Object) -> Value {
    let mut value = object.value.clone();
    value["metadata"]["annotations"][APPLIED] = digest(&object.value)[..16].into();
    value
}
