//! The booking service.

use std::process::ExitCode;

use booking::config::Config;
use clap::{Parser, Subcommand};
use kit::{
    config::{DatabaseConfig, HealthConfig, TelemetryConfig, default_port},
    process,
};

/// Inventory, holds, bookings, tickets and check-in
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    telemetry: TelemetryConfig,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    Serve(Box<Config>),
    /// Bring the database's schema up to date
    Migrate(DatabaseConfig),
    /// Print the OpenAPI document
    Openapi,
    /// Ask the process that serves on this host whether it is alive
    #[command(mut_arg("port", default_port("8003")))]
    Health(HealthConfig),
}

fn main() -> ExitCode {
    let cli: Cli = kit::config::parse();
    match cli.command {
        Command::Serve(config) => process::run("booking", &cli.telemetry, async |shutdown| {
            booking::serve(*config, shutdown).await
        }),
        Command::Migrate(database) => process::run("booking", &cli.telemetry, async |shutdown| {
            let pool = kit::db::connect(&database, &shutdown).await?;
            kit::db::migrate(&pool, &booking::MIGRATIONS).await
        }),
        Command::Openapi => kit::openapi::print(&booking::openapi()),
        Command::Health(config) => process::check_health(config.port),
    }
}
