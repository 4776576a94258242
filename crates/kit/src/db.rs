//! PostgreSQL: a pool that waits for the server at start and keeps its connections, and migrations.

mod usage;

use std::time::Duration;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, PgPool, Row as _,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

pub(crate) use self::usage::timeouts;
pub use self::usage::watch;
use crate::{config::DatabaseConfig, process::Shutdown, telemetry::statements};

/// How long a request waits for a free connection before it is 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// A connection that was used so recently is taken to be alive.
const FRESH: Duration = Duration::from_secs(1);
/// A server that has vanished with its machine never answers, and does not refuse either. Each of a pool's connections is found
/// out one after the other, so this is to be short.
const SIGN_OF_LIFE: Duration = Duration::from_millis(500);
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Connects, waiting for a server that is away until `shutdown`.
pub async fn connect(config: &DatabaseConfig, shutdown: &Shutdown) -> anyhow::Result<PgPool> {
    let options: PgConnectOptions = config
        .url
        .expose_secret()
        .parse()
        .context("DATABASE_URL is not a PostgreSQL URL")?;
    let options = options
        .options([
            // A query or a lock that takes longer is a fault, and must not hold a connection for ever.
            ("statement_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ])
        .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(1));
    statements::are_of(&options);
    let pool = pool_of(config.max_connections).connect_lazy_with(options);
    watch("main", &pool);
    let mut wait = FIRST_WAIT;
    loop {
        let Err(error) = pool.acquire().await else {
            return Ok(pool);
        };
        tracing::warn!("PostgreSQL is not available, next try in {wait:?}: {error}");
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = shutdown.cancelled() => anyhow::bail!("stopped while waiting for PostgreSQL"),
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// A pool of at most so many connections.
///
/// What was made is kept: after a password has changed, those who still have the old one can make none, and go on with theirs
/// until they are replaced.
pub fn pool_of(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > FRESH {
                    // What grew by something large, a plan of seats say, would stay as large.
                    connection.shrink_buffers();
                    alive(connection).await?;
                }
                Ok(true)
            })
        })
        .after_release(|connection, _| Box::pin(outside_transaction(connection)))
}

/// Whether a connection that is given back may be used again. Of a transaction that was given up while its BEGIN was on its way
/// sqlx does not know; whoever had the connection next would be in it, and nothing of theirs committed.
async fn outside_transaction(connection: &mut PgConnection) -> sqlx::Result<bool> {
    // Within a transaction now() is when it began; in one that failed, this fails too.
    let look = sqlx::raw_sql("SELECT now() = statement_timestamp()").fetch_one(connection);
    let row = tokio::time::timeout(SIGN_OF_LIFE, look)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))?;
    row.try_get(0)
}

async fn alive(connection: &mut PgConnection) -> sqlx::Result<()> {
    tokio::time::timeout(SIGN_OF_LIFE, connection.ping())
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
}

/// Brings the schema up to date. Several may call it at once: an advisory lock lets one work. A schema that is newer, by
/// migrations that this release does not know, is accepted.
pub async fn migrate(pool: &PgPool, migrations: &Migrator) -> anyhow::Result<()> {
    let migrations = Migrator {
        migrations: migrations.migrations.clone(),
        ignore_missing: true,
        ..Migrator::DEFAULT
    };
    let mut connection = pool.acquire().await?;
    sqlx::raw_sql("SET lock_timeout = '2s'; SET statement_timeout = 0")
        .execute(&mut *connection)
        .await?;
    migrations
        .run(&mut *connection)
        .await
        .context("the migration failed")?;
    // Its settings differ from the pool's.
    connection.close().await?;
    Ok(())
}
