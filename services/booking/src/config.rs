//! What booking reads from its environment.

use std::time::Duration as StdDuration;

use clap::Args;
use kit::config::{
    BrokerConfig, DatabaseConfig, Duration, PeersConfig, RedisConfig, ServerConfig, TokenConfig,
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    domain::{
        TicketKeys,
        ticket_code::{InvalidKey, parse_key, parse_public},
    },
    inventory::HoldTimes,
    queue::QueueSettings,
};

/// How long a hold waits for its turn.
const HOLD_PATIENCE: StdDuration = StdDuration::from_millis(500);
/// How long one transaction of the inventory takes at most.
const LONGEST_TRANSACTION: StdDuration = StdDuration::from_secs(5);
/// How long a place in a queue stays without a sign of life.
const QUEUE_PATIENCE: StdDuration = StdDuration::from_mins(2);

/// Everything that `serve` needs.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("port", kit::config::default_port("8003")))]
pub struct Config {
    #[command(flatten)]
    pub server: ServerConfig,
    #[command(flatten)]
    pub database: DatabaseConfig,
    #[command(flatten)]
    pub redis: RedisConfig,
    #[command(flatten)]
    pub broker: BrokerConfig,
    #[command(flatten)]
    pub peers: PeersConfig,
    #[command(flatten)]
    pub token: TokenConfig,
    #[command(flatten)]
    pub booking: BookingConfig,
}

/// Booking's own settings.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Booking")]
pub struct BookingConfig {
    /// How long a hold lives
    #[arg(long, env, default_value = "10m", value_parser = positive)]
    pub hold_ttl: Duration,
    /// How long a hold lives from going to checkout, which prolongs it once
    #[arg(long, env, default_value = "15m", value_parser = positive)]
    pub checkout_ttl: Duration,
    /// How long an offer to somebody on the waiting list lives
    #[arg(long, env, default_value = "2h", value_parser = positive)]
    pub offer_ttl: Duration,
    /// How long somebody whom an event's queue admitted may book
    #[arg(long, env, default_value = "10m", value_parser = positive)]
    pub queue_admission_ttl: Duration,
    /// Buyers of one event whom its queue has admitted and who have not booked yet, at most
    #[arg(long, env, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub queue_active: u32,
    /// Buyers of one event whom its queue admits in one second, at most; fewer when holds are committed more slowly
    #[arg(long, env, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub queue_rate: u32,
    /// Key that signs tickets: 32 random bytes in base64, such as from `openssl rand -base64 32`
    #[arg(long, env, hide_env_values = true, value_parser = seed)]
    pub ticket_signing_key: SecretString,
    /// Public keys of earlier signing keys, separated by commas, whose tickets are still good; /.well-known/ticket-keys.json
    /// lists them
    #[arg(long, env, value_delimiter = ',', value_parser = public)]
    pub ticket_earlier_keys: Vec<String>,
}

impl BookingConfig {
    pub fn hold_times(&self) -> HoldTimes {
        HoldTimes {
            hold: self.hold_ttl.into(),
            checkout: self.checkout_ttl.into(),
            offer: self.offer_ttl.into(),
            patience: HOLD_PATIENCE,
            transaction: LONGEST_TRANSACTION,
        }
    }

    pub fn queue_settings(&self) -> QueueSettings {
        QueueSettings {
            patience: QUEUE_PATIENCE,
            admission: self.queue_admission_ttl.into(),
            active: self.queue_active,
            per_second: self.queue_rate,
        }
    }

    pub fn ticket_keys(&self) -> Result<TicketKeys, InvalidKey> {
        let earlier = self
            .ticket_earlier_keys
            .iter()
            .map(|key| parse_public(key))
            .collect::<Result<Vec<_>, _>>()?;
        let seed = parse_key(self.ticket_signing_key.expose_secret())?;
        Ok(TicketKeys::new(&seed, &earlier))
    }
}

fn positive(text: &str) -> Result<Duration, String> {
    let duration: Duration = text.parse()?;
    if (StdDuration::from_millis(100)..=StdDuration::from_hours(24)).contains(&*duration) {
        Ok(duration)
    } else {
        Err("it must be from 100ms to 24h".into())
    }
}

fn seed(text: &str) -> Result<SecretString, InvalidKey> {
    parse_key(text)?;
    Ok(text.to_owned().into())
}

fn public(text: &str) -> Result<String, InvalidKey> {
    parse_public(text)?;
    Ok(text.trim().to_owned())
}
