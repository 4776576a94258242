//! A pool whose server vanishes as a machine does (it no longer answers, and does not refuse either), and whose users give up.

use std::time::Duration;

use kit::{config::DatabaseConfig, db, process::Shutdown};
use sqlx::{ConnectOptions as _, PgPool, Row as _};
use testkit::eventually;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::PATIENCE;

const CONNECTIONS: u32 = 4;

/// Stands between a pool and its server.
struct Wire {
    port: u16,
    /// Grows when all that is connected shall hear nothing any more; who connects later reaches the server.
    cut: watch::Sender<u32>,
    carries: JoinHandle<()>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.carries.abort();
    }
}

impl Wire {
    async fn to(host: String, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let local = listener.local_addr().unwrap().port();
        let cut = watch::Sender::new(0);
        let told = cut.subscribe();
        let carries = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = TcpStream::connect((host.as_str(), port)).await.unwrap();
                let mut cut = told.clone();
                cut.mark_unchanged();
                connections.spawn(async move {
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        // Both stay open.
                        _ = cut.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self {
            port: local,
            cut,
            carries,
        }
    }
}

/// A service's pool to the database of `pool`, with a wire in between.
async fn through_wire(pool: &PgPool, max_connections: u32) -> (PgPool, Wire) {
    let server = pool.connect_options();
    let wire = Wire::to(server.get_host().to_owned(), server.get_port()).await;
    let through = (*server).clone().host("127.0.0.1").port(wire.port);
    let config = DatabaseConfig {
        url: through.to_url_lossy().to_string().into(),
        max_connections,
    };
    let pool = db::connect(&config, &Shutdown::new()).await.unwrap();
    (pool, wire)
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn goes_on_after_its_server_vanished(pool: PgPool) {
    let (pool, wire) = through_wire(&pool, CONNECTIONS).await;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(pool.acquire().await.unwrap());
    }
    drop(connections);
    let all_are_idle = async || Ok(pool.num_idle() == CONNECTIONS as usize);
    eventually("all connections are idle", PATIENCE, all_are_idle)
        .await
        .unwrap();

    // Long enough that none is taken to be alive.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    wire.cut.send_modify(|times| *times += 1);
    let one: i32 = sqlx::query_scalar("SELECT 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(one, 1);
    drop(wire);
    pool.close().await;
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_transaction_that_was_given_up_as_it_began_is_nobody_elses(pool: PgPool) {
    // What carries the answers is a task beside this one: none comes while this one runs.
    let (pool, _wire) = through_wire(&pool, 1).await;
    // Warm: the connection is taken at once, and what is waited for is the answer to BEGIN.
    drop(pool.acquire().await.unwrap());
    eventually("it is given back", PATIENCE, async || {
        Ok(pool.num_idle() == 1)
    })
    .await
    .unwrap();
    let mut begin = Box::pin(pool.begin());
    assert!(futures::poll!(&mut begin).is_pending());
    assert_eq!(pool.num_idle(), 0, "it has no connection yet");
    drop(begin);
    // A simple query: with an extended one the statement begins after its transaction.
    let row = sqlx::raw_sql("SELECT now() = statement_timestamp()")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(row.get::<bool, _>(0), "it is in a transaction");
    pool.close().await;
}
