//! `EventPlatform`: the specification. Defaults are in [`super::defaults`]; every doc comment is what `kubectl explain` shows.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{budget, rules, services::Services, status::EventPlatformStatus};

/// An event-booking platform: five services and their entrance, with PostgreSQL, Redis and RabbitMQ.
#[derive(Clone, Debug, PartialEq, CustomResource, KubeSchema, Serialize, Deserialize)]
#[kube(
    group = "eventplatform.dev",
    version = "v1alpha1",
    kind = "EventPlatform",
    plural = "eventplatforms",
    shortname = "ep",
    shortname = "evp",
    category = "all",
    namespaced,
    status = "EventPlatformStatus",
    derive = "PartialEq",
    doc = "An event-booking platform: auth, catalog, booking, payment, worker and frontend, with PostgreSQL, Redis and RabbitMQ. `spec: {}` runs all of it.",
    scale(
        spec_replicas_path = ".spec.services.worker.replicas",
        status_replicas_path = ".status.worker.replicas",
        label_selector_path = ".status.worker.selector"
    ),
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#, description = "Whether everything that the spec asks for runs"),
    printcolumn(name = "Migrated", type_ = "string", json_path = r#".status.conditions[?(@.type=="MigrationsComplete")].status"#, description = "Whether the databases have the schema of this version"),
    printcolumn(name = "Version", type_ = "string", json_path = ".status.version", description = "The release that serves"),
    printcolumn(name = "Services", type_ = "string", json_path = ".status.servicesReady", description = "Services with all their replicas ready"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.activity", description = "What is going on, or what is wrong"),
    validation = rules::platform_name()
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = budget::memory(),
    validation = budget::connections(),
    validation = rules::point_in_time()
)]
pub struct EventPlatformSpec {
    /// Release to run: a semantic version such as 0.1.0. It may be raised, never lowered; the operator refuses releases newer than its own.
    #[schemars(
        length(max = 32),
        regex(pattern = r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$")
    )]
    pub version: String,
    /// Where the platform's images are: IMAGEREGISTRY/booking:VERSION and so on.
    #[schemars(
        length(min = 1, max = 200),
        regex(pattern = r"^[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?$")
    )]
    pub image_registry: String,
    /// Names of Secrets with which images are pulled, where their registry asks for a login. They are of this namespace and of type kubernetes.io/dockerconfigjson.
    #[schemars(
        length(max = 10),
        inner(length(min = 1, max = 253)),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub image_pull_secrets: Vec<String>,
    /// While true the operator changes nothing, not even what somebody else changed; it goes on reporting.
    pub paused: bool,
    /// What becomes of volumes and credentials when this object is deleted: Retain keeps them, and an object of the same name takes them up again; Delete removes them.
    pub deletion_policy: DeletionPolicy,
    /// The six services.
    pub services: Services,
    /// PostgreSQL, the truth of the platform. Which of the two it is can't be changed later: restore a backup into another platform.
    #[x_kube(
        validation = rules::either("spec.postgres", "managed", "external"),
        validation = rules::postgres_stays()
    )]
    pub postgres: Dependency,
    /// Redis: sessions, caches, rate limits, live availability.
    #[x_kube(validation = rules::either("spec.redis", "managed", "external"))]
    pub redis: Dependency,
    /// RabbitMQ: work between services.
    #[x_kube(validation = rules::either("spec.rabbitmq", "managed", "external"))]
    pub rabbitmq: Dependency,
    /// How schema migrations run.
    pub migrations: Migrations,
    /// How new versions roll out.
    pub rollout: Rollout,
    /// How people reach the platform from outside the cluster. Without it only the Service NAME-frontend leads there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress: Option<Ingress>,
    /// How mail leaves. Without it mails stay queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<Mail>,
    /// Who takes payments.
    pub payments: Payments,
    /// Secret with ADMIN_EMAIL and ADMIN_PASSWORD of the first administrator. Without it the operator makes both, into Secret NAME-credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<Admin>,
    /// Where traces go. Without it none are recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracing: Option<Tracing>,
    /// Regular dumps of every database. Without it there are none, and none before a migration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<Backup>,
    /// What the memory limits of everything, with one more replica of the largest service and the Jobs, may add up to.
    #[schemars(length(max = 9), regex(pattern = "^[1-9][0-9]*(Ki|Mi|Gi)$"))]
    pub memory_budget: String,
}

impl EventPlatformSpec {
    /// How recovery to a moment is set up, where it is.
    pub fn point_in_time(&self) -> Option<&PointInTime> {
        self.backup.as_ref()?.point_in_time.as_ref()
    }
}

/// What becomes of data when an EventPlatform is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub enum DeletionPolicy {
    #[default]
    Retain,
    Delete,
}

/// A Secret of the same namespace.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct SecretRef {
    /// Name of the Secret.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
}

/// Something the platform leans on: run by the operator, or somebody else's.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize, Deserialize)]
pub struct Dependency {
    /// The operator runs it, with a volume that outlives every pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed: Option<Managed>,
    /// It exists already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external: Option<External>,
}

/// A dependency that the operator runs, as one replica.
#[derive(Clone, Debug, PartialEq, KubeSchema, Serialize, Deserialize)]
pub struct Managed {
    /// Size of its volume, such as 4Gi. It can grow where the storage class allows that, never shrink.
    #[schemars(length(max = 16), regex(pattern = "^[1-9][0-9]*(Mi|Gi|Ti)$"))]
    #[x_kube(validation = rules::grows())]
    pub storage: String,
    /// Image to run instead of the one that the operator knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(min = 1, max = 255),
        regex(pattern = "^[a-zA-Z0-9][a-zA-Z0-9._/:@-]*$")
    )]
    pub image: Option<String>,
    /// What its container asks for and is held to.
    pub resources: super::Resources,
}

/// A dependency that exists already.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct External {
    /// Secret with its URLs. For PostgreSQL: DATABASE_URL_AUTH, _CATALOG, _BOOKING, _PAYMENT, _WORKER and, with the sandbox, _SANDBOX. For Redis: REDIS_URL. For RabbitMQ: RABBITMQ_URL.
    pub secret_ref: SecretRef,
}

/// The first administrator.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Admin {
    /// Secret with ADMIN_EMAIL and ADMIN_PASSWORD.
    pub secret_ref: SecretRef,
}

/// How schema migrations run: as one Job, before any pod of the new version starts.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Migrations {
    /// Longest that one attempt may take, in seconds.
    #[schemars(range(min = 10, max = 86400))]
    pub timeout_seconds: i64,
    /// How often a failed attempt is repeated, after 10 s, 20 s, 40 s and so on. Then the old version goes on serving until the spec changes.
    #[schemars(range(min = 0, max = 10))]
    pub max_retries: i32,
    /// Whether every database is dumped before a migration, where spec.backup is set.
    pub backup_before: bool,
}

/// How new versions roll out: one service after another, a new pod ready before an old one ends.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    /// Longest that a service may make no progress, in seconds.
    #[schemars(range(min = 10, max = 3600))]
    pub progress_deadline_seconds: i32,
    /// What happens then: Rollback takes all services back to the last version that was ready; Hold leaves everything as it is.
    pub on_failure: OnFailure,
}

/// What happens to a rollout that makes no progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub enum OnFailure {
    #[default]
    Rollback,
    Hold,
}

/// How people reach the platform.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ingress {
    /// Host name, such as tickets.example.com.
    #[schemars(
        length(min = 1, max = 253),
        regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
    )]
    pub host: String,
    /// Name of a TLS Secret of this namespace. With it the platform is at https and browsers are told to stay there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub tls_secret: Option<String>,
    /// Ingress class; the cluster's default one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub class_name: Option<String>,
}

/// How mail leaves.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Secret with SMTP_URL, such as smtps://user:secret@mail.example.com, and optionally MAIL_FROM.
    pub smtp_secret_ref: SecretRef,
}

/// Who takes payments.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payments {
    /// sandbox: a stand-in that the operator runs too. It takes Stripe's test cards; no money moves.
    pub provider: PaymentProvider,
    /// Secret with SANDBOX_API_KEY and SANDBOX_WEBHOOK_SECRET; the operator makes them when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SecretRef>,
}

/// A payment provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaymentProvider {
    #[default]
    Sandbox,
}

/// Where traces go.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tracing {
    /// OTLP/HTTP collector, such as http://collector.observability:4318.
    #[schemars(length(min = 1, max = 255), regex(pattern = "^https?://[^ ?#]+$"))]
    pub endpoint: String,
    /// How many of a hundred traces are recorded.
    #[schemars(range(min = 0, max = 100))]
    #[schemars(extend("default" = 10))]
    #[serde(default = "ten")]
    pub sample_percent: i32,
}

fn ten() -> i32 {
    10
}

/// Regular dumps of every database.
#[derive(Clone, Debug, PartialEq, KubeSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// When, as a cron expression in UTC.
    #[schemars(length(max = 100))]
    #[x_kube(validation = rules::schedule())]
    #[schemars(extend("default" = "0 3 * * *"))]
    #[serde(default = "nightly")]
    pub schedule: String,
    /// How many dumps are kept.
    #[schemars(range(min = 1, max = 365))]
    #[schemars(extend("default" = 7))]
    #[serde(default = "week")]
    pub retention: i32,
    /// Where they are kept.
    #[schemars(extend("default" = {"storage": "2Gi"}))]
    #[serde(default = "BackupDestination::two_gi")]
    #[x_kube(validation = rules::either("spec.backup.destination", "storage", "claimName"))]
    pub destination: BackupDestination,
    /// Recovery of the PostgreSQL that the operator runs to any moment: base backups and all WAL since. Without it there are dumps alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point_in_time: Option<PointInTime>,
}

/// Base backups of PostgreSQL, and the WAL that leads from them to any later moment.
#[derive(Clone, Debug, PartialEq, Eq, KubeSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PointInTime {
    /// What base backups and WAL may take together, and the size of the volume that the operator makes for them, NAME-archive.
    #[schemars(length(max = 16), regex(pattern = "^[1-9][0-9]*(Mi|Gi|Ti)$"))]
    #[schemars(extend("default" = "4Gi"))]
    #[serde(default = "PointInTime::four_gi")]
    #[x_kube(validation = rules::grows())]
    pub storage: String,
    /// Name of a PersistentVolumeClaim of this namespace that is used instead of a volume that the operator makes; the node of PostgreSQL must reach it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub claim_name: Option<String>,
    /// How many base backups are kept; fewer where there is no room for as many.
    #[schemars(range(min = 1, max = 30))]
    #[schemars(extend("default" = 2))]
    #[serde(default = "PointInTime::two")]
    pub retention: i32,
    /// When the base backup of the day is taken, in UTC.
    #[schemars(length(max = 5), regex(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    #[schemars(extend("default" = "03:30"))]
    #[serde(default = "PointInTime::half_past_three")]
    pub at: String,
    /// After how many seconds WAL that was written is archived: what was committed in them is lost with PostgreSQL's volume.
    #[schemars(range(min = 5, max = 3600))]
    #[schemars(extend("default" = 30))]
    #[serde(default = "PointInTime::thirty")]
    pub archive_timeout_seconds: i32,
}

impl PointInTime {
    fn four_gi() -> String {
        "4Gi".into()
    }

    fn two() -> i32 {
        2
    }

    fn half_past_three() -> String {
        "03:30".into()
    }

    fn thirty() -> i32 {
        30
    }
}

fn nightly() -> String {
    "0 3 * * *".into()
}

fn week() -> i32 {
    7
}

/// Where dumps are kept: a volume of the platform's own, or one that is there.
#[derive(Clone, Debug, PartialEq, Eq, KubeSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackupDestination {
    /// Size of a volume that the operator makes, NAME-backups.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), regex(pattern = "^[1-9][0-9]*(Mi|Gi|Ti)$"))]
    #[x_kube(validation = rules::grows())]
    pub storage: Option<String>,
    /// Name of a PersistentVolumeClaim of this namespace, such as one on a network file system.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub claim_name: Option<String>,
}

impl BackupDestination {
    fn two_gi() -> Self {
        Self {
            storage: Some("2Gi".into()),
            claim_name: None,
        }
    }
}
