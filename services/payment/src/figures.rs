//! What the books say that no request does, as metrics: looked at by one task, never when metrics are asked for.

use std::time::Duration;

use kit::process::Shutdown;
use metrics::{counter, describe_counter, describe_gauge, gauge};
use sqlx::PgPool;

use crate::{domain::payment::Status, store::figures};

const EVERY: Duration = Duration::from_secs(10);
/// Looks between two at the books, which take longer.
const BETWEEN_BOOKS: usize = 6;
/// A payment that came to its state so long ago and is not settled is worth a look by a person.
const STUCK: Duration = Duration::from_secs(5 * 60);

/// Looks again and again until `shutdown`.
pub async fn run(pool: PgPool, shutdown: Shutdown) {
    describe();
    let look = async {
        for round in 0.. {
            let looked = async {
                look(&pool).await?;
                if round % BETWEEN_BOOKS == 0 {
                    audit(&pool).await?;
                }
                Ok::<_, sqlx::Error>(())
            };
            if let Err(error) = looked.await {
                tracing::debug!("the figures are not known: {error}");
            }
            tokio::time::sleep(EVERY).await;
        }
    };
    shutdown.until(look).await;
}

fn describe() {
    describe_gauge!(
        "payments_unsettled",
        "Payments that are neither settled nor given up, by state, up to 10,000"
    );
    describe_gauge!(
        "payments_unsettled_age_seconds",
        "How long the oldest of them has been in its state"
    );
    describe_gauge!(
        "payments_stuck",
        "Payments that for 5 minutes were neither settled nor waiting for their buyer"
    );
    describe_gauge!(
        "operations_late",
        "Captures, voids and refunds not done a minute after they were decided"
    );
    describe_gauge!(
        "money_mismatches",
        "Payments of a week (the newest 10,000) whose books don't balance, by what differs; always 0"
    );
    describe_gauge!(
        "refunds_refused",
        "Refunds of a week (the newest 10,000) that the provider refused for good: a buyer is owed money"
    );
    describe_counter!(
        "payments_total",
        "Payments that came to a state, by that state"
    );
    describe_counter!("refunds_total", "Refunds that ended, by outcome");
    describe_counter!(
        "operations_total",
        "Captures, voids and refunds that were tried at the provider, by kind and outcome"
    );
    for status in Status::ALL {
        counter!("payments_total", "outcome" => status.as_str()).increment(0);
    }
    for outcome in ["succeeded", "failed"] {
        counter!("refunds_total", "outcome" => outcome).increment(0);
    }
}

/// States in which something is still to happen.
const OPEN: [Status; 3] = [Status::Created, Status::RequiresAction, Status::Authorised];

async fn look(pool: &PgPool) -> sqlx::Result<()> {
    let found = figures::unsettled(pool, STUCK).await?;
    let mut stuck = 0;
    for status in OPEN {
        let of_status = found.iter().find(|found| found.status == status.as_str());
        let (payments, age) = of_status.map_or((0, 0.0), |found| (found.payments, found.age));
        gauge!("payments_unsettled", "status" => status.as_str()).set(float(payments));
        gauge!("payments_unsettled_age_seconds", "status" => status.as_str()).set(age);
        if status != Status::RequiresAction {
            stuck += of_status.map_or(0, |found| found.old);
        }
    }
    gauge!("payments_stuck").set(float(stuck));
    gauge!("operations_late").set(float(figures::late_operations(pool).await?));
    Ok(())
}

async fn audit(pool: &PgPool) -> sqlx::Result<()> {
    let found = figures::mismatches(pool).await?;
    for (kind, count) in [
        ("tickets", found.tickets),
        ("receipts", found.receipts),
        ("refunds", found.refunds),
    ] {
        gauge!("money_mismatches", "kind" => kind).set(float(count));
    }
    gauge!("refunds_refused").set(float(found.refused));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts up to 10,000")]
fn float(count: i64) -> f64 {
    count as f64
}
