//! Memory limits of what the spec does not set.

/// The payment sandbox.
pub const SANDBOX: &str = "64Mi";
/// A migration Job: its containers run one after another.
pub const MIGRATION_JOB: &str = "128Mi";
/// What takes base backups.
pub const ARCHIVE: &str = "256Mi";
/// A backup or restore Job.
pub const BACKUP_JOB: &str = "512Mi";
