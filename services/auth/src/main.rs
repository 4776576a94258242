//! `auth serve | migrate | rotate-key | openapi`.

use std::process::ExitCode;

use auth::{
    MIGRATIONS, bootstrap,
    config::{Cli, Command},
    keys, serve,
};
use kit::{config, process};

fn main() -> ExitCode {
    let cli: Cli = config::parse();
    if matches!(cli.command, Command::Openapi) {
        return match auth::openapi().to_pretty_json() {
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
    process::run("auth", &cli.telemetry, async |shutdown| match cli.command {
        Command::Serve(config) => serve(*config, shutdown).await,
        Command::Migrate(config) => {
            let pool = kit::db::connect(&config.database, &shutdown).await?;
            kit::db::migrate(&pool, &MIGRATIONS).await?;
            bootstrap::admin(&pool, config.admin_email, config.admin_password).await
        }
        Command::RotateKey(config) => {
            let pool = kit::db::connect(&config.database, &shutdown).await?;
            keys::rotate(&pool, &config.key_encryption_key).await?;
            Ok(())
        }
        Command::Openapi => Ok(()),
    })
}
