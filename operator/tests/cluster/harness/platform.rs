//! One EventPlatform under test.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use kube::{
    Api, Client,
    api::{DynamicObject, Patch, PatchParams},
};
use operator::{
    api::{ConditionStatus, EventPlatform, EventPlatformStatus},
    build::Kind,
};
use serde_json::{Value, json};

use super::{chart::is_ready, eventually, objects::Objects, value_of};

/// The field manager of what these tests write.
const MANAGER: &str = "cluster-test";

#[derive(Clone)]
pub(crate) struct Platform {
    pub(crate) client: Client,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Platform {
    pub(super) fn new(client: Client, namespace: &str, name: &str) -> Self {
        Self {
            client,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The whole platform as the sample has it, without limits on how often one address may ask.
    pub(crate) fn small() -> Value {
        let unlimited = json!({"env": [{"name": "RATE_LIMIT", "value": "off"}]});
        json!({
            "services": {"auth": unlimited, "catalog": unlimited, "booking": unlimited, "payment": unlimited, "frontend": unlimited},
            "rollout": {"progressDeadlineSeconds": 20},
        })
    }

    /// Nothing but the services' objects: no pod runs.
    pub(crate) fn hollow() -> Value {
        let none = json!({"replicas": 0});
        json!({"services": {"auth": none, "catalog": none, "booking": none, "payment": none, "worker": none, "frontend": none}})
    }

    /// The name of a part's object.
    pub(crate) fn of(&self, part: &str) -> String {
        format!("{}-{part}", self.name)
    }

    pub(crate) fn api(&self) -> Api<EventPlatform> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub(crate) fn objects(&self, kind: Kind) -> Objects {
        Objects::new(&self.client, &self.namespace, &kind.api())
    }

    pub(crate) fn pods_api(&self) -> Objects {
        Objects::of(&self.client, &self.namespace, "", "v1", "Pod", "pods")
    }

    pub(crate) async fn get(&self) -> Result<Option<EventPlatform>> {
        Ok(self.api().get_opt(&self.name).await?)
    }

    /// Applies the spec as a whole: what an earlier one of these tests said and this one doesn't is taken back.
    pub(crate) async fn apply(&self, spec: &Value) -> Result<()> {
        let manifest = json!({
            "apiVersion": "eventplatform.dev/v1alpha1",
            "kind": "EventPlatform",
            "metadata": {"name": self.name},
            "spec": spec,
        });
        let api: Api<DynamicObject> = Api::namespaced_with(
            self.client.clone(),
            &self.namespace,
            &kube::api::ApiResource::erase::<EventPlatform>(&()),
        );
        api.patch(
            &self.name,
            &PatchParams::apply(MANAGER).force(),
            &Patch::Apply(&manifest),
        )
        .await?;
        Ok(())
    }

    /// Merges a change into the spec, as people do with `kubectl patch`.
    pub(crate) async fn merge(&self, spec: &Value) -> Result<()> {
        super::platforms(&self.client, &self.namespace)
            .merge(&self.name, &json!({"spec": spec}))
            .await?;
        Ok(())
    }

    /// Has the migrations of the same release run once more, as people do.
    pub(crate) async fn migrate_again(&self, why: &str) -> Result<()> {
        let change = json!({"metadata": {"annotations": {"eventplatform.dev/migrate-again": why}}});
        super::platforms(&self.client, &self.namespace)
            .merge(&self.name, &change)
            .await?;
        Ok(())
    }

    pub(crate) async fn status(&self) -> Result<EventPlatformStatus> {
        let platform = self.get().await?.context("there is no such platform")?;
        Ok(platform.status.unwrap_or_default())
    }

    /// The status, if it is about the spec as it is now.
    async fn current(&self) -> Result<Option<EventPlatformStatus>> {
        let platform = self.get().await?.context("there is no such platform")?;
        let generation = platform.metadata.generation;
        Ok(platform
            .status
            .filter(|status| status.observed_generation == generation))
    }

    /// Waits until it is ready with the spec as it is now.
    pub(crate) async fn ready(&self, bound: Duration) -> Result<Duration> {
        let started = Instant::now();
        self.condition("Ready", ConditionStatus::True, "AllReady", bound)
            .await?;
        Ok(started.elapsed())
    }

    /// Waits until it is seen to be not available, and then ready again.
    pub(crate) async fn ready_after_a_fall(&self, bound: Duration) -> Result<Duration> {
        let started = Instant::now();
        eventually("the fall is seen", bound, async || {
            let (status, ..) = self.condition_now("Ready").await?;
            Ok(status == ConditionStatus::False)
        })
        .await?;
        self.ready(bound).await?;
        Ok(started.elapsed())
    }

    /// Waits for a condition of the spec as it is now; answers its message.
    pub(crate) async fn condition(
        &self,
        type_: &str,
        status: ConditionStatus,
        reason: &str,
        bound: Duration,
    ) -> Result<String> {
        let what = format!(
            "{}/{} is {type_}={status:?} ({reason})",
            self.namespace, self.name
        );
        let result = value_of(&what, bound, async || {
            let Some(current) = self.current().await? else {
                bail!("the status is about an older spec");
            };
            let Some(found) = current
                .conditions
                .into_iter()
                .find(|found| found.type_ == type_)
            else {
                bail!("there is no such condition");
            };
            ensure!(
                found.status == status && found.reason == reason,
                "it is {:?} ({}): {}",
                found.status,
                found.reason,
                found.message
            );
            Ok(Some(found.message))
        });
        result.await
    }

    /// The condition as it is.
    pub(crate) async fn condition_now(
        &self,
        type_: &str,
    ) -> Result<(ConditionStatus, String, String)> {
        let found = self
            .status()
            .await?
            .conditions
            .into_iter()
            .find(|found| found.type_ == type_)
            .with_context(|| format!("there is no condition {type_}"))?;
        Ok((found.status, found.reason, found.message))
    }

    /// Pods of a part that were not told to end.
    pub(crate) async fn pods(&self, part: &str) -> Result<Vec<Value>> {
        let selector = format!(
            "app.kubernetes.io/instance={},app.kubernetes.io/component={part}",
            self.name
        );
        let pods = self.pods_api().list(&selector).await?;
        Ok(pods
            .into_iter()
            .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
            .collect())
    }

    pub(crate) async fn ready_pods(&self, part: &str) -> Result<Vec<Value>> {
        Ok(self
            .pods(part)
            .await?
            .into_iter()
            .filter(is_ready)
            .collect())
    }

    /// The address at which people reach it, from within the cluster.
    pub(crate) async fn address(&self) -> Result<String> {
        let service = self
            .objects(Kind::Service)
            .expect(&self.of("frontend"))
            .await?;
        let address = service["spec"]["clusterIP"]
            .as_str()
            .context("no address")?;
        Ok(format!("http://{address}:3000"))
    }

    /// Waits until every service answers through the entrance: a node hears of new pods a moment after their Deployment does.
    pub(crate) async fn answers(&self, bound: Duration) -> Result<()> {
        let address = self.address().await?;
        for (path, expected) in [
            ("api/auth/me", 401),
            ("api/catalog/events", 200),
            ("api/booking/bookings", 401),
            ("api/payment/payments", 401),
            ("sandbox/health", 200),
        ] {
            eventually(
                &format!("{path} is answered by {expected}"),
                bound,
                async || {
                    let answer = reqwest::get(format!("{address}/{path}")).await?;
                    ensure!(
                        answer.status().as_u16() == expected,
                        "it is {}",
                        answer.status()
                    );
                    Ok(true)
                },
            )
            .await?;
        }
        Ok(())
    }

    pub(crate) async fn deployment(&self, part: &str) -> Result<Value> {
        self.objects(Kind::Deployment).expect(&self.of(part)).await
    }

    /// The uid of an object, which another object of the same name does not have.
    pub(crate) async fn uid(&self, kind: Kind, part: &str) -> Result<String> {
        let object = self.objects(kind).expect(&self.of(part)).await?;
        Ok(object["metadata"]["uid"]
            .as_str()
            .context("no uid")?
            .to_owned())
    }

    /// Deletes it and waits until it and what it owned are gone.
    pub(crate) async fn delete(&self, bound: Duration) -> Result<Duration> {
        let started = Instant::now();
        self.api()
            .delete(&self.name, &kube::api::DeleteParams::background())
            .await?;
        eventually("the platform is gone", bound, async || {
            Ok(self.get().await?.is_none())
        })
        .await?;
        let took = started.elapsed();
        eventually("what it owned is gone", bound, async || {
            for kind in [
                Kind::Deployment,
                Kind::StatefulSet,
                Kind::Job,
                Kind::Service,
                Kind::ConfigMap,
            ] {
                let selector = operator::build::part::everything_of(&self.name);
                if let Some(left) = self.objects(kind).list(&selector).await?.first() {
                    bail!("{} {}", kind.name(), left["metadata"]["name"]);
                }
            }
            Ok(true)
        })
        .await?;
        Ok(took)
    }

    /// Runs a statement as PostgreSQL's superuser.
    pub(crate) async fn psql(&self, database: &str, statement: &str) -> Result<String> {
        let pod = format!("{}-0", self.of("postgres"));
        super::kubectl(&[
            "-n",
            &self.namespace,
            "exec",
            &pod,
            "--",
            "psql",
            "-U",
            "postgres",
            "-d",
            database,
            "-XAtqc",
            statement,
        ])
        .await
    }
}
