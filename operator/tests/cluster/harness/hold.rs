//! A transaction of somebody else's that holds a lock in a platform's PostgreSQL, until it is let go.

use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinHandle;

use super::{Platform, eventually};

pub(crate) struct Hold {
    platform: Platform,
    database: String,
    session: JoinHandle<()>,
}

const NAME: &str = "cluster-test-hold";

impl Hold {
    /// Takes the lock that `statement` takes.
    pub(crate) async fn take(platform: &Platform, database: &str, statement: &str) -> Result<Self> {
        let text =
            format!("SET application_name = '{NAME}'; BEGIN; {statement}; SELECT pg_sleep(90)");
        let (session, place) = (platform.clone(), database.to_owned());
        let session = tokio::task::spawn_local(async move {
            // It is ended from outside, which is an error to psql.
            let _ = session.psql(&place, &text).await;
        });
        let hold = Self {
            platform: platform.clone(),
            database: database.to_owned(),
            session,
        };
        let sleeps = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{NAME}' AND wait_event = 'PgSleep'"
        );
        eventually("the lock is held", Duration::from_secs(20), async || {
            Ok(hold.platform.psql(&hold.database, &sleeps).await? == "1")
        })
        .await?;
        Ok(hold)
    }

    pub(crate) async fn release(self) -> Result<()> {
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{NAME}'"
        );
        self.platform.psql(&self.database, &end).await?;
        self.session.await?;
        Ok(())
    }
}
