//! `catalog serve | migrate | openapi`.

use std::process::ExitCode;

use catalog::{
    MIGRATIONS,
    config::{Cli, Command},
    serve,
};
use kit::{config, process};

fn main() -> ExitCode {
    let cli: Cli = config::parse();
    if matches!(cli.command, Command::Openapi) {
        return match catalog::openapi().to_pretty_json() {
            Ok(document) => {
                println!("{document}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    process::run("catalog", &cli.telemetry, async |shutdown| {
        match cli.command {
            Command::Serve(config) => serve(*config, shutdown).await,
            Command::Migrate(config) => {
                let pool = kit::db::connect(&config.database, &shutdown).await?;
                kit::db::migrate(&pool, &MIGRATIONS).await
            }
            Command::Openapi => Ok(()),
        }
    })
}
