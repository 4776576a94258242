//! The release that was last ready as a whole, kept where a rollback finds it: ConfigMap NAME-last-good.

use serde_json::json;

use crate::{
    api::{LastGood, Release},
    build::{Kind, Object, Plan, Service},
    cluster::Seen,
};

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
    Object {
        kind: Kind::ConfigMap,
        value: json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": plan.metadata(&plan.of("last-good"), "last-good"),
            "data": {"release": release, "migration": migration},
        }),
    }
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
