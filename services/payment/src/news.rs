//! A provider's event: a hint to ask the provider, which is done before the event counts as taken.

use kit::Problem;
use metrics::counter;

use crate::{
    App,
    providers::{Event, Provider},
    settlement,
    store::{operations, payments, webhooks},
};

/// Takes an event whose signature is good; one that is known changes nothing. 503 when the provider can't be asked now: it is to
/// send the event again.
pub(crate) async fn take(app: &App, provider: &dyn Provider, event: &Event) -> Result<(), Problem> {
    let name = provider.name();
    if webhooks::is_known(&app.pool, name, &event.id).await? {
        counter!("webhooks_total", "outcome" => "repeated").increment(1);
        return Ok(());
    }
    let payment = match event.payment_id {
        Some(id) => payments::find(&app.pool, id).await?,
        None => None,
    };
    // Somebody else's, or one of another provider: nothing to ask about.
    let Some(payment) = payment.filter(|payment| payment.provider == name) else {
        let mut connection = app.pool.acquire().await?;
        webhooks::add(&mut connection, name, event, None).await?;
        counter!("webhooks_total", "outcome" => "ignored").increment(1);
        return Ok(());
    };
    let intent = provider.fetch(payment.id).await.map_err(|error| {
        tracing::warn!(payment_id = %payment.id, "the provider can't be asked about its event: {error}");
        Problem::unavailable(1)
    })?;

    let mut transaction = app.pool.begin().await?;
    let Some(mut payment) = payments::lock(&mut transaction, payment.id).await? else {
        return Ok(());
    };
    if !webhooks::add(&mut transaction, name, event, Some(payment.id)).await? {
        return Ok(());
    }
    if let Some(intent) = intent {
        settlement::apply(app, &mut transaction, &mut payment, &intent).await?;
    }
    // It may be about a refund or a capture that waits for its next try.
    operations::hasten(&mut transaction, payment.id).await?;
    transaction.commit().await?;
    app.wake();
    counter!("webhooks_total", "outcome" => "taken").increment(1);
    Ok(())
}
