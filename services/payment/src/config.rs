//! The command line and the environment.

use clap::{Args, Parser, Subcommand};
use kit::config::{
    BaseUrl, BrokerConfig, DatabaseConfig, Duration, HealthConfig, PeersConfig, RedisConfig,
    ServerConfig, TelemetryConfig, TokenConfig,
};
use secrecy::SecretString;

use crate::sandbox::config::SandboxConfig;

/// Payments, refunds and receipts of the event platform, and the sandbox that stands in for a payment provider.
///
/// Settings come from the environment or .env; a secret may be in a file that <NAME>_FILE names.
#[derive(Debug, Parser)]
#[command(name = "payment", version)]
pub struct Cli {
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve HTTP, consume payment.events and reconcile until SIGTERM
    Serve(Box<ServeConfig>),
    /// Bring the database up to date
    Migrate(MigrateConfig),
    /// Print the OpenAPI document
    Openapi,
    /// Ask the process that serves on this host whether it is alive
    #[command(mut_arg("port", kit::config::default_port("8004")))]
    Health(HealthConfig),
    /// The stand-in for a payment provider: a process of its own with a database of its own
    #[command(subcommand)]
    Sandbox(SandboxCommand),
}

#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Serve the provider's API and pages, and send webhooks until SIGTERM
    Serve(Box<SandboxConfig>),
    /// Bring the sandbox's database up to date
    Migrate(MigrateConfig),
    /// Ask the process that serves on this host whether it is alive
    #[command(mut_arg("port", kit::config::default_port("8006")))]
    Health(HealthConfig),
}

#[derive(Clone, Debug, Args)]
#[command(mut_arg("port", kit::config::default_port("8004")))]
pub struct ServeConfig {
    #[command(flatten)]
    pub server: ServerConfig,
    #[command(flatten)]
    pub database: DatabaseConfig,
    #[command(flatten)]
    pub redis: RedisConfig,
    #[command(flatten)]
    pub broker: BrokerConfig,
    #[command(flatten)]
    pub peers: PeersConfig,
    #[command(flatten)]
    pub tokens: TokenConfig,
    #[command(flatten)]
    pub provider: ProviderConfig,
    /// Where people reach the platform; buyers are led back only to pages below it
    #[arg(
        long,
        env,
        default_value = "http://localhost:3000",
        help_heading = "Payments"
    )]
    pub public_url: BaseUrl,
    /// Age at which the provider is asked about a payment that is not settled
    #[arg(long, env, default_value = "2m", help_heading = "Payments")]
    pub reconcile_after: Duration,
}

/// How the payment provider is reached.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Payment provider")]
pub struct ProviderConfig {
    /// Base URL of the sandbox
    #[arg(long, env, default_value = "http://127.0.0.1:8006")]
    pub sandbox_url: BaseUrl,
    /// The key that the sandbox knows us by
    #[arg(long, env, hide_env_values = true)]
    pub sandbox_api_key: SecretString,
    /// Signs the sandbox's webhooks
    #[arg(long, env, hide_env_values = true)]
    pub sandbox_webhook_secret: SecretString,
    /// How long a call to the provider may take
    #[arg(long, env, default_value = "8s")]
    pub provider_timeout: Duration,
}

#[derive(Clone, Debug, Args)]
pub struct MigrateConfig {
    #[command(flatten)]
    pub database: DatabaseConfig,
}
