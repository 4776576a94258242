//! What the operator makes: manifests, and the kinds of them.

use kube::api::{ApiResource, GroupVersionKind};
use serde_json::Value;

/// Every kind of object that belongs to a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    ServiceAccount,
    Secret,
    ConfigMap,
    PersistentVolumeClaim,
    Service,
    NetworkPolicy,
    PodDisruptionBudget,
    StatefulSet,
    Job,
    CronJob,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
}

impl Kind {
    pub const ALL: [Self; 13] = [
        Self::ServiceAccount,
        Self::Secret,
        Self::ConfigMap,
        Self::PersistentVolumeClaim,
        Self::Service,
        Self::NetworkPolicy,
        Self::PodDisruptionBudget,
        Self::StatefulSet,
        Self::Job,
        Self::CronJob,
        Self::Deployment,
        Self::HorizontalPodAutoscaler,
        Self::Ingress,
    ];

    fn parts(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::ServiceAccount => ("", "v1", "ServiceAccount", "serviceaccounts"),
            Self::Secret => ("", "v1", "Secret", "secrets"),
            Self::ConfigMap => ("", "v1", "ConfigMap", "configmaps"),
            Self::PersistentVolumeClaim => {
                ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
            }
            Self::Service => ("", "v1", "Service", "services"),
            Self::NetworkPolicy => (
                "networking.k8s.io",
                "v1",
                "NetworkPolicy",
                "networkpolicies",
            ),
            Self::PodDisruptionBudget => (
                "policy",
                "v1",
                "PodDisruptionBudget",
                "poddisruptionbudgets",
            ),
            Self::StatefulSet => ("apps", "v1", "StatefulSet", "statefulsets"),
            Self::Job => ("batch", "v1", "Job", "jobs"),
            Self::CronJob => ("batch", "v1", "CronJob", "cronjobs"),
            Self::Deployment => ("apps", "v1", "Deployment", "deployments"),
            Self::HorizontalPodAutoscaler => (
                "autoscaling",
                "v2",
                "HorizontalPodAutoscaler",
                "horizontalpodautoscalers",
            ),
            Self::Ingress => ("networking.k8s.io", "v1", "Ingress", "ingresses"),
        }
    }

    pub fn name(self) -> &'static str {
        self.parts().2
    }

    pub fn api_version(self) -> String {
        let (group, version, ..) = self.parts();
        if group.is_empty() {
            version.into()
        } else {
            format!("{group}/{version}")
        }
    }

    pub fn api(self) -> ApiResource {
        let (group, version, kind, plural) = self.parts();
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
    }
}

/// A manifest as it is applied: only the fields that the operator decides about.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    pub kind: Kind,
    pub value: Value,
    /// How many pods a Deployment begins with whose number is an autoscaler's.
    pub first_pods: Option<i32>,
}

impl Object {
    /// `value` has `metadata` and what follows; its apiVersion and kind are added.
    pub(crate) fn new(kind: Kind, mut value: Value) -> Self {
        value["apiVersion"] = kind.api_version().into();
        value["kind"] = kind.name().into();
        Self {
            kind,
            value,
            first_pods: None,
        }
    }

    pub fn name(&self) -> &str {
        self.value["metadata"]["name"].as_str().unwrap_or_default()
    }
}
