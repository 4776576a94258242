//! From what was read to a plan, or to the sentence that says why there is none.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::{last_good, references};
use crate::{
    api::{self, Memory, OLDEST_UPGRADABLE, Release, VERSION},
    build::{Credentials, Kind, Plan, Service, UPSTREAMS, digest},
    cluster::Seen,
};

/// Why nothing is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The spec itself can't be.
    Invalid {
        reason: &'static str,
        message: String,
    },
    /// A Secret is not there, or lacks a key. It may come.
    Waiting {
        reason: &'static str,
        message: String,
    },
}

/// The memory that the spec asks for. The CRD's rule says the same; an object that was stored before the rule may break it.
pub(super) fn memory(seen: &Seen) -> Result<Memory, Refusal> {
    let memory = api::committed(&seen.platform.spec).ok_or_else(|| Refusal::Invalid {
        reason: "InvalidSpec",
        message: "a memory limit or spec.memoryBudget is no quantity such as 128Mi".into(),
    })?;
    if memory.fits() {
        Ok(memory)
    } else {
        Err(Refusal::Invalid {
            reason: "BudgetExceeded",
            message: memory.excess(),
        })
    }
}

/// Refuses to build on what is being destroyed: objects of a former platform of this name, and volumes on their way out.
pub(super) fn succession(seen: &Seen) -> Result<(), Refusal> {
    let ours = seen.platform.metadata.uid.as_deref();
    let serving = seen
        .platform
        .status
        .as_ref()
        .is_some_and(|status| status.last_good.is_some());
    let leaving = seen.live.all().find(|(kind, _, object)| {
        let going = *kind == Kind::PersistentVolumeClaim
            && !object["metadata"]["deletionTimestamp"].is_null()
            && !serving;
        let owner = &object["metadata"]["ownerReferences"][0];
        going || owner["kind"] == "EventPlatform" && owner["uid"].as_str() != ours
    });
    match leaving {
        None => Ok(()),
        Some((kind, name, _)) => Err(Refusal::Waiting {
            reason: "BeingDeleted",
            message: format!(
                "{} {name} of the former platform of this name is still being deleted; nothing is made before it is gone",
                kind.name()
            ),
        }),
    }
}

/// A plan for the release that the spec asks for; and what it lacks, where something serves that can go on without.
pub(super) fn plan(seen: &Seen) -> Result<(Plan, Vec<String>), Refusal> {
    let metadata = &seen.platform.metadata;
    let spec = &seen.platform.spec;
    upgrade(&spec.version, last_good::served(seen).as_deref())?;
    let name = metadata.name.clone().unwrap_or_default();
    let (referenced, lacks) = references::read(seen)?;
    let existing = seen
        .secrets
        .get(&format!("{name}-credentials"))
        .cloned()
        .unwrap_or_default();
    let known = Credentials::recovered(&existing, |part, key| {
        live_secret(seen, &format!("{name}-{part}"), key)
    });
    let plan = Plan {
        namespace: metadata.namespace.clone().unwrap_or_default(),
        uid: metadata.uid.clone().unwrap_or_default(),
        generation: metadata.generation.unwrap_or_default(),
        spec: spec.clone(),
        release: Release {
            version: spec.version.clone(),
            image_registry: spec.image_registry.clone(),
            services: spec.services.clone(),
        },
        credentials: Credentials::completed(&known),
        referenced,
        stopped: false,
        recovering: false,
        restored: seen
            .platform
            .status
            .as_ref()
            .and_then(|status| Some(status.restored.as_ref()?.uid.clone())),
        workers: None,
        upstreams: upstreams(seen, &name),
        name,
    };
    Ok((plan, lacks))
}

/// A digest of the Services' addresses; what it was for as long as one of them has none.
fn upstreams(seen: &Seen, name: &str) -> String {
    let addresses: Option<Vec<_>> = Service::UPSTREAMS
        .into_iter()
        .map(|service| {
            let live = seen.live.get(Kind::Service, &format!("{name}-{service}"))?;
            live["spec"]["clusterIP"].as_str()
        })
        .collect();
    if let Some(addresses) = addresses {
        return digest(&addresses)[..16].to_owned();
    }
    seen.live
        .get(Kind::Deployment, &format!("{name}-frontend"))
        .and_then(|live| live["spec"]["template"]["metadata"]["annotations"][UPSTREAMS].as_str())
        .unwrap_or_default()
        .to_owned()
}

pub(super) fn live_secret(seen: &Seen, name: &str, key: &str) -> Option<String> {
    let encoded = seen.live.get(Kind::Secret, name)?["data"][key].as_str()?;
    String::from_utf8(BASE64.decode(encoded).ok()?).ok()
}

/// Which releases this operator runs, and which steps between them it makes.
fn upgrade(wanted: &str, serving: Option<&str>) -> Result<(), Refusal> {
    let number = |text: &str| -> Option<(u64, u64, u64)> {
        let mut parts = text.splitn(3, '.').map(|part| part.parse().ok());
        Some((parts.next()??, parts.next()??, parts.next()??))
    };
    let (Some(target), Some(own), Some(oldest)) =
        (number(wanted), number(VERSION), number(OLDEST_UPGRADABLE))
    else {
        return Err(Refusal::Invalid {
            reason: "InvalidSpec",
            message: format!("spec.version is \"{wanted}\", which is no version such as {VERSION}"),
        });
    };
    if (target.0, target.1) > (own.0, own.1) {
        return Err(Refusal::Invalid {
            reason: "UnsupportedVersion",
            message: format!(
                "this operator is of release {VERSION} and does not know {wanted}; upgrade the operator first"
            ),
        });
    }
    let Some(serving) = serving else {
        return Ok(());
    };
    let current = number(serving).unwrap_or(target);
    if target < current {
        return Err(Refusal::Invalid {
            reason: "UnsupportedUpgrade",
            message: format!(
                "{serving} serves and its schema may be newer than {wanted} knows; go on with {serving} or newer, or restore a backup into another platform of release {wanted}"
            ),
        });
    }
    if target > current && current < oldest {
        return Err(Refusal::Invalid {
            reason: "UnsupportedUpgrade",
            message: format!(
                "{wanted} upgrades from {OLDEST_UPGRADABLE} or newer, {serving} serves; go by {OLDEST_UPGRADABLE} first"
            ),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(wanted: &str, serving: Option<&str>) -> Option<&'static str> {
        match upgrade(wanted, serving) {
            Ok(()) => None,
            Err(Refusal::Invalid { reason, .. } | Refusal::Waiting { reason, .. }) => Some(reason),
        }
    }

    #[test]
    fn versions_only_rise_and_no_further_than_the_operator() {
        assert_eq!(reason(VERSION, None), None);
        assert_eq!(reason("0.1.7", Some("0.1.0")), None);
        assert_eq!(reason("0.1.0", Some("0.1.0")), None);
        assert_eq!(reason("0.1.0", Some("0.1.1")), Some("UnsupportedUpgrade"));
        assert_eq!(reason("0.1.0", Some("0.0.9")), Some("UnsupportedUpgrade"));
        assert_eq!(reason("99.0.0", None), Some("UnsupportedVersion"));
        assert_eq!(reason("1.x", None), Some("InvalidSpec"));
    }
}
