//! What the operator reads from its environment.

use clap::Args;
use kit::config::{Duration, ServerConfig};

/// Everything that `run` needs.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("port", kit::config::default_port("8080")))]
pub struct Config {
    #[command(flatten)]
    pub server: ServerConfig,
    /// Name of this operator among several; the pod's name
    #[arg(
        long,
        env,
        default_value = "operator",
        help_heading = "Leader election"
    )]
    pub pod_name: String,
    /// Namespace of the lease that decides which of several operators works
    #[arg(long, env, default_value = "default", help_heading = "Leader election")]
    pub pod_namespace: String,
    /// How long a leader that has gone silent keeps the lease
    #[arg(long, env, default_value = "15s", help_heading = "Leader election")]
    pub lease_duration: Duration,
    /// Namespace whose platforms are looked after; all of them when absent
    #[arg(long, env, help_heading = "Scope")]
    pub watch_namespace: Option<String>,
}
