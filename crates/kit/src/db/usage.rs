//! How much of a pool is in use, as metrics.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, gauge};
use sqlx::PgPool;

const EVERY: Duration = Duration::from_secs(1);

/// Watches a pool until it is closed. `name` tells a process's pools apart.
pub fn watch(name: &'static str, pool: &PgPool) {
    describe_gauge!(
        "db_client_connection_count",
        "Connections to PostgreSQL, by pool and by whether they are used"
    );
    describe_gauge!(
        "db_client_connection_max",
        "Most connections that a pool may open"
    );
    describe_counter!(
        "db_client_connection_exhausted_seconds_total",
        "Seconds in which a pool had no connection to give, looked at once a second"
    );
    describe_counter!(
        "db_client_connection_timeouts_total",
        "Requests that were refused because no connection came free in time"
    );
    let connections = |state: &'static str| {
        gauge!("db_client_connection_count",
            "db_client_connection_pool_name" => name, "db_client_connection_state" => state)
    };
    let (used, idle) = (connections("used"), connections("idle"));
    let exhausted = counter!("db_client_connection_exhausted_seconds_total", "db_client_connection_pool_name" => name);
    let most = pool.options().get_max_connections();
    gauge!("db_client_connection_max", "db_client_connection_pool_name" => name)
        .set(f64::from(most));
    timeouts().increment(0);
    let pool = pool.clone();
    tokio::spawn(async move {
        let mut closed = pool.close_event();
        let look = async {
            loop {
                let free = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
                let taken = pool.size().saturating_sub(free);
                used.set(f64::from(taken));
                idle.set(f64::from(free));
                exhausted.increment(u64::from(taken >= most));
                tokio::time::sleep(EVERY).await;
            }
        };
        // An error means that it is closed.
        let _ = closed.do_until(look).await;
    });
}

/// Counts requests to which no connection was given in time.
pub(crate) fn timeouts() -> metrics::Counter {
    counter!("db_client_connection_timeouts_total")
}
