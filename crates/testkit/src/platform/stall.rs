//! Stops a service right before one certain write, so that a test can kill it between two steps of its choice.
//!
//! A trigger makes the write wait for an advisory lock that the test holds. Nothing in the services knows of it.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::eventually;

static NEXT_LOCK: AtomicU32 = AtomicU32::new(1);

/// A kind of write.
#[derive(Clone, Copy, Debug)]
pub enum Write {
    Insert,
    Update,
    Delete,
}

/// While it lives, matching writes wait.
pub struct Stall {
    holder: PgConnection,
    table: &'static str,
    /// The advisory lock, which also names function and trigger.
    lock: u32,
}

impl Stall {
    /// Makes each `write` to `table` for which `condition` (SQL over `NEW` and `OLD`) holds wait, until lifted.
    pub async fn before(
        database_url: &str,
        write: Write,
        table: &'static str,
        condition: &str,
    ) -> Result<Self> {
        let mut holder = PgConnection::connect(database_url).await?;
        let lock = NEXT_LOCK.fetch_add(1, Ordering::Relaxed);
        let (event, row) = match write {
            Write::Insert => ("INSERT", "NEW"),
            Write::Update => ("UPDATE", "NEW"),
            Write::Delete => ("DELETE", "OLD"),
        };
        let sql = format!(
            "SELECT pg_advisory_lock({lock});
             CREATE FUNCTION stall_{lock}() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_advisory_xact_lock_shared({lock}); RETURN {row}; END $$;
             CREATE TRIGGER stall_{lock} BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition})
             EXECUTE FUNCTION stall_{lock}()"
        );
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut holder)
            .await?;
        Ok(Self {
            holder,
            table,
            lock,
        })
    }

    /// Waits until a service stands before the write.
    pub async fn reached(&mut self) -> Result<()> {
        let (holder, lock) = (&mut self.holder, i64::from(self.lock));
        eventually(
            "a write waits at the stall",
            Duration::from_secs(20),
            async || {
                let waiting: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1::oid
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            )
            .bind(lock)
            .fetch_one(&mut *holder)
            .await?;
                Ok(waiting)
            },
        )
        .await
    }

    /// Ends the sessions that wait, as happens to those of a killed process: what they were about to write is never written.
    pub async fn end_waiting(&mut self) -> Result<()> {
        sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1::oid
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .bind(i64::from(self.lock))
        .execute(&mut self.holder)
        .await?;
        Ok(())
    }

    /// Lets the writes go on.
    pub async fn lift(mut self) -> Result<()> {
        let sql = format!(
            "SELECT pg_advisory_unlock({lock}); DROP TRIGGER stall_{lock} ON {}",
            self.table,
            lock = self.lock
        );
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut self.holder)
            .await?;
        self.holder.close().await?;
        Ok(())
    }
}
