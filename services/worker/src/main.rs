//! The worker process.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kit::config::{BrokerConfig, DatabaseConfig, HealthConfig, TelemetryConfig, default_port};
use worker::{Config, dead_letters};

/// Notifies people: consumes booking_queue and sends mail.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Consume, send, and answer /health, /ready and /metrics
    Serve(Box<Config>),
    /// Bring the database's schema up to date
    Migrate {
        #[command(flatten)]
        database: DatabaseConfig,
        #[command(flatten)]
        telemetry: TelemetryConfig,
    },
    /// Look at messages that could not be handled, or give them another try
    DeadLetters {
        #[command(flatten)]
        broker: BrokerConfig,
        #[command(flatten)]
        telemetry: TelemetryConfig,
        #[command(subcommand)]
        action: dead_letters::Action,
    },
    /// Ask the process that serves on this host whether it is alive
    #[command(mut_arg("port", default_port("8005")))]
    Health(HealthConfig),
}

fn main() -> ExitCode {
    match kit::config::parse::<Cli>().command {
        Command::Serve(config) => {
            let telemetry = config.telemetry.clone();
            kit::process::run("worker", &telemetry, async |shutdown| {
                worker::serve(*config, shutdown).await
            })
        }
        Command::Migrate {
            database,
            telemetry,
        } => kit::process::run("worker", &telemetry, async |shutdown| {
            worker::migrate(&database, &shutdown).await
        }),
        Command::DeadLetters {
            broker,
            telemetry,
            action,
        } => kit::process::run("worker", &telemetry, async |shutdown| {
            dead_letters::run(&broker, &action, &shutdown).await
        }),
        Command::Health(config) => kit::process::check_health(config.port),
    }
}
