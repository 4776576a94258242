//! Does the operations that were decided on: capture, void, refund.
//!
//! Each is a row, committed with the decision. This task is woken after the commit; what it misses, because a process died or
//! another replica decided, it finds within a second. A row is leased while it is worked on, and carried out under its id as the
//! provider's idempotency key, so that whoever takes it again gets the same result.

use std::{sync::Arc, time::Duration};

use contracts::Money;
use kit::{process::Shutdown, telemetry};
use metrics::counter;
use tokio::{sync::Notify, task::JoinSet};
use tracing::info_span;

use crate::{
    App,
    domain::payment::{ProviderState, Status},
    providers::{Intent, Provider, ProviderError, RefundState, Repayment},
    settlement,
    store::{
        operations::{self, End, Kind, Operation},
        payments::{self, Payment},
        refunds,
    },
};

/// Operations worked on at once by one process.
const AT_ONCE: usize = 16;
/// How soon a row is found whose wake-up was missed.
const POLL: Duration = Duration::from_secs(1);
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LONGEST_RETRY: Duration = Duration::from_secs(60);
/// What a lease lasts beyond the provider's time-out.
const LEASE_MARGIN: Duration = Duration::from_secs(10);

/// Tells the task of this process that operations have been committed.
#[derive(Clone, Debug, Default)]
pub struct WorkSignal(Arc<Notify>);

impl WorkSignal {
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Works until `shutdown`, then finishes what it has begun.
pub async fn run(app: App, shutdown: Shutdown) {
    let lease = app.settings.provider_timeout + LEASE_MARGIN;
    let mut tasks = JoinSet::new();
    while !shutdown.is_cancelled() {
        let free = AT_ONCE - tasks.len();
        let taken = if free == 0 {
            Ok(Vec::new())
        } else {
            let limit = i64::try_from(free).unwrap_or(1);
            operations::take_due(&app.pool, limit, lease).await
        };
        match taken {
            Ok(taken) => {
                for operation in taken {
                    tasks.spawn(perform(app.clone(), operation));
                }
            }
            Err(error) => tracing::warn!("operations can't be taken: {error}"),
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = app.work.0.notified() => {}
            Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Carries one operation out in the trace that decided on it; what fails is tried again later.
async fn perform(app: App, operation: Operation) {
    let span = info_span!(
        "operation",
        otel.name = format!("{} payment", operation.kind.as_str()),
        payment_id = %operation.payment_id,
    );
    telemetry::within(span, operation.traceparent.as_deref(), async {
        if let Err(error) = carry_out(&app, &operation).await {
            counter!("operations_total", "kind" => operation.kind.as_str(), "outcome" => "retried")
                .increment(1);
            let reason = format!("{error:#}");
            tracing::warn!(
                payment_id = %operation.payment_id,
                attempts = operation.attempts,
                "{} will be tried again: {reason}", operation.kind.as_str()
            );
            let delay = retry_delay(operation.attempts);
            if let Err(error) = operations::try_again(&app.pool, operation.id, delay, &reason).await
            {
                // Its lease runs out, and then it is taken again.
                tracing::warn!("the retry can't be noted: {error}");
            }
        }
    })
    .await;
}

fn retry_delay(attempts: u32) -> Duration {
    let doubled = FIRST_RETRY.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    doubled.min(LONGEST_RETRY)
}

/// An error means: not finished, try again.
async fn carry_out(app: &App, operation: &Operation) -> anyhow::Result<()> {
    let Some(payment) = payments::find(&app.pool, operation.payment_id).await? else {
        anyhow::bail!("there is no such payment");
    };
    let Some(provider) = app.providers.get(&payment.provider) else {
        anyhow::bail!("the provider {} is not configured", payment.provider);
    };
    let Some(reference) = reference(provider, &payment).await? else {
        anyhow::bail!("the provider does not know the payment");
    };
    let key = operation.id.to_string();
    match operation.kind {
        Kind::Capture => {
            let answer = provider.capture(&reference, &key).await;
            captured(app, operation, answer).await
        }
        Kind::Void => {
            let answer = provider.void(&reference, &key).await;
            voided(app, operation, answer).await
        }
        Kind::Refund => refund(app, operation, &payment, provider, &reference, &key).await,
    }
}

async fn reference(
    provider: &dyn Provider,
    payment: &Payment,
) -> Result<Option<String>, ProviderError> {
    if payment.reference.is_some() {
        return Ok(payment.reference.clone());
    }
    let intent = provider.fetch(payment.id).await?;
    Ok(intent.map(|intent| intent.reference))
}

async fn captured(
    app: &App,
    operation: &Operation,
    answer: Result<Intent, ProviderError>,
) -> anyhow::Result<()> {
    let mut transaction = app.pool.begin().await?;
    let Some(mut payment) = payments::lock(&mut transaction, operation.payment_id).await? else {
        anyhow::bail!("there is no such payment");
    };
    if !operations::is_due(&mut transaction, operation.id).await? {
        return Ok(());
    }
    match answer {
        Ok(intent) => {
            if !settlement::apply(app, &mut transaction, &mut payment, &intent).await? {
                anyhow::bail!("the provider says {:?}", intent.state);
            }
        }
        Err(ProviderError::Refused(failure)) => {
            tracing::error!(
                payment_id = %payment.id,
                "the capture was refused for good: {} ({})", failure.message, failure.code
            );
            settlement::fail(app, &mut transaction, &mut payment, failure).await?;
        }
        Err(error) => return Err(error.into()),
    }
    transaction.commit().await?;
    done(app, operation, payment.status == Status::Captured);
    Ok(())
}

async fn voided(
    app: &App,
    operation: &Operation,
    answer: Result<Intent, ProviderError>,
) -> anyhow::Result<()> {
    let mut transaction = app.pool.begin().await?;
    let Some(mut payment) = payments::lock(&mut transaction, operation.payment_id).await? else {
        anyhow::bail!("there is no such payment");
    };
    if !operations::is_due(&mut transaction, operation.id).await? {
        return Ok(());
    }
    let succeeded = match answer {
        Ok(intent) => {
            if !matches!(
                intent.state,
                ProviderState::Cancelled | ProviderState::Failed(_)
            ) {
                anyhow::bail!("the provider says {:?}", intent.state);
            }
            settlement::apply(app, &mut transaction, &mut payment, &intent).await?;
            // Also for a payment that had ended before, whose state does not change.
            operations::end(&mut transaction, operation.id, End::Done, None).await?;
            true
        }
        Err(ProviderError::Refused(failure)) => {
            tracing::error!(
                payment_id = %payment.id,
                "voiding was refused for good: {} ({}); look at the payment there", failure.message, failure.code
            );
            let end = End::Refused;
            operations::end(&mut transaction, operation.id, end, Some(&failure.code)).await?;
            false
        }
        Err(error) => return Err(error.into()),
    };
    transaction.commit().await?;
    done(app, operation, succeeded);
    Ok(())
}

async fn refund(
    app: &App,
    operation: &Operation,
    payment: &Payment,
    provider: &dyn Provider,
    reference: &str,
    key: &str,
) -> anyhow::Result<()> {
    let refund_id = operation
        .refund_id
        .ok_or_else(|| anyhow::anyhow!("a refund's operation without a refund"))?;
    let Some(refund) = refunds::find(&app.pool, payment.id, refund_id).await? else {
        anyhow::bail!("there is no such refund");
    };
    let mut amount = payment.order()?.amount;
    amount.amount = refund.amount.unwrap_or_default();
    let answer = repay(provider, reference, amount, key).await;

    let mut transaction = app.pool.begin().await?;
    let Some(mut payment) = payments::lock(&mut transaction, operation.payment_id).await? else {
        anyhow::bail!("there is no such payment");
    };
    if !operations::is_due(&mut transaction, operation.id).await? {
        return Ok(());
    }
    let (reference, state) = match answer {
        Ok(Repayment { reference, state }) => (Some(reference), state),
        Err(ProviderError::Refused(failure)) => (None, RefundState::Failed(failure)),
        Err(error) => return Err(error.into()),
    };
    let succeeded = match state {
        RefundState::Pending => anyhow::bail!("the provider has not paid it yet"),
        RefundState::Succeeded => {
            operations::end(&mut transaction, operation.id, End::Done, None).await?;
            let reference = reference.unwrap_or_default();
            settlement::refunded(app, &mut transaction, &mut payment, &refund, &reference).await?;
            true
        }
        RefundState::Failed(failure) => {
            tracing::error!(
                payment_id = %payment.id, refund_id = %refund.id,
                "a refund was refused for good: {} ({})", failure.message, failure.code
            );
            let end = End::Refused;
            operations::end(&mut transaction, operation.id, end, Some(&failure.code)).await?;
            let reference = reference.as_deref();
            refunds::end(&mut transaction, refund.id, reference, Some(&failure)).await?;
            counter!("refunds_total", "outcome" => "failed").increment(1);
            false
        }
    };
    transaction.commit().await?;
    done(app, operation, succeeded);
    Ok(())
}

/// Gives money back, or finds out what became of it: an order that is sent again gets its first answer again.
async fn repay(
    provider: &dyn Provider,
    reference: &str,
    amount: Money,
    key: &str,
) -> Result<Repayment, ProviderError> {
    let first = provider.refund(reference, amount, key).await?;
    if first.state != RefundState::Pending {
        return Ok(first);
    }
    Ok(provider.fetch_refund(key).await?.unwrap_or(first))
}

fn done(app: &App, operation: &Operation, succeeded: bool) {
    app.wake();
    let outcome = if succeeded { "done" } else { "refused" };
    counter!("operations_total", "kind" => operation.kind.as_str(), "outcome" => outcome)
        .increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_grow_and_stay_bounded() {
        assert_eq!(retry_delay(1), Duration::from_millis(500));
        assert_eq!(retry_delay(2), Duration::from_secs(1));
        assert_eq!(retry_delay(8), LONGEST_RETRY);
        assert_eq!(retry_delay(u32::MAX), LONGEST_RETRY);
    }
}
