//! A database per service for one run of the platform, dropped with it.

use std::str::FromStr;

use anyhow::{Context, Result};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

const SERVICES: [&str; 6] = ["auth", "catalog", "booking", "payment", "sandbox", "worker"];

pub struct Databases {
    admin_url: String,
    prefix: String,
}

impl Databases {
    pub(super) async fn create(name: &str) -> Result<Self> {
        let admin_url = std::env::var("DATABASE_URL_ADMIN").context("DATABASE_URL_ADMIN")?;
        let prefix = format!("{name}_{}", std::process::id());
        let databases = Self { admin_url, prefix };
        let mut admin = databases.admin().await?;
        for service in SERVICES {
            let database = databases.name(service);
            let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
            sqlx::raw_sql(AssertSqlSafe(drop))
                .execute(&mut admin)
                .await?;
            let create = format!("CREATE DATABASE {database}");
            sqlx::raw_sql(AssertSqlSafe(create))
                .execute(&mut admin)
                .await?;
        }
        Ok(databases)
    }

    /// The URL of a service's database, as the administrator.
    pub fn url(&self, service: &str) -> String {
        let (server, _) = self
            .admin_url
            .rsplit_once('/')
            .unwrap_or((&self.admin_url, ""));
        format!("{server}/{}", self.name(service))
    }

    /// A small pool on a service's database, to look behind the API.
    pub async fn pool(&self, service: &str) -> Result<PgPool> {
        let options = PgConnectOptions::from_str(&self.url(service))?;
        Ok(PgPoolOptions::new()
            .max_connections(3)
            .connect_with(options)
            .await?)
    }

    async fn admin(&self) -> Result<PgConnection> {
        Ok(PgConnection::connect(&self.admin_url).await?)
    }

    fn name(&self, service: &str) -> String {
        format!("{}_{service}", self.prefix)
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        let names: Vec<_> = SERVICES.iter().map(|service| self.name(service)).collect();
        let admin_url = self.admin_url.clone();
        // A runtime of its own: drop can't await, and the test's runtime may be ending.
        let cleanup = std::thread::spawn(move || -> Result<()> {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?
                .block_on(async {
                    let mut admin = PgConnection::connect(&admin_url).await?;
                    for name in names {
                        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                        sqlx::raw_sql(AssertSqlSafe(drop))
                            .execute(&mut admin)
                            .await?;
                    }
                    Ok(())
                })
        });
        if !matches!(cleanup.join(), Ok(Ok(()))) {
            eprintln!("could not drop the databases {}_*", self.prefix);
        }
    }
}
