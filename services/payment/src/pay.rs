//! One attempt to pay: claim, checkout, authorise, answer.
//!
//! The key and the attempt are committed first, what checkout says before the provider is asked, and the provider's answer with
//! its messages. Whoever dies in between leaves a row that the reconciler finishes.

use std::time::Duration;

use contracts::{BookingId, PaymentId, UserId};
use kit::{
    Problem,
    auth::Principal,
    idempotency::{self, Claim, Kept, Scope},
    telemetry,
};
use serde::Deserialize;

use crate::{
    App,
    answer::answer,
    checkout::{already_paid, checkout},
    domain::payment::{Failure, Status},
    providers::{Authorisation, Intent, ProviderError},
    settlement,
    store::{
        buyers, checks, keys,
        payments::{self, NewPayment, Order, Payment},
    },
};

/// How often the provider is tried when it can't be reached at all, and how long to wait in between.
const CONNECT_TRIES: u32 = 3;
const CONNECT_PAUSE: Duration = Duration::from_millis(200);
/// An answer that is missing is looked for this soon, though the attempt is younger than `RECONCILE_AFTER`.
const UNCLEAR_CHECK: Duration = Duration::from_secs(2);

/// How long an answer may wait for the buyer's name.
const BUYER_TIMEOUT: Duration = Duration::from_secs(1);

/// What the buyer asks for, checked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) booking_id: BookingId,
    pub(crate) method: String,
    pub(crate) return_url: Option<String>,
    /// The Idempotency-Key.
    pub(crate) key: String,
}

/// Pays, and answers as [`answer()`] says. Goes on when the client goes away.
pub(crate) async fn pay(
    app: &App,
    principal: Principal,
    scope: &Scope,
    request: Request,
) -> Result<Kept, Problem> {
    let id = PaymentId::new();
    let mut transaction = app.pool.begin().await?;
    match idempotency::claim(&mut transaction, scope).await? {
        Claim::Replay(kept) => return Ok(kept),
        Claim::InFlight => return Err(idempotency::in_progress()),
        Claim::Fresh => {}
    }
    let new = NewPayment {
        id,
        booking_id: request.booking_id,
        user_id: principal.user_id,
        provider: app.providers.current().name(),
        method: &request.method,
        return_url: request.return_url.as_deref(),
        idempotency_key: &request.key,
        check_after: app.settings.reconcile_after,
        traceparent: telemetry::traceparent(),
    };
    if !payments::open(&mut transaction, &new).await? {
        transaction.rollback().await?;
        let other = payments::find_open(&app.pool, request.booking_id, principal.user_id).await?;
        return Err(in_the_way(other.as_ref()));
    }
    transaction.commit().await?;

    let app = app.clone();
    let work = telemetry::carried(async move { attempt(&app, id, &principal, &request).await });
    tokio::spawn(work).await.map_err(Problem::internal)?
}

/// 409: the booking has another payment.
fn in_the_way(other: Option<&Payment>) -> Problem {
    match other {
        Some(payment) if payment.status == Status::Captured => {
            already_paid().with("payment_id", payment.id)
        }
        Some(payment) => Problem::conflict("payment_in_progress", "Payment in progress")
            .detail(
                "Another payment for this booking is under way. Finish or cancel that one first.",
            )
            .with("payment_id", payment.id)
            .with("payment_status", payment.status)
            .retry_after(2),
        // It ended in this moment.
        None => Problem::conflict("payment_in_progress", "Payment in progress")
            .detail("Another payment for this booking has just ended. Try again.")
            .retry_after(1),
    }
}

async fn attempt(
    app: &App,
    id: PaymentId,
    principal: &Principal,
    request: &Request,
) -> Result<Kept, Problem> {
    let order = match checkout(app, principal, request.booking_id).await {
        Ok(order) => order,
        Err(problem) => {
            forget(app, id, principal.user_id, &request.key).await?;
            return Err(problem);
        }
    };
    if !payments::price(&app.pool, id, &order).await? {
        // Checkout took so long that the reconciler has forgotten the attempt.
        return Err(Problem::unavailable(1));
    }
    let order = authorisation(id, &order, &request.method, request.return_url.as_deref());
    let (answer, _) = tokio::join!(
        authorise(app, &order),
        tokio::time::timeout(BUYER_TIMEOUT, learn_buyer(app, principal))
    );
    if let Err(error) = &answer {
        tracing::warn!(payment_id = %id, "authorising: {error}");
    }
    let unknown_method = matches!(answer, Err(ProviderError::UnknownMethod));
    let not_sent = matches!(answer, Err(ProviderError::NotSent(_)));
    let unclear = matches!(answer, Err(ProviderError::Unclear(_)));
    let answer = match answer {
        Err(ProviderError::NotSent(_)) => {
            Err(ProviderError::Refused(Failure::provider_unavailable()))
        }
        answer => answer,
    };
    if not_sent {
        let mut connection = app.pool.acquire().await?;
        keys::abandon(&mut connection, principal.user_id, &request.key).await?;
    }
    let Some(payment) = conclude(app, id, answer).await? else {
        return Err(Problem::internal(anyhow::anyhow!("payment {id} is gone")));
    };
    // A webhook may have brought better news meanwhile.
    let failed = payment.status == Status::Failed;
    if failed && unknown_method {
        return Err(Problem::invalid(
            "/payment_method",
            "the payment provider does not know this payment method",
        ));
    }
    if failed && not_sent {
        return Err(Problem::unavailable(2).detail(
            "The payment provider can't be reached. No money was taken; try again in 2 s.",
        ));
    }
    let kept = self::answer(app, &payment)?;
    if unclear {
        let mut transaction = app.pool.begin().await?;
        keys::finish(&mut transaction, payment.user_id, &request.key, &kept).await?;
        checks::check_again(&mut *transaction, id, UNCLEAR_CHECK).await?;
        transaction.commit().await?;
    }
    Ok(kept)
}

/// The order for the provider. Made from the same row it is the same again, as its key demands.
pub(crate) fn authorisation(
    id: PaymentId,
    order: &Order,
    method: &str,
    return_url: Option<&str>,
) -> Authorisation {
    Authorisation {
        payment_id: id,
        amount: order.amount,
        method: method.to_owned(),
        return_url: return_url.map(ToOwned::to_owned),
        description: order.purchase.event.title.clone(),
    }
}

async fn authorise(app: &App, order: &Authorisation) -> Result<Intent, ProviderError> {
    let provider = app.providers.current();
    for _ in 1..CONNECT_TRIES {
        match provider.authorise(order).await {
            Err(ProviderError::NotSent(_)) => tokio::time::sleep(CONNECT_PAUSE).await,
            answer => return answer,
        }
    }
    provider.authorise(order).await
}

/// Stores what the provider answered to an authorisation; `None` when the payment is gone.
///
/// What is not clear changes nothing: the reconciler looks again.
pub(crate) async fn conclude(
    app: &App,
    id: PaymentId,
    answer: Result<Intent, ProviderError>,
) -> sqlx::Result<Option<Payment>> {
    let mut transaction = app.pool.begin().await?;
    let Some(mut payment) = payments::lock(&mut transaction, id).await? else {
        return Ok(None);
    };
    match answer {
        Ok(intent) => {
            settlement::apply(app, &mut transaction, &mut payment, &intent).await?;
        }
        Err(ProviderError::UnknownMethod) => {
            let key = payment.idempotency_key.clone();
            keys::abandon(&mut transaction, payment.user_id, &key).await?;
            let failure = Failure::new(
                "payment_method_unknown",
                "The payment provider does not know this payment method.",
            );
            settlement::fail(app, &mut transaction, &mut payment, failure).await?;
        }
        Err(ProviderError::Refused(failure)) => {
            settlement::fail(app, &mut transaction, &mut payment, failure).await?;
        }
        Err(ProviderError::NotSent(_) | ProviderError::Unclear(_)) => {}
    }
    transaction.commit().await?;
    app.wake();
    Ok(Some(payment))
}

/// Forgets an attempt of which the provider knows nothing, and gives its key back.
pub(crate) async fn forget(app: &App, id: PaymentId, user: UserId, key: &str) -> sqlx::Result<()> {
    let mut transaction = app.pool.begin().await?;
    if payments::forget_unpriced(&mut transaction, id).await? {
        keys::abandon(&mut transaction, user, key).await?;
    }
    transaction.commit().await
}

/// Asks auth for the buyer's name when its message has not come yet. Without it the receipt only lacks the name.
async fn learn_buyer(app: &App, principal: &Principal) {
    #[derive(Deserialize)]
    struct Me {
        email: String,
        name: String,
    }
    match buyers::find(&app.pool, principal.user_id).await {
        Ok(None) => {}
        Ok(Some(_)) => return,
        Err(error) => return tracing::warn!("the buyer can't be looked up: {error}"),
    }
    let url = app.peers.auth.join("/me");
    let me: Me = match app.client.get(url).bearer(&principal.token).json().await {
        Ok(me) => me,
        Err(error) => return tracing::warn!("the buyer can't be asked for: {error}"),
    };
    let user = contracts::messages::User {
        user_id: principal.user_id,
        email: me.email,
        name: me.name,
        // Older than any message of auth's.
        version: 0,
    };
    if let Err(error) = buyers::save(&app.pool, &user).await {
        tracing::warn!("the buyer can't be kept: {error}");
    }
}
