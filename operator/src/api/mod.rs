//! The custom resources: what people write, what the operator answers, and the definitions generated from both.

mod budget;
mod crd;
mod defaults;
#[expect(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function"
)]
mod restore;
mod rules;
#[expect(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function"
)]
mod services;
#[expect(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function"
)]
mod spec;
mod status;

pub use self::{
    budget::{MAX_CONNECTIONS, Memory, committed},
    crd::{crds, platform_crd, restore_crd},
    restore::{EventPlatformRestore, EventPlatformRestoreSpec, RestorePhase, RestoreStatus},
    services::{
        Autoscaling, EnvValue, EnvVar, Probe, Probes, QueueScaling, Release, Resources,
        ServiceSpec, Services, WorkerSpec,
    },
    spec::{
        Backup, BackupDestination, DeletionPolicy, Dependency, EventPlatform, EventPlatformSpec,
        Ingress, Mail, Managed, Migrations, OnFailure, PaymentProvider, Payments, PointInTime,
        Rollout, SecretRef, Tracing,
    },
    status::{
        BackupStatus, Condition, ConditionStatus, EventPlatformStatus, LastGood, MemoryStatus,
        MigrationStatus, RestoredStatus, RolloutStatus, ServiceStatus, WorkerStatus,
    },
};

/// The API group; also the prefix of annotations and labels of ours.
pub const GROUP: &str = "eventplatform.dev";

/// The release of this operator, and of the platform that `spec: {}` runs.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The oldest release that this operator upgrades from.
pub const OLDEST_UPGRADABLE: &str = "0.1.0";
