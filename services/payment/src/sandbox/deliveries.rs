//! Sends webhooks, again and again until each is answered with 2xx; and brings results that come later.

use std::time::Duration;

use chrono::Utc;
use kit::process::Shutdown;
use sqlx::PgPool;
use tokio::task::JoinSet;

use super::{App, intents, refunds};
use crate::providers::{SIGNATURE_HEADER, signature};

const POLL: Duration = Duration::from_millis(250);
/// Webhooks sent at once.
const BATCH: i32 = 20;
const MAX_ATTEMPTS: i32 = 20;

#[derive(sqlx::FromRow)]
struct Delivery {
    id: i64,
    payload: String,
    attempts: i32,
}

/// Until `shutdown`. Replicas share the work.
pub(super) async fn run(app: App, shutdown: Shutdown) {
    while !shutdown.is_cancelled() {
        match round(&app).await {
            Ok(true) => {}
            Ok(false) => {
                let woken = async {
                    let _ = tokio::time::timeout(POLL, app.wake.notified()).await;
                };
                shutdown.until(woken).await;
            }
            Err(error) => {
                tracing::warn!("webhooks can't be sent: {error:#}");
                shutdown
                    .until(tokio::time::sleep(Duration::from_secs(1)))
                    .await;
            }
        }
    }
}

/// True when there may be more.
async fn round(app: &App) -> anyhow::Result<bool> {
    let resolved = resolve(&app.pool).await?;
    let due = take_due(&app.pool).await?;
    let more = resolved > 0 || i32::try_from(due.len()).is_ok_and(|taken| taken == BATCH);
    let mut sending = JoinSet::new();
    for delivery in due {
        sending.spawn(send(app.clone(), delivery));
    }
    while let Some(sent) = sending.join_next().await {
        sent??;
    }
    Ok(more)
}

async fn resolve(pool: &PgPool) -> anyhow::Result<usize> {
    let mut transaction = pool.begin().await?;
    let resolved = async {
        Ok::<_, super::wire::Refusal>(
            intents::resolve_due(&mut transaction).await?
                + refunds::resolve_due(&mut transaction).await?,
        )
    };
    let resolved = resolved
        .await
        .map_err(|refusal| anyhow::anyhow!("{}", refusal.message))?;
    transaction.commit().await?;
    Ok(resolved)
}

/// Takes what is due for 15 s, longer than a webhook may take.
async fn take_due(pool: &PgPool) -> sqlx::Result<Vec<Delivery>> {
    sqlx::query_as(
        "WITH due AS (
           SELECT id FROM deliveries
           WHERE delivered_at IS NULL AND given_up_at IS NULL AND due_at <= now() AND (leased_until IS NULL OR leased_until < now())
           ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
         UPDATE deliveries d SET leased_until = now() + interval '15 seconds', attempts = attempts + 1
         FROM due, events e WHERE d.id = due.id AND e.id = d.event_id RETURNING d.id, e.payload, d.attempts",
    )
    .bind(BATCH)
    .fetch_all(pool)
    .await
}

async fn send(app: App, delivery: Delivery) -> anyhow::Result<()> {
    let url = app.merchant.payment_url.join("/webhooks/sandbox");
    let signature = signature::sign(
        &app.merchant.sandbox_webhook_secret,
        delivery.payload.as_bytes(),
        Utc::now(),
    );
    let answer = app
        .client
        .post(url)
        .header(
            axum::http::HeaderName::from_static(SIGNATURE_HEADER),
            &signature,
        )
        .bytes("application/json", delivery.payload)
        .send()
        .await;
    let result = match answer {
        Ok(answer) if answer.status().is_success() => {
            sqlx::query(
                "UPDATE deliveries SET delivered_at = now(), last_result = $2 WHERE id = $1",
            )
            .bind(delivery.id)
            .bind(answer.status().as_str())
            .execute(&app.pool)
            .await?;
            return Ok(());
        }
        Ok(answer) => answer.status().to_string(),
        Err(error) => error.to_string(),
    };
    // 0.5 s, doubled each time, at most a quarter of an hour.
    sqlx::query(
        "UPDATE deliveries SET leased_until = NULL, last_result = $2,
           due_at = now() + least(interval '0.25 second' * 2 ^ least(attempts, 12), interval '15 minutes'),
           given_up_at = CASE WHEN attempts >= $3 THEN now() END WHERE id = $1",
    )
    .bind(delivery.id)
    .bind(&result)
    .bind(MAX_ATTEMPTS)
    .execute(&app.pool)
    .await?;
    tracing::warn!(
        attempts = delivery.attempts,
        "a webhook was not taken: {result}"
    );
    Ok(())
}
