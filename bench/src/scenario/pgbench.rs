//! What PostgreSQL does with one transaction per booking: the figure that all others are compared with.

use anyhow::{Context as _, Result, ensure};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::process::Command;

use super::Bench;
use crate::report::Figure;

const DATABASE: &str = "bench";
const SCHEMA: &str = include_str!("../../sql/baseline_schema.sql");
const TRANSACTION: &str = include_str!("../../sql/baseline_booking.sql");
const CLIENTS: [u32; 5] = [1, 4, 8, 16, 32];

pub(super) async fn run(bench: &mut Bench) -> Result<()> {
    let url = prepare(&bench.place.database_url_admin).await?;
    let script = bench.place.results_dir.join("baseline_booking.sql");
    std::fs::write(&script, TRANSACTION)?;
    let seconds = (bench.scale.duration.as_secs() / 2).max(1);
    let mut best: Option<(f64, u32, String)> = None;
    let mut all = Vec::new();
    for clients in CLIENTS {
        bench.settle().await?;
        let watch = bench.meter.watch();
        let output = Command::new(&bench.place.pgbench)
            .args(["--no-vacuum", "--protocol=prepared"])
            .args(["--client", &clients.to_string()])
            .args(["--time", &seconds.to_string()])
            .arg("--file")
            .arg(&script)
            .arg(&url)
            .kill_on_drop(true)
            .output()
            .await
            .context("pgbench can't be run")?;
        let usage = watch.end();
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success(),
            "pgbench: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let tps = tps(&text).with_context(|| format!("pgbench said {text}"))?;
        all.push(format!("{clients}: {tps:.0}"));
        if best.as_ref().is_none_or(|(highest, ..)| tps > *highest) {
            best = Some((tps, clients, usage.words()));
        }
    }
    let (tps, clients, cpu) = best.context("nothing was measured")?;
    bench.baseline = Some(tps);
    bench.add(
        Figure::new("pgbench", "one transaction per booking", tps, "/s").detail(format!(
            "best at {clients} clients; by clients {}; cores: {cpu}",
            all.join(", ")
        )),
    )
}

/// Makes the database anew; its URL.
async fn prepare(admin_url: &str) -> Result<String> {
    let mut admin = PgConnection::connect(admin_url).await?;
    for statement in [
        format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"),
        format!("CREATE DATABASE {DATABASE}"),
    ] {
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut admin)
            .await?;
    }
    admin.close().await?;
    let (server, _) = admin_url
        .rsplit_once('/')
        .context("the URL of PostgreSQL names no database")?;
    let url = format!("{server}/{DATABASE}");
    let mut connection = PgConnection::connect(&url).await?;
    sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
    connection.close().await?;
    Ok(url)
}

fn tps(output: &str) -> Option<f64> {
    let line = output.lines().find(|line| line.starts_with("tps = "))?;
    line.split_ascii_whitespace().nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_pgbench_says() {
        let output = "latency average = 0.5 ms\ntps = 1834.312 (without initial connection time)\n";
        assert_eq!(tps(output), Some(1834.312));
        assert_eq!(tps(""), None);
    }
}
