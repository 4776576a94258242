//! The booking service.

use std::process::ExitCode;

use booking::config::Config;
use clap::{Parser, Subcommand};
use kit::config::{DatabaseConfig, TelemetryConfig};

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
}

fn main() -> ExitCode {
    let cli: Cli = kit::config::parse();
    if matches!(cli.command, Command::Openapi) {
        return match booking::print_openapi() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        };
    }
    kit::process::run("booking", &cli.telemetry, async move |shutdown| {
        match cli.command {
            Command::Serve(config) => booking::serve(*config, shutdown).await,
            Command::Migrate(database) => {
                let pool = kit::db::connect(&database, &shutdown).await?;
                kit::db::migrate(&pool, &booking::MIGRATIONS).await
            }
            Command::Openapi => Ok(()),
        }
    })
}
