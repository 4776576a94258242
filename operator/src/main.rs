//! `operator run | crd`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kit::config::TelemetryConfig;

/// Runs event platforms as their EventPlatform resources describe them
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
    /// Look after all platforms until SIGTERM
    Run(Box<operator::Config>),
    /// Print the CustomResourceDefinitions
    Crd,
}

fn main() -> ExitCode {
    let cli: Cli = kit::config::parse();
    match cli.command {
        Command::Run(config) => kit::process::run("operator", &cli.telemetry, async |shutdown| {
            operator::run(*config, shutdown).await
        }),
        Command::Crd => {
            for crd in operator::api::crds() {
                match serde_json::to_string_pretty(&crd) {
                    Ok(text) => println!("---\n{text}"),
                    Err(error) => {
                        eprintln!("{error}");
                        return ExitCode::FAILURE;
                    }
                }
            }
            ExitCode::SUCCESS
        }
    }
}
