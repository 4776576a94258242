//! `EventPlatform`: what the operator answers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the operator saw and did.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventPlatformStatus {
    /// The generation of the spec that this status is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// What is going on, or what is wrong, in a word or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
    /// The release that serves; while nothing serves yet, the one that is being installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Services with all their replicas ready, such as 4/6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services_ready: Option<String>,
    /// Ready, Available, Progressing, Degraded, DependenciesReady, MigrationsComplete, BackupHealthy, Paused.
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The services, one by one.
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceStatus>,
    /// Whether payments are real.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payments: Option<String>,
    /// How far migrations are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migration: Option<MigrationStatus>,
    /// A rollout that failed and was taken back, or is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<RolloutStatus>,
    /// The last version that was ready as a whole; a rollback goes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_good: Option<LastGood>,
    /// Memory limits against the budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemoryStatus>,
    /// The last dump of every database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_backup: Option<BackupStatus>,
    /// The last restore that succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<RestoredStatus>,
    /// What `kubectl scale` and autoscalers read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerStatus>,
}

/// One aspect of the state, as Kubernetes' API conventions describe conditions.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Which aspect.
    #[serde(rename = "type")]
    pub type_: String,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// Why, as one word.
    pub reason: String,
    /// Why, as a sentence, with what to do.
    pub message: String,
    /// When the status last changed.
    pub last_transition_time: DateTime<Utc>,
    /// The generation of the spec that this is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub enum ConditionStatus {
    True,
    False,
    Unknown,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct ServiceStatus {
    /// Which one.
    pub name: String,
    /// Pods that are ready.
    pub ready: i32,
    /// Pods that shall run.
    pub desired: i32,
    /// The image that they run.
    pub image: String,
}

/// How far migrations are.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MigrationStatus {
    /// What is, or was last, to be run: a digest of the images and what they are run with.
    pub hash: String,
    /// What was last run to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_hash: Option<String>,
    /// The attempt at `hash`, from 1.
    pub attempt: i32,
    /// When the next attempt begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The first attempt of this try; those before it failed, and then the spec changed.
    pub first_attempt: i32,
    /// Whether all attempts at `hash` failed. It is tried again when the spec changes.
    pub failed: bool,
    /// The generation of the spec whose attempts failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_generation: Option<i64>,
    /// The Job of the attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// What the last failed attempt said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A rollout that failed.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RolloutStatus {
    /// Digest of the version, images and settings that failed.
    pub failed_hash: String,
    /// The generation of the spec that failed. It is not tried again until the spec changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
    /// Why it failed.
    pub message: String,
}

/// The last version that was ready as a whole.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastGood {
    /// Release.
    pub version: String,
    /// Image of each service.
    pub images: BTreeMap<String, String>,
    /// Its migrations, which need not run again.
    pub migration_hash: String,
}

/// Memory limits against the budget.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct MemoryStatus {
    /// What the limits add up to, with a rolling Deployment's further pod and the Jobs.
    pub committed: String,
    /// spec.memoryBudget.
    pub budget: String,
}

/// A dump of every database.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct BackupStatus {
    /// Name, by which an EventPlatformRestore can ask for it.
    pub name: String,
    /// When it was finished.
    pub time: DateTime<Utc>,
    /// How large it is and what is kept beside it.
    pub message: String,
}

/// A restore that succeeded.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct RestoredStatus {
    /// The EventPlatformRestore.
    pub name: String,
    /// Its uid.
    pub uid: String,
    /// When it was finished.
    pub time: DateTime<Utc>,
    /// Whether migrations have run since; until then the services stand still, for the dump may be of an older release.
    #[serde(default)]
    pub migrated: bool,
}

/// The worker, for the scale subresource.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerStatus {
    /// Pods that run.
    pub replicas: i32,
    /// Label selector of the pods.
    pub selector: String,
    /// When the queue's length last changed the number of pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaled_at: Option<DateTime<Utc>>,
}
