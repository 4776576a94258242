//! `payment serve | migrate | openapi | health | sandbox serve | sandbox migrate | sandbox health`.

use std::process::ExitCode;

use kit::{config, process};
use payment::{
    MIGRATIONS,
    config::{Cli, Command, SandboxCommand},
    sandbox, serve,
};

fn main() -> ExitCode {
    let cli: Cli = config::parse();
    match cli.command {
        Command::Serve(config) => process::run("payment", &cli.telemetry, async |shutdown| {
            serve(*config, shutdown).await
        }),
        Command::Migrate(config) => process::run("payment", &cli.telemetry, async |shutdown| {
            let pool = kit::db::connect(&config.database, &shutdown).await?;
            kit::db::migrate(&pool, &MIGRATIONS).await
        }),
        Command::Openapi => kit::openapi::print(&payment::openapi()),
        Command::Health(config) | Command::Sandbox(SandboxCommand::Health(config)) => {
            process::check_health(config.port)
        }
        Command::Sandbox(SandboxCommand::Serve(config)) => {
            process::run("sandbox", &cli.telemetry, async |shutdown| {
                sandbox::serve(*config, shutdown).await
            })
        }
        Command::Sandbox(SandboxCommand::Migrate(config)) => {
            process::run("sandbox", &cli.telemetry, async |shutdown| {
                let pool = kit::db::connect(&config.database, &shutdown).await?;
                kit::db::migrate(&pool, &sandbox::MIGRATIONS).await
            })
        }
    }
}
