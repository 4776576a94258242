//! The worker's configuration.

use clap::Args;
use kit::config::{
    BaseUrl, BrokerConfig, DatabaseConfig, ServerConfig, TelemetryConfig, default_port,
};
use lettre::message::Mailbox;
use secrecy::SecretString;

#[derive(Clone, Debug, Args)]
#[command(mut_arg("port", default_port("8005")))]
pub struct Config {
    #[command(flatten)]
    pub server: ServerConfig,
    #[command(flatten)]
    pub database: DatabaseConfig,
    #[command(flatten)]
    pub broker: BrokerConfig,
    #[command(flatten)]
    pub mail: MailConfig,
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
}

/// How mail leaves.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Mail")]
pub struct MailConfig {
    /// Mail server, such as smtps://user:secret@mail.example.com; mails stay queued while it is unset
    #[arg(long, env, hide_env_values = true)]
    pub smtp_url: Option<SecretString>,
    /// Sender of all mails
    #[arg(long, env, default_value = "Tickets <tickets@localhost>")]
    pub mail_from: Mailbox,
    /// Where people reach the platform in their browser
    #[arg(long, env, default_value = "http://localhost:3000")]
    pub public_url: BaseUrl,
}
