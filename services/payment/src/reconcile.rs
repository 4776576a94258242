//! Asks the provider about payments that are not settled for too long, whatever the reason: a process that died, an answer or a
//! webhook that never came, a buyer who went away. Nothing stays "processing".

use std::time::Duration;

use chrono::Utc;
use contracts::{Message, PaymentId};
use kit::{outbox, process::Shutdown, telemetry};
use metrics::counter;
use tokio::task::JoinSet;
use tracing::info_span;

use crate::{
    App,
    domain::payment::{Failure, ProviderState, Status},
    pay,
    providers::{Intent, Provider, ProviderError},
    settlement,
    store::{
        checks, operations,
        payments::{self, Payment},
    },
};

/// Payments looked at together by one process.
const BATCH: i64 = 20;
const POLL: Duration = Duration::from_secs(1);
/// What a payment is kept from other replicas for beyond the provider's time-out.
const LEASE_MARGIN: Duration = Duration::from_secs(20);
/// A payment that nobody knows the result of is looked at at least this often …
const LONGEST_WAIT_OPEN: Duration = Duration::from_secs(300);
/// … and one that waits for Booking this often.
const LONGEST_WAIT_AUTHORISED: Duration = Duration::from_secs(3600);

/// Looks at what is due until `shutdown`.
pub async fn run(app: App, shutdown: Shutdown) {
    while !shutdown.is_cancelled() {
        match round(&app).await {
            Ok(true) => {}
            Ok(false) => {
                shutdown.until(tokio::time::sleep(POLL)).await;
            }
            Err(error) => {
                tracing::warn!("payments can't be reconciled: {error}");
                shutdown.until(tokio::time::sleep(POLL)).await;
            }
        }
    }
}

/// Looks at one batch of what is due; true when there may be more.
pub async fn round(app: &App) -> sqlx::Result<bool> {
    let lease = app.settings.provider_timeout * 2 + LEASE_MARGIN;
    let due = checks::take_due(&app.pool, BATCH, lease).await?;
    let full = i64::try_from(due.len()).is_ok_and(|taken| taken == BATCH);
    let mut tasks = JoinSet::new();
    for id in due {
        let app = app.clone();
        tasks.spawn(async move { look(&app, id).await });
    }
    while tasks.join_next().await.is_some() {}
    Ok(full)
}

async fn look(app: &App, id: PaymentId) {
    let payment = match payments::find(&app.pool, id).await {
        Ok(Some(payment)) => payment,
        Ok(None) => return,
        // It is due again when its lease has run out.
        Err(error) => return tracing::warn!("a payment can't be looked at: {error}"),
    };
    let span = info_span!("reconcile", payment_id = %id);
    telemetry::within(span, payment.traceparent.as_deref(), async {
        counter!("payments_reconciled_total", "status" => payment.status.as_str()).increment(1);
        if let Err(error) = settle(app, &payment).await {
            tracing::warn!(payment_id = %id, status = payment.status.as_str(), "not settled: {error:#}");
            let after = wait(app, &payment);
            if let Err(error) = checks::check_again(&app.pool, id, after).await {
                tracing::warn!("the next look can't be noted: {error}");
            }
        }
        app.wake();
    })
    .await;
}

/// How long until the next look: doubled each time.
fn wait(app: &App, payment: &Payment) -> Duration {
    let longest = match payment.status {
        Status::Authorised => LONGEST_WAIT_AUTHORISED,
        _ => LONGEST_WAIT_OPEN,
    };
    app.settings
        .reconcile_after
        .saturating_mul(1 << payment.checks.min(10))
        .min(longest.max(app.settings.reconcile_after))
}

/// An error means: look again later.
async fn settle(app: &App, payment: &Payment) -> anyhow::Result<()> {
    let Some(provider) = app.providers.get(&payment.provider) else {
        anyhow::bail!("the provider {} is not configured", payment.provider);
    };
    let Some(order) = &payment.order else {
        // It ended before the provider was asked.
        pay::forget(app, payment.id, payment.user_id, &payment.idempotency_key).await?;
        return Ok(());
    };
    let late = Utc::now() > order.pay_until;
    let known = provider.fetch(payment.id).await?;
    match payment.status {
        Status::Created | Status::RequiresAction => {
            let answer = match known {
                Some(intent) => match &intent.state {
                    ProviderState::RequiresAction(_) if late => {
                        return give_up(app, payment, provider, &intent).await;
                    }
                    _ => Ok(intent),
                },
                // Nobody pays for a hold that has run out.
                None if late => Err(ProviderError::Refused(Failure::timed_out())),
                None => {
                    let return_url = payment.return_url.as_deref();
                    let order = pay::authorisation(payment.id, order, &payment.method, return_url);
                    provider.authorise(&order).await
                }
            };
            if let Err(error @ (ProviderError::NotSent(_) | ProviderError::Unclear(_))) = answer {
                return Err(error.into());
            }
            let settled = pay::conclude(app, payment.id, answer).await?;
            if let Some(settled) = settled.filter(|settled| settled.version == payment.version) {
                checks::check_again(&app.pool, settled.id, wait(app, &settled)).await?;
            }
            Ok(())
        }
        Status::Authorised => match known {
            Some(intent) => remind(app, payment, &intent).await,
            None => anyhow::bail!("the provider does not know an authorised payment"),
        },
        Status::Failed | Status::Voided => {
            if let Some(intent) = known {
                pay::conclude(app, payment.id, Ok(intent)).await?;
            }
            checks::check_no_more(&app.pool, payment.id).await?;
            Ok(())
        }
        Status::Captured => {
            checks::check_no_more(&app.pool, payment.id).await?;
            Ok(())
        }
    }
}

/// Ends an attempt whose buyer did not confirm in time.
async fn give_up(
    app: &App,
    payment: &Payment,
    provider: &dyn Provider,
    intent: &Intent,
) -> anyhow::Result<()> {
    let key = format!("{}-timed-out", payment.id);
    let intent = provider.void(&intent.reference, &key).await?;
    let answer = match intent.state {
        ProviderState::Cancelled => Err(ProviderError::Refused(Failure::timed_out())),
        _ => Ok(intent),
    };
    pay::conclude(app, payment.id, answer).await?;
    Ok(())
}

/// Applies what the provider says about an authorised payment. When nothing was decided on it yet, tells Booking once more: to
/// the same version it answers only if it never did.
async fn remind(app: &App, payment: &Payment, intent: &Intent) -> anyhow::Result<()> {
    let mut transaction = app.pool.begin().await?;
    let Some(mut payment) = payments::lock(&mut transaction, payment.id).await? else {
        return Ok(());
    };
    if !settlement::apply(app, &mut transaction, &mut payment, intent).await? {
        if payment.status == Status::Authorised
            && operations::decided(&mut transaction, payment.id)
                .await?
                .is_none()
        {
            tracing::warn!(payment_id = %payment.id, "Booking has not answered; telling it again");
            let message = Message::PaymentAuthorised(payment.as_changed()?);
            outbox::add(&mut transaction, &message).await?;
        }
        checks::check_again(&mut *transaction, payment.id, wait(app, &payment)).await?;
    }
    transaction.commit().await?;
    Ok(())
}
