//! `catalog serve | migrate | openapi | health`.

use std::process::ExitCode;

use catalog::{
    MIGRATIONS,
    config::{Cli, Command},
    serve,
};
use kit::{config, process};

fn main() -> ExitCode {
    let cli: Cli = config::parse();
    match cli.command {
        Command::Serve(config) => process::run("catalog", &cli.telemetry, async |shutdown| {
            serve(*config, shutdown).await
        }),
        Command::Migrate(config) => process::run("catalog", &cli.telemetry, async |shutdown| {
            let pool = kit::db::connect(&config.database, &shutdown).await?;
            kit::db::migrate(&pool, &MIGRATIONS).await
        }),
        Command::Openapi => kit::openapi::print(&catalog::openapi()),
        Command::Health(config) => process::check_health(config.port),
    }
}
