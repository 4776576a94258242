//! What is measured, where it runs and how long: set by `scripts/bench`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use auth::keys::EncryptionKey;
use clap::{Parser, ValueEnum};
use kit::config::{Switch, TokenConfig};

/// Loads a running platform and measures it; `scripts/bench` starts one of its own for this.
#[derive(Clone, Debug, Parser)]
#[command(name = "bench", version)]
pub(crate) struct Settings {
    /// What to measure; everything when none is named
    #[arg(value_enum)]
    pub scenarios: Vec<Scenario>,
    #[command(flatten)]
    pub scale: ScaleArgs,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub tokens: TokenConfig,
    /// What auth's signing keys are encrypted with
    #[arg(long, env, hide_env_values = true)]
    pub key_encryption_key: EncryptionKey,
}

/// How much is done.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ScaleArgs {
    /// Everything small and short: shows that it works, measures nothing
    #[arg(long, env, default_value = "off")]
    pub quick: Switch,
    /// How long each measurement takes, in seconds
    #[arg(long, env, value_parser = clap::value_parser!(u32).range(1..=300))]
    pub duration: Option<u32>,
}

/// Where the platform is.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Place {
    #[arg(long, env, hide_env_values = true)]
    pub database_url_admin: String,
    #[arg(long, env, hide_env_values = true)]
    pub database_url_auth: String,
    #[arg(long, env, hide_env_values = true)]
    pub database_url_booking: String,
    #[arg(long, env, hide_env_values = true)]
    pub database_url_worker: String,
    #[arg(long, env, value_parser = address)]
    pub auth_url: SocketAddr,
    #[arg(long, env, value_parser = address)]
    pub catalog_url: SocketAddr,
    #[arg(long, env, value_parser = address)]
    pub booking_url: SocketAddr,
    #[arg(long, env, value_parser = address)]
    pub payment_url: SocketAddr,
    /// Where further replicas of booking are, which run only while they are measured
    #[arg(long, env, value_parser = address)]
    pub second_booking_url: SocketAddr,
    /// The folder of the platform's runit services
    #[arg(long, env)]
    pub services_dir: PathBuf,
    /// PostgreSQL's own pgbench
    #[arg(long, env)]
    pub pgbench: PathBuf,
    /// The folder for figures as JSON lines
    #[arg(long, env)]
    pub results_dir: PathBuf,
    /// A document to write the table into, between its markers
    #[arg(long, env)]
    pub document: Option<PathBuf>,
    /// The version that is measured
    #[arg(long, env)]
    pub commit: String,
}

/// What can be measured by name, in the order in which all of it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Scenario {
    /// One transaction per booking, by pgbench
    Pgbench,
    /// Holds of one event, general admission
    Hot,
    /// Holds of picked seats of one event
    Picked,
    /// Holds of the best seats of one event
    Best,
    /// Holds of 1,000 events at random
    Spread,
    /// Holds at 70 % and at 300 % of what is possible, by an open loop
    Overload,
    /// Reading an event and its availability
    Read,
    /// 50,000 places, 10,000 buyers, two replicas of booking
    Sale,
    /// Hold, pay, confirmed
    Journey,
    /// Holds while 10,000 watch the availability
    Streams,
    /// Holds without traces, with some, with all, and with a collector that is away
    Traces,
    /// Holds with 1,000 and with 1,000,000 bookings in the tables; empties them first
    Growth,
}

/// How much is done, resolved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub quick: bool,
    pub duration: Duration,
    /// Before each measurement, with the same requests.
    pub warm_up: Duration,
    pub seats: u32,
    pub events: usize,
    pub sale_places: u32,
    pub sale_buyers: usize,
    pub streams: usize,
    pub few_bookings: u32,
    pub many_bookings: u32,
}

impl ScaleArgs {
    pub(crate) fn resolve(&self) -> Scale {
        let quick = self.quick == Switch::On;
        let seconds = self.duration.unwrap_or(if quick { 2 } else { 10 });
        let scale = Scale {
            quick,
            duration: Duration::from_secs(seconds.into()),
            warm_up: Duration::from_secs(1),
            seats: 50_000,
            events: 1_000,
            sale_places: 50_000,
            sale_buyers: 10_000,
            streams: 10_000,
            few_bookings: 1_000,
            many_bookings: 1_000_000,
        };
        if !quick {
            return scale;
        }
        Scale {
            warm_up: Duration::from_millis(300),
            seats: 5_000,
            events: 50,
            sale_places: 2_000,
            sale_buyers: 400,
            streams: 300,
            many_bookings: 20_000,
            ..scale
        }
    }
}

/// The address that a URL such as `http://127.0.0.1:8003` names: the generator speaks to sockets.
fn address(url: &str) -> Result<SocketAddr, String> {
    url.strip_prefix("http://")
        .unwrap_or(url)
        .trim_end_matches('/')
        .parse()
        .map_err(|_| format!("{url} is not like http://127.0.0.1:8003"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_from_urls() {
        let expected: SocketAddr = ([127, 0, 0, 1], 8003).into();
        assert_eq!(address("http://127.0.0.1:8003/"), Ok(expected));
        assert!(address("http://localhost").is_err());
    }
}
