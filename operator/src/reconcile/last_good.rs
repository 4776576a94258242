//! The release that was last ready as a whole, kept where a rollback finds it: ConfigMap NAME-last-good.

use serde_json::json;

use crate::{
    api::{LastGood, Release},
    build::{Kind, Object, Plan, Service},
    cluster::{Applier, Error, Seen},
};

/// On NAME-credentials, which outlive the platform as its volumes do: the release that was last good on them.
const SERVED: &str = "eventplatform.dev/last-good-version";

/// The release that last served on the data that are there.
pub(super) fn served(seen: &Seen) -> Option<String> {
    let status = seen.platform.status.as_ref();
    let good = status.and_then(|status| status.last_good.as_ref());
    good.map(|good| good.version.clone()).or_else(|| {
        let name = format!("{}-credentials", seen.platform.metadata.name.as_deref()?);
        let credentials = seen.live.get(Kind::Secret, &name)?;
        Some(
            credentials["metadata"]["annotations"][SERVED]
                .as_str()?
                .to_owned(),
        )
    })
}

/// Makes NAME-credentials complete, with the release that serves on the data.
pub(super) async fn keep_credentials(
    seen: &Seen,
    plan: &Plan,
    served: Option<&str>,
    applier: &mut Applier<'_>,
) -> Result<(), Error> {
    let mut object = plan.credentials.secret(plan);
    if let Some(served) = served {
        object.value["metadata"]["annotations"][SERVED] = served.into();
    }
    let known = seen
        .secrets
        .get(object.name())
        .is_some_and(|known| plan.credentials.are(known));
    let live = seen.live.get(Kind::Secret, object.name());
    let noted = live.is_some_and(|live| {
        served.is_none() || live["metadata"]["annotations"][SERVED].as_str() == served
    });
    if !(known && noted) {
        applier.apply(&object).await?;
    }
    Ok(())
}

pub(super) struct LastGoodRelease {
    pub release: Release,
}

impl LastGoodRelease {
    pub(super) fn of(seen: &Seen) -> Option<Self> {
        let name = format!("{}-last-good", seen.platform.metadata.name.as_deref()?);
        let text = seen.live.get(Kind::ConfigMap, &name)?["data"]["release"].as_str()?;
        let release = serde_json::from_str(text)
            .inspect_err(|error| {
                tracing::warn!(name, "the last good release can't be read: {error}");
            })
            .ok()?;
        Some(Self { release })
    }
}

pub(super) fn object(plan: &Plan, migration: &str) -> Object {
    let release = serde_json::to_string(&plan.release).unwrap_or_default();
    Object::new(
        Kind::ConfigMap,
        json!({
            "metadata": plan.metadata(&plan.of("last-good"), "last-good"),
            "data": {"release": release, "migration": migration},
        }),
    )
}

pub(super) fn status(plan: &Plan, migration: &str) -> LastGood {
    LastGood {
        version: plan.release.version.clone(),
        images: Service::SIX
            .into_iter()
            .map(|service| (service.name().to_owned(), plan.image(service)))
            .collect(),
        migration_hash: migration.to_owned(),
    }
}
