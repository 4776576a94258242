//! The sandbox's environment.

use clap::Args;
use kit::config::{BaseUrl, DatabaseConfig, ServerConfig};
use secrecy::SecretString;

#[derive(Clone, Debug, Args)]
#[command(mut_arg("port", kit::config::default_port("8006")))]
pub struct SandboxConfig {
    #[command(flatten)]
    pub server: ServerConfig,
    #[command(flatten)]
    pub database: DatabaseConfig,
    #[command(flatten)]
    pub merchant: MerchantConfig,
}

/// The one merchant that this stand-in works for: the payment service.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Sandbox")]
pub struct MerchantConfig {
    /// Where buyers reach the sandbox's own pages
    #[arg(long, env, default_value = "http://localhost:3000/sandbox")]
    pub sandbox_public_url: BaseUrl,
    /// Webhooks go to its /webhooks/sandbox
    #[arg(long, env, default_value = "http://127.0.0.1:8004")]
    pub payment_url: BaseUrl,
    /// The key that the merchant must send
    #[arg(long, env, hide_env_values = true)]
    pub sandbox_api_key: SecretString,
    /// Signs webhooks
    #[arg(long, env, hide_env_values = true)]
    pub sandbox_webhook_secret: SecretString,
}
