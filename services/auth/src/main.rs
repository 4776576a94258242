//! `auth serve | migrate | rotate-key | openapi | health`.

use std::process::ExitCode;

use auth::{
    MIGRATIONS, bootstrap,
    config::{Cli, Command},
    keys, serve,
};
use kit::{config, process};

fn main() -> ExitCode {
    let cli: Cli = config::parse();
    match cli.command {
        Command::Serve(config) => process::run("auth", &cli.telemetry, async |shutdown| {
            serve(*config, shutdown).await
        }),
        Command::Migrate(config) => process::run("auth", &cli.telemetry, async |shutdown| {
            let pool = kit::db::connect(&config.database, &shutdown).await?;
            kit::db::migrate(&pool, &MIGRATIONS).await?;
            bootstrap::admin(&pool, config.admin_email, config.admin_password).await
        }),
        Command::RotateKey(config) => process::run("auth", &cli.telemetry, async |shutdown| {
            let pool = kit::db::connect(&config.database, &shutdown).await?;
            keys::rotate(&pool, &config.key_encryption_key).await?;
            Ok(())
        }),
        Command::Openapi => kit::openapi::print(&auth::openapi()),
        Command::Health(config) => process::check_health(config.port),
    }
}
