//! `EventPlatformRestore`: puts a dump back into the databases of a platform.

use chrono::{DateTime, Utc};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules;

/// Stops the services of a platform, puts a dump back into every database, migrates and starts the services again.
#[derive(Clone, Debug, PartialEq, CustomResource, KubeSchema, Serialize, Deserialize)]
#[kube(
    group = "eventplatform.dev",
    version = "v1alpha1",
    kind = "EventPlatformRestore",
    plural = "eventplatformrestores",
    shortname = "epr",
    namespaced,
    status = "RestoreStatus",
    derive = "PartialEq",
    doc = "Puts a dump back into the databases of an EventPlatform of the same namespace. What they hold now is replaced, and Redis and RabbitMQ are emptied where the operator runs them: sessions, caches and messages would be about what is no longer there. External ones are left as they are. The platform does not serve meanwhile.",
    printcolumn(name = "Platform", type_ = "string", json_path = ".spec.platform"),
    printcolumn(name = "Backup", type_ = "string", json_path = ".status.backup"),
    printcolumn(name = "Phase", type_ = "string", json_path = ".status.phase"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.message"),
    validation = rules::restore_name()
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rules::unchanged())]
pub struct EventPlatformRestoreSpec {
    /// The EventPlatform, of the same namespace.
    #[schemars(length(min = 1, max = 40))]
    pub platform: String,
    /// Name of the dump, as in the platform's status.lastBackup.name; `latest` is the newest of the platform's own. NAMESPACE.PLATFORM/NAME is one that another platform has put on the same volume.
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^(latest|([a-z0-9][-a-z0-9]*\.[a-z][-a-z0-9]*/)?[0-9]{8}T[0-9]{6}Z)$"), extend("default" = "latest"))]
    #[serde(default = "latest")]
    pub backup: String,
}

fn latest() -> String {
    "latest".into()
}

/// How far a restore is.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RestoreStatus {
    /// Pending, Stopping, Restoring, Succeeded, Failed (nothing was changed) or Incomplete (some databases may be restored and others not).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<RestorePhase>,
    /// What is going on, or what went wrong and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The dump that is put back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
}

/// How far a restore is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub enum RestorePhase {
    Pending,
    Stopping,
    Restoring,
    Succeeded,
    /// Nothing was changed.
    Failed,
    /// Some databases may be restored and others not: the platform stays stopped.
    Incomplete,
}

impl RestorePhase {
    pub fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Incomplete)
    }
}
