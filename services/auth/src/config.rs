//! The command line and the environment.

use clap::{Args, Parser, Subcommand};
use kit::config::{
    BrokerConfig, DatabaseConfig, Duration, HealthConfig, RedisConfig, ServerConfig,
    TelemetryConfig, TokenConfig,
};
use secrecy::SecretString;

use crate::{domain::Email, keys::EncryptionKey};

/// Accounts, sessions and access tokens of the event platform.
///
/// Settings come from the environment or .env; a secret may be in a file that <NAME>_FILE names.
#[derive(Debug, Parser)]
#[command(name = "auth", version)]
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
    /// Bring the database up to date and make the admin
    Migrate(MigrateConfig),
    /// Make a new signing key; the old one's tokens stay valid until they expire
    RotateKey(RotateKeyConfig),
    /// Print the OpenAPI document
    Openapi,
    /// Ask the process that serves on this host whether it is alive
    #[command(mut_arg("port", kit::config::default_port("8001")))]
    Health(HealthConfig),
}

#[derive(Clone, Debug, Args)]
#[command(mut_arg("port", kit::config::default_port("8001")))]
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
    pub tokens: TokenConfig,
    /// Encrypts the signing keys in the database: 32 random bytes in base64
    #[arg(long, env, hide_env_values = true, help_heading = "Access tokens")]
    pub key_encryption_key: EncryptionKey,
    /// How long an access token is valid
    #[arg(long, env, default_value = "15m", help_heading = "Access tokens")]
    pub access_token_ttl: Duration,
    /// Age at which a signing key is replaced
    #[arg(long, env, default_value = "30d", help_heading = "Access tokens")]
    pub key_rotation: Duration,
    /// How long a session lasts without use
    #[arg(long, env, default_value = "30d", help_heading = "Sessions")]
    pub refresh_token_ttl: Duration,
    /// Whether browsers send the refresh cookie over HTTPS only: true wherever there is TLS
    #[arg(long, env, default_value_t = false, action = clap::ArgAction::Set, help_heading = "Sessions")]
    pub cookie_secure: bool,
}

#[derive(Clone, Debug, Args)]
pub struct MigrateConfig {
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// E-mail address of the admin to make, if there is none
    #[arg(long, env, requires = "admin_password", help_heading = "Admin")]
    pub admin_email: Option<Email>,
    /// The admin's first password, 8 to 128 characters
    #[arg(long, env, hide_env_values = true, help_heading = "Admin")]
    pub admin_password: Option<SecretString>,
}

#[derive(Clone, Debug, Args)]
pub struct RotateKeyConfig {
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// Encrypts the signing keys in the database: 32 random bytes in base64
    #[arg(long, env, hide_env_values = true)]
    pub key_encryption_key: EncryptionKey,
}
