//! Stops a service right before one certain write, so that a test can kill it between two steps of its choice.
//!
//! A trigger makes the write wait for an advisory lock that the test holds. Nothing in the services knows of it.

use std::time::Duration;

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::eventually;

/// The advisory lock; one stall at a time in one database.
const LOCK: i64 = 0x5741_4954;

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
        let (event, row) = match write {
            Write::Insert => ("INSERT", "NEW"),
            Write::Update => ("UPDATE", "NEW"),
            Write::Delete => ("DELETE", "OLD"),
        };
        let sql = format!(
            "SELECT pg_advisory_lock({LOCK});
             CREATE OR REPLACE FUNCTION test_stall() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_advisory_xact_lock_shared({LOCK}); RETURN {row}; END $$;
             DROP TRIGGER IF EXISTS test_stall ON {table};
             CREATE TRIGGER test_stall BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition})
             EXECUTE FUNCTION test_stall()"
        );
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut holder)
            .await?;
        Ok(Self { holder, table })
    }

    /// Waits until a service stands before the write.
    pub async fn reached(&mut self) -> Result<()> {
        let holder = &mut self.holder;
        eventually(
            "a write waits at the stall",
            Duration::from_secs(20),
            async || {
                let waiting: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            )
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
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .execute(&mut self.holder)
        .await?;
        Ok(())
    }

    /// Lets the writes go on.
    pub async fn lift(mut self) -> Result<()> {
        let sql = format!(
            "SELECT pg_advisory_unlock({LOCK}); DROP TRIGGER test_stall ON {}",
            self.table
        );
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut self.holder)
            .await?;
        self.holder.close().await?;
        Ok(())
    }
}
