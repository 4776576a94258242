//! Configuration from the environment, validated once at start with every fault in one message.
//!
//! Each setting is a clap argument with an environment variable. A secret may lie in a file instead: `DATABASE_URL_FILE`
//! is read when `DATABASE_URL` is absent. An empty variable counts as absent. `.env` is read when there is one.

mod parse;

use std::{fmt, ops::Deref, str::FromStr};

use clap::{Arg, Args, ValueEnum};
use secrecy::SecretString;

pub use self::parse::parse;

/// Where and how the service listens.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerConfig {
    /// Address to listen on
    #[arg(long, env, default_value = "0.0.0.0")]
    pub host: std::net::IpAddr,
    /// Port to listen on; 0 takes a free one
    #[arg(long, env)]
    pub port: u16,
    /// Longest that a request may take until its answer begins
    #[arg(long, env, default_value = "15s")]
    pub request_timeout: Duration,
    /// Largest request body, in bytes
    #[arg(long, env, default_value_t = 1_048_576)]
    pub max_body_bytes: usize,
    /// Requests worked on at once; more are refused with 503
    #[arg(long, env, default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_in_flight: u32,
    /// How long to go on accepting after SIGTERM, until load balancers have seen /ready fail
    #[arg(long, env, default_value = "0s")]
    pub shutdown_delay: Duration,
    /// How long open requests may take to finish after SIGTERM
    #[arg(long, env, default_value = "25s")]
    pub drain_timeout: Duration,
    /// Rate limits; off only for load tests
    #[arg(long, env, default_value = "on")]
    pub rate_limit: Switch,
}

/// Which process to ask for its health: the one in the same container.
#[derive(Clone, Debug, Args)]
pub struct HealthConfig {
    /// Port that it listens on
    #[arg(long, env)]
    pub port: u16,
}

/// The service's own PostgreSQL database.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "PostgreSQL")]
pub struct DatabaseConfig {
    /// URL of the service's database, such as postgres://auth:secret@127.0.0.1:5432/auth
    #[arg(
        id = "database_url",
        value_name = "URL",
        long = "database-url",
        env = "DATABASE_URL",
        hide_env_values = true
    )]
    pub url: SecretString,
    /// Most connections this process opens
    #[arg(id = "database_max_connections", value_name = "NUMBER", long = "database-max-connections", env = "DATABASE_MAX_CONNECTIONS", default_value_t = 8,
        value_parser = clap::value_parser!(u32).range(1..=200))]
    pub max_connections: u32,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Redis")]
pub struct RedisConfig {
    /// URL of Redis, such as redis://127.0.0.1:6379
    #[arg(
        id = "redis_url",
        value_name = "URL",
        long = "redis-url",
        env = "REDIS_URL",
        hide_env_values = true
    )]
    pub url: SecretString,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "RabbitMQ")]
pub struct BrokerConfig {
    /// URL of RabbitMQ, such as amqp://guest:guest@127.0.0.1:5672/%2f
    #[arg(
        id = "rabbitmq_url",
        value_name = "URL",
        long = "rabbitmq-url",
        env = "RABBITMQ_URL",
        hide_env_values = true
    )]
    pub url: SecretString,
}

/// Where the other services are, without a trailing slash.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Other services")]
pub struct PeersConfig {
    /// Base URL of auth
    #[arg(
        id = "auth_url",
        value_name = "URL",
        long = "auth-url",
        env = "AUTH_URL",
        default_value = "http://127.0.0.1:8001"
    )]
    pub auth: BaseUrl,
    /// Base URL of catalog
    #[arg(
        id = "catalog_url",
        value_name = "URL",
        long = "catalog-url",
        env = "CATALOG_URL",
        default_value = "http://127.0.0.1:8002"
    )]
    pub catalog: BaseUrl,
    /// Base URL of booking
    #[arg(
        id = "booking_url",
        value_name = "URL",
        long = "booking-url",
        env = "BOOKING_URL",
        default_value = "http://127.0.0.1:8003"
    )]
    pub booking: BaseUrl,
    /// Base URL of payment
    #[arg(
        id = "payment_url",
        value_name = "URL",
        long = "payment-url",
        env = "PAYMENT_URL",
        default_value = "http://127.0.0.1:8004"
    )]
    pub payment: BaseUrl,
}

/// What an access token must say.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Access tokens")]
pub struct TokenConfig {
    /// Issuer (iss) of access tokens
    #[arg(
        id = "jwt_issuer",
        value_name = "NAME",
        long = "jwt-issuer",
        env = "JWT_ISSUER",
        default_value = "event-platform"
    )]
    pub issuer: String,
    /// Audience (aud) of access tokens
    #[arg(
        id = "jwt_audience",
        value_name = "NAME",
        long = "jwt-audience",
        env = "JWT_AUDIENCE",
        default_value = "event-platform"
    )]
    pub audience: String,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Telemetry")]
pub struct TelemetryConfig {
    /// What to log: error, warn, info, debug, trace, or directives such as info,booking=debug
    #[arg(long, env, default_value = "info")]
    pub log_level: LogLevel,
    /// Shape of the log; auto is text on a terminal, else one JSON object a line
    #[arg(long, env, default_value = "auto")]
    pub log_format: LogFormat,
    /// OTLP/HTTP collector for traces, such as http://127.0.0.1:4318; no traces are exported when unset
    #[arg(long, env)]
    pub otel_exporter_otlp_endpoint: Option<BaseUrl>,
    /// Share of traces begun here that are recorded, 0 to 1; a caller's decision is kept
    #[arg(long, env, default_value = "1", value_parser = ratio)]
    pub otel_traces_sampler_arg: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

impl Switch {
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Auto,
    Json,
    Text,
}

/// Directives of [`tracing_subscriber::EnvFilter`], known to be valid.
#[derive(Clone, Debug)]
pub struct LogLevel(String);

impl LogLevel {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LogLevel {
    type Err = tracing_subscriber::filter::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        tracing_subscriber::EnvFilter::builder().parse(text)?;
        Ok(Self(text.to_owned()))
    }
}

/// An http(s) URL without a trailing slash, to which paths are appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This URL followed by `path`, which begins with a slash.
    pub fn join(&self, path: impl fmt::Display) -> String {
        format!("{}{path}", self.0)
    }
}

impl FromStr for BaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = reqwest::Url::parse(text).map_err(|error| error.to_string())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("it must begin with http:// or https://".into());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it must have neither query nor fragment".into());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A duration written as people write it: `500ms`, `25s`, `10m`, `1h30m`, `2d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(std::time::Duration);

impl Deref for Duration {
    type Target = std::time::Duration;

    fn deref(&self) -> &std::time::Duration {
        &self.0
    }
}

impl From<Duration> for std::time::Duration {
    fn from(duration: Duration) -> Self {
        duration.0
    }
}

impl From<std::time::Duration> for Duration {
    fn from(duration: std::time::Duration) -> Self {
        Self(duration)
    }
}

impl FromStr for Duration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "write a duration such as 500ms, 25s, 10m, 1h30m or 2d";
        let mut rest = text;
        let mut total = std::time::Duration::ZERO;
        if rest.is_empty() {
            return Err(WRONG);
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(WRONG)?;
            let (number, tail) = rest.split_at(digits);
            let letters = tail
                .find(|c: char| c.is_ascii_digit())
                .unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            let number: u64 = number.parse().map_err(|_| WRONG)?;
            let millis = match unit {
                "ms" => 1,
                "s" => 1_000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => 86_400_000,
                _ => return Err(WRONG),
            };
            let part = number
                .checked_mul(millis)
                .map(std::time::Duration::from_millis);
            total = part.and_then(|part| total.checked_add(part)).ok_or(WRONG)?;
            rest = tail;
        }
        Ok(Self(total))
    }
}

fn ratio(text: &str) -> Result<f64, &'static str> {
    match text.parse() {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => Ok(ratio),
        _ => Err("write a number from 0 to 1"),
    }
}

/// The port that a service takes unless it is told another, for `#[command(mut_arg("port", kit::config::default_port("8001")))]`.
pub fn default_port(port: &'static str) -> impl FnOnce(Arg) -> Arg {
    move |arg| arg.required(false).default_value(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_humane() {
        let parse = |text: &str| {
            text.parse::<Duration>()
                .map(|duration| duration.as_millis())
        };
        assert_eq!(parse("500ms"), Ok(500));
        assert_eq!(parse("10m"), Ok(600_000));
        assert_eq!(parse("1h30m"), Ok(5_400_000));
        for wrong in ["", "5", "s", "5x", "-5s", "5 s", "99999999999999999999s"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn base_urls_lose_their_slash() {
        assert_eq!(
            "http://x:1/".parse::<BaseUrl>().unwrap().join("/a"),
            "http://x:1/a"
        );
        for wrong in ["", "x", "ftp://x", "http://x?a=1"] {
            assert!(wrong.parse::<BaseUrl>().is_err(), "{wrong}");
        }
    }
}
