//! What is measured is what there is.

use contracts::topology::Queue;
use kit::{config::DatabaseConfig, consumer, db, outbox, outbox::Relay, process::Shutdown};
use lapin::BasicProperties;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use sqlx::{ConnectOptions as _, PgPool};
use testkit::{Vhost, broker, eventually};

use crate::{PATIENCE, message};

/// Records what is measured on this thread, on which all of a test runs.
fn record(recorder: &PrometheusRecorder) -> (PrometheusHandle, metrics::LocalRecorderGuard<'_>) {
    (
        recorder.handle(),
        metrics::set_default_local_recorder(recorder),
    )
}

/// Waits until a line is measured.
async fn says(metrics: &PrometheusHandle, line: &str) {
    let said = eventually(line, PATIENCE, async || {
        Ok(metrics.render().lines().any(|measured| measured == line))
    })
    .await;
    assert!(said.is_ok(), "not {line}, but\n{}", metrics.render());
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn an_outbox_that_nobody_takes_from_lags(pool: PgPool) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _recording) = record(&recorder);
    let vhost = Vhost::create().await.unwrap();
    let shutdown = Shutdown::new();
    let mut connection = pool.acquire().await.unwrap();
    outbox::add(&mut connection, &message("ada")).await.unwrap();
    sqlx::query("UPDATE outbox SET created_at = now() - interval '1 hour', not_before = now() + interval '1 hour'")
        .execute(&mut *connection)
        .await
        .unwrap();
    Relay::spawn(pool.clone(), vhost.broker(), shutdown.clone());
    says(&metrics, "outbox_messages{priority=\"urgent\"} 1").await;
    says(&metrics, "outbox_messages{priority=\"rest\"} 0").await;
    says(&metrics, "outbox_lag_seconds{priority=\"rest\"} 0").await;
    let backlogs = outbox::look(&pool).await.unwrap();
    assert!(
        backlogs[0].urgent && backlogs[0].age >= 3600.0,
        "{backlogs:?}"
    );
    assert!(!backlogs[1].urgent && backlogs[1].age < 1.0, "{backlogs:?}");
    shutdown.trigger();
}

#[tokio::test]
async fn what_waits_and_what_was_given_up_is_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _recording) = record(&recorder);
    let vhost = Vhost::create().await.unwrap();
    let shutdown = Shutdown::new();
    let channel = vhost.broker().channel().await.unwrap();
    let body = serde_json::to_vec(&message("ada")).unwrap();
    for (queue, count) in [
        (Queue::Payment.dead_name(), 2),
        (Queue::Payment.retry_name(4), 3),
        (Queue::Payment.name().to_owned(), 2),
    ] {
        for _ in 0..count {
            broker::put(&channel, &queue, &body, BasicProperties::default())
                .await
                .unwrap();
        }
    }
    // It takes one and never finishes; the other one waits behind it.
    let consuming = tokio::spawn(consumer::run(
        vhost.broker(),
        Queue::Payment,
        1,
        shutdown.clone(),
        |_: consumer::Delivery| std::future::pending(),
    ));
    for (state, count) in [("ready", 1), ("retrying", 3), ("dead", 2)] {
        let labels = format!("queue=\"payment.events\",state=\"{state}\"");
        says(&metrics, &format!("queue_messages{{{labels}}} {count}")).await;
    }
    says(&metrics, "queue_consumers{queue=\"payment.events\"} 1").await;
    says(&metrics, "broker_connected 1").await;
    consuming.abort();
    shutdown.trigger();
}

#[sqlx::test(migrations = "../../migrations/auth")]
async fn a_pool_without_a_free_connection_is_exhausted(pool: PgPool) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let (metrics, _recording) = record(&recorder);
    let config = DatabaseConfig {
        url: pool.connect_options().to_url_lossy().to_string().into(),
        max_connections: 2,
    };
    let pool = db::connect(&config, &Shutdown::new()).await.unwrap();
    let count = |state: &str, count: u32| {
        format!(
            "db_client_connection_count{{db_client_connection_pool_name=\"main\",db_client_connection_state=\"{state}\"}} {count}"
        )
    };
    says(
        &metrics,
        "db_client_connection_max{db_client_connection_pool_name=\"main\"} 2",
    )
    .await;
    says(&metrics, &count("used", 0)).await;
    let both = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    says(&metrics, &count("used", 2)).await;
    says(
        &metrics,
        "db_client_connection_exhausted_seconds_total{db_client_connection_pool_name=\"main\"} 1",
    )
    .await;
    let error = pool.acquire().await.unwrap_err();
    assert_eq!(kit::Problem::from(error).status(), 503);
    says(&metrics, "db_client_connection_timeouts_total 1").await;
    drop(both);
    says(&metrics, &count("idle", 2)).await;
    pool.close().await;
}
