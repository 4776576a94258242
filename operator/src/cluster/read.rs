//! Reads all that a reconcile decides by, straight from the API server: a cache may be behind our own writes.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, SubsecRound as _, Utc};
use futures::{TryStreamExt as _, stream::FuturesUnordered};
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, GroupVersionKind, ListParams},
};
use serde_json::Value;

use super::Live;
use crate::{
    api::{EventPlatform, EventPlatformRestore, EventPlatformSpec},
    build::{Kind, SecretData, part::everything_of},
};

/// All that a reconcile decides by.
pub struct Seen {
    pub platform: EventPlatform,
    pub live: Live,
    /// Secrets that the spec refers to and NAME-credentials, by name; absent are those that are not there.
    pub secrets: BTreeMap<String, SecretData>,
    /// Restores of this platform, oldest first.
    pub restores: Vec<EventPlatformRestore>,
    pub now: DateTime<Utc>,
}

impl Seen {
    /// `None` when the platform is gone.
    pub async fn read(client: &Client, namespace: &str, name: &str) -> kube::Result<Option<Self>> {
        let platforms: Api<EventPlatform> = Api::namespaced(client.clone(), namespace);
        let Some(platform) = platforms.get_opt(name).await? else {
            return Ok(None);
        };
        let selector = everything_of(name);
        let lists = Kind::ALL
            .into_iter()
            .map(async |kind| {
                let objects = list(client, namespace, &kind.api(), &selector).await?;
                Ok::<_, kube::Error>(
                    objects
                        .into_iter()
                        .map(move |value| (kind, typed(kind, value)))
                        .collect::<Vec<_>>(),
                )
            })
            .collect::<FuturesUnordered<_>>()
            .try_collect::<Vec<_>>();
        let pods = async {
            list(
                client,
                namespace,
                &ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk("", "v1", "Pod"), "pods"),
                &selector,
            )
            .await
        };
        let names = referenced(name, &platform.spec);
        let secrets = names
            .iter()
            .map(async |secret| {
                Ok::<_, kube::Error>((
                    secret.clone(),
                    secret_data(client, namespace, secret).await?,
                ))
            })
            .collect::<FuturesUnordered<_>>()
            .try_collect::<Vec<_>>();
        let restores = restores(client, namespace, name);
        let (lists, pods, secrets, restores) = futures::try_join!(lists, pods, secrets, restores)?;
        Ok(Some(Self {
            platform,
            live: Live::new(lists.into_iter().flatten(), pods),
            secrets: secrets
                .into_iter()
                .filter_map(|(name, data)| Some((name, data?)))
                .collect(),
            restores,
            now: Utc::now().trunc_subsecs(0),
        }))
    }
}

/// The items of a list don't say what they are.
fn typed(kind: Kind, mut value: Value) -> Value {
    value["apiVersion"] = kind.api_version().into();
    value["kind"] = kind.name().into();
    value
}

async fn list(
    client: &Client,
    namespace: &str,
    resource: &ApiResource,
    selector: &str,
) -> kube::Result<Vec<Value>> {
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, resource);
    let objects = api.list(&ListParams::default().labels(selector)).await?;
    Ok(objects
        .items
        .into_iter()
        .filter_map(|object| serde_json::to_value(object).ok())
        .collect())
}

async fn restores(
    client: &Client,
    namespace: &str,
    platform: &str,
) -> kube::Result<Vec<EventPlatformRestore>> {
    let api: Api<kube::core::DeserializeGuard<EventPlatformRestore>> =
        Api::namespaced(client.clone(), namespace);
    let mut restores: Vec<_> = api
        .list(&ListParams::default())
        .await?
        .items
        .into_iter()
        .filter_map(|restore| restore.0.ok())
        .filter(|restore| restore.spec.platform == platform)
        .collect();
    restores.sort_by(|one, other| {
        one.metadata
            .creation_timestamp
            .cmp(&other.metadata.creation_timestamp)
            .then_with(|| one.metadata.name.cmp(&other.metadata.name))
    });
    Ok(restores)
}

/// A Secret's contents; what is no text in it is left out.
async fn secret_data(
    client: &Client,
    namespace: &str,
    name: &str,
) -> kube::Result<Option<SecretData>> {
    let api: Api<DynamicObject> =
        Api::namespaced_with(client.clone(), namespace, &Kind::Secret.api());
    let Some(secret) = api.get_opt(name).await? else {
        return Ok(None);
    };
    let data = secret.data["data"].as_object().cloned().unwrap_or_default();
    Ok(Some(
        data.into_iter()
            .filter_map(|(key, value)| {
                let bytes = BASE64.decode(value.as_str()?).ok()?;
                Some((key, String::from_utf8(bytes).ok()?))
            })
            .collect(),
    ))
}

/// Names of the Secrets that the spec refers to, and of the platform's own.
pub fn referenced(name: &str, spec: &EventPlatformSpec) -> Vec<String> {
    let mut names = vec![format!("{name}-credentials")];
    for dependency in [&spec.postgres, &spec.redis, &spec.rabbitmq] {
        names.extend(
            dependency
                .external
                .as_ref()
                .map(|external| external.secret_ref.name.clone()),
        );
    }
    names.extend(
        spec.mail
            .as_ref()
            .map(|mail| mail.smtp_secret_ref.name.clone()),
    );
    names.extend(
        spec.admin
            .as_ref()
            .map(|admin| admin.secret_ref.name.clone()),
    );
    names.extend(
        spec.payments
            .secret_ref
            .as_ref()
            .map(|secret| secret.name.clone()),
    );
    names.extend(
        spec.ingress
            .as_ref()
            .and_then(|ingress| ingress.tls_secret.clone()),
    );
    names.extend(spec.services.variables().map(|(_, key)| key.name.clone()));
    names.sort();
    names.dedup();
    names
}
