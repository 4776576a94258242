//! The command line and the environment.

use clap::{Args, Parser, Subcommand};
use kit::config::{
    BrokerConfig, DatabaseConfig, HealthConfig, PeersConfig, RedisConfig, ServerConfig,
    TelemetryConfig, TokenConfig,
};

/// Organisations, venues, seating plans and events of the event platform.
///
/// Settings come from the environment or .env; a secret may be in a file that <NAME>_FILE names.
#[derive(Debug, Parser)]
#[command(name = "catalog", version)]
pub struct Cli {
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve HTTP until SIGTERM
    Serve(Box<ServeConfig>),
    /// Bring the database up to date
    Migrate(MigrateConfig),
    /// Print the OpenAPI document
    Openapi,
    /// Ask the process that serves on this host whether it is alive
    #[command(mut_arg("port", kit::config::default_port("8002")))]
    Health(HealthConfig),
}

#[derive(Clone, Debug, Args)]
#[command(mut_arg("port", kit::config::default_port("8002")))]
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
}

#[derive(Clone, Debug, Args)]
pub struct MigrateConfig {
    #[command(flatten)]
    pub database: DatabaseConfig,
}
