//! `EventPlatformRestore`: puts a dump back into the databases of a platform, or takes its PostgreSQL back to a moment.

use chrono::{DateTime, Utc};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules;

/// Stops the services of a platform, puts a dump back into every database or takes PostgreSQL back to a moment, migrates and starts
/// the services again.
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
    doc = "Puts a dump back into the databases of an EventPlatform of the same namespace, or with targetTime takes its PostgreSQL back to a moment. What they hold now is replaced, and Redis and RabbitMQ are emptied where the operator runs them: sessions, caches and messages would be about what is no longer there. External ones are left as they are. The platform does not serve meanwhile.",
    printcolumn(name = "Platform", type_ = "string", json_path = ".spec.platform"),
    printcolumn(name = "Backup", type_ = "string", json_path = ".status.backup"),
    printcolumn(name = "Recovered to", type_ = "string", json_path = ".status.recoveredTo"),
    printcolumn(name = "Phase", type_ = "string", json_path = ".status.phase"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.message"),
    validation = rules::restore_name()
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rules::unchanged(), validation = rules::dump_or_moment())]
pub struct EventPlatformRestoreSpec {
    /// The EventPlatform, of the same namespace.
    #[schemars(length(min = 1, max = 40))]
    pub platform: String,
    /// Name of the dump, as in the platform's status.lastBackup.name; `latest` is the newest of the platform's own. NAMESPACE.PLATFORM/NAME is one that another platform has put on the same volume.
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^(latest|([a-z0-9][-a-z0-9]*\.[a-z][-a-z0-9]*/)?[0-9]{8}T[0-9]{6}Z)$"), extend("default" = "latest"))]
    #[serde(default = "latest")]
    pub backup: String,
    /// The moment to take PostgreSQL back to, from its archive (the platform's spec.backup.pointInTime): a time such as 2026-11-28T12:00:00Z, or `latest` for all that was archived. Without it a dump is put back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(max = 40),
        regex(
            pattern = r"^(latest|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2}))$"
        )
    )]
    pub target_time: Option<String>,
}

fn latest() -> String {
    "latest".into()
}

/// How far a restore is.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RestoreStatus {
    /// Pending, Stopping, Restoring, Succeeded, Failed (nothing was changed) or Incomplete (it broke off, and what the databases hold must be looked at).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<RestorePhase>,
    /// What is going on, or what went wrong and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The dump that was put back, or when the base backup ended that the recovery began from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// The last transaction that was recovered, of a recovery to a moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovered_to: Option<String>,
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
    /// It broke off in the middle: the platform stays stopped.
    Incomplete,
}

impl RestorePhase {
    pub fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Incomplete)
    }
}
