//! What objects are built from: a valid spec, and what was read for it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    credentials::Credentials,
    part::{MANAGED_BY, Service, selector},
};
use crate::api::{EnvVar, EventPlatformSpec, Probes, Release, Resources};

/// Contents of a Secret.
pub type SecretData = BTreeMap<String, String>;

/// Secrets that the spec refers to; all that are needed are there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Referenced {
    pub postgres: Option<SecretData>,
    pub redis: Option<SecretData>,
    pub rabbitmq: Option<SecretData>,
    pub mail: Option<SecretData>,
    pub payments: Option<SecretData>,
    /// Those that variables of services are taken from, by name.
    pub variables: BTreeMap<String, SecretData>,
}

/// Everything that the objects of a platform depend on.
#[derive(Clone, Debug)]
pub struct Plan {
    pub name: String,
    pub namespace: String,
    pub uid: String,
    /// Of the spec.
    pub generation: i64,
    pub spec: EventPlatformSpec,
    /// The version, images and settings that run: the spec's, or those that were last good.
    pub release: Release,
    pub credentials: Credentials,
    pub referenced: Referenced,
    /// Whether services that write are stopped, for a restore.
    pub stopped: bool,
    /// Whether PostgreSQL and what takes its base backups are stopped, for a recovery.
    pub recovering: bool,
    /// The uid of the EventPlatformRestore whose dump is in the databases.
    pub restored: Option<String>,
    /// How many workers the queue asks for, where it decides.
    pub workers: Option<i32>,
    /// Changes with the addresses of the Services that the entrance leads to: nginx asks for them only when it starts.
    pub upstreams: String,
}

/// What is set for a service, whichever it is.
pub struct Settings<'a> {
    pub replicas: Option<i32>,
    pub resources: Option<&'a Resources>,
    pub probes: Probes,
    pub env: &'a [EnvVar],
}

impl Plan {
    /// Name of the object of a part.
    pub fn of(&self, part: &str) -> String {
        format!("{}-{part}", self.name)
    }

    /// Metadata of an object that ends with the platform.
    pub fn metadata(&self, name: &str, component: &str) -> Value {
        let mut metadata = self.kept(name, component);
        metadata["ownerReferences"] = json!([{
            "apiVersion": "eventplatform.dev/v1alpha1",
            "kind": "EventPlatform",
            "name": self.name,
            "uid": self.uid,
            "controller": true,
            "blockOwnerDeletion": true,
        }]);
        metadata
    }

    /// Metadata of an object that outlives the platform.
    pub fn kept(&self, name: &str, component: &str) -> Value {
        json!({"name": name, "namespace": self.namespace, "labels": self.labels(component)})
    }

    pub fn labels(&self, component: &str) -> Value {
        let mut labels = selector(&self.name, component);
        labels["app.kubernetes.io/managed-by"] = MANAGED_BY.into();
        labels
    }

    /// The image of a service in this plan's release.
    pub fn image(&self, service: Service) -> String {
        image(&self.release, service)
    }

    pub fn settings(&self, service: Service) -> Settings<'_> {
        let services = &self.release.services;
        let spec = match service {
            Service::Auth => &services.auth,
            Service::Catalog => &services.catalog,
            Service::Booking => &services.booking,
            Service::Payment => &services.payment,
            Service::Frontend => &services.frontend,
            Service::Worker => {
                let worker = &services.worker;
                return Settings {
                    replicas: Some(self.workers.unwrap_or(worker.replicas)),
                    resources: Some(&worker.resources),
                    probes: worker.probes.clone(),
                    env: &worker.env,
                };
            }
            Service::Sandbox => {
                return Settings {
                    replicas: Some(1),
                    resources: None,
                    probes: Probes::default(),
                    env: &[],
                };
            }
        };
        Settings {
            // An autoscaler owns the number of pods.
            replicas: spec.autoscaling.is_none().then_some(spec.replicas),
            resources: Some(&spec.resources),
            probes: spec.probes.clone(),
            env: &spec.env,
        }
    }

    /// The fewest pods of a service, where something else than the spec decides how many there are.
    pub fn fewest(&self, service: Service) -> Option<i32> {
        let services = &self.release.services;
        let spec = match service {
            Service::Auth => &services.auth,
            Service::Catalog => &services.catalog,
            Service::Booking => &services.booking,
            Service::Payment => &services.payment,
            Service::Frontend => &services.frontend,
            Service::Worker => {
                let scaling = services.worker.autoscaling.as_ref();
                return scaling.map(|scaling| scaling.min);
            }
            Service::Sandbox => return None,
        };
        spec.autoscaling.as_ref().map(|scaling| scaling.min)
    }

    /// The URL under which people reach the platform.
    pub fn public_url(&self) -> String {
        match &self.spec.ingress {
            Some(ingress) if ingress.tls_secret.is_some() => format!("https://{}", ingress.host),
            Some(ingress) => format!("http://{}", ingress.host),
            None => "http://localhost:3000".into(),
        }
    }
}

/// The image of a service in a release.
pub fn image(release: &Release, service: Service) -> String {
    let services = &release.services;
    let (name, own) = match service {
        Service::Auth => ("auth", &services.auth.image),
        Service::Catalog => ("catalog", &services.catalog.image),
        Service::Booking => ("booking", &services.booking.image),
        Service::Payment | Service::Sandbox => ("payment", &services.payment.image),
        Service::Worker => ("worker", &services.worker.image),
        Service::Frontend => ("frontend", &services.frontend.image),
    };
    own.clone()
        .unwrap_or_else(|| format!("{}/{name}:{}", release.image_registry, release.version))
}
