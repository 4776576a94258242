//! Threads and connections for batches alone.
//!
//! Far over capacity a thousand requests are ready to be refused at any moment, and a batch would wait for its turn among them
//! after each statement. Here the kernel shares the processor out, and what was accepted keeps its pace.

use std::future::Future;

use anyhow::Context as _;
use kit::db;
use sqlx::PgPool;
use tokio::runtime::{Builder, Runtime};

/// More than one, so that a large house's seats, which one event's task reads, keep no other event waiting.
const THREADS: usize = 2;

#[derive(Debug)]
pub(super) struct Workshop {
    /// There until this is dropped.
    runtime: Option<Runtime>,
    pub(super) pool: PgPool,
}

impl Workshop {
    /// With `connections` of its own to the database of `pool`, one of them made at once. When `pool` is closed, they are, too,
    /// and tasks end.
    pub(super) fn open(pool: &PgPool, connections: u32) -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("inventory")
            .enable_all()
            .build()
            .context("no threads for the inventory")?;
        let end = pool.close_event();
        let pool = {
            // Sockets belong to the runtime in which they are opened.
            let _context = runtime.enter();
            // Batches find rows by their keys. A plan that was made while a table was still empty must not read all of it.
            let options = pool.connect_options().as_ref().clone();
            let options = options.options([("enable_seqscan", "off")]);
            let pool = db::pool_of(connections).connect_lazy_with(options);
            db::watch("batches", &pool);
            pool
        };
        runtime.spawn({
            let pool = pool.clone();
            async move {
                end.await;
                pool.close().await;
            }
        });
        // The first rush does not wait for it, and it is there when no more can be made.
        runtime.spawn({
            let pool = pool.clone();
            async move {
                if let Err(error) = pool.acquire().await {
                    tracing::warn!("the first batch has to make its connection: {error}");
                }
            }
        });
        Ok(Self {
            runtime: Some(runtime),
            pool,
        })
    }

    /// Runs a task here; it ends with this at the latest.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            let mut end = self.pool.close_event();
            runtime.spawn(async move { end.do_until(task).await });
        }
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A plain drop waits, which must not be where tasks run; and the last task may be what drops this.
            runtime.shutdown_background();
        }
    }
}
