//! What booking does when others say something: Catalog of events, Payment of money.

use contracts::{EventId, Message, PaymentId};
use kit::{
    consumer::{Delivery, Failure},
    inbox,
};
use sqlx::PgConnection;

use crate::{events, inventory::Error, state::App};

/// The name under which handled messages are remembered.
const CONSUMER: &str = "booking";

/// Handles one message: its effect, the messages that follow and the note that it is done commit together.
pub async fn handle(app: App, delivery: Delivery) -> Result<(), Failure> {
    let mut transaction = app.pool.begin().await?;
    if !inbox::first_time(&mut transaction, CONSUMER, &delivery.message_id).await? {
        return Ok(());
    }
    let touched = apply(&app, &mut transaction, delivery.message).await?;
    transaction.commit().await?;
    if let Some(event) = touched {
        app.inventory.committed(event);
    }
    Ok(())
}

/// Which event's stock was touched, if any.
async fn apply(
    app: &App,
    connection: &mut PgConnection,
    message: Message,
) -> Result<Option<EventId>, Error> {
    match message {
        Message::EventPublished(change) | Message::EventUpdated(change) => {
            events::apply(connection, &change.event).await?;
            Ok(Some(change.event.id))
        }
        Message::EventCancelled(change) => {
            events::apply(connection, &change.event).await?;
            Ok(Some(change.event.id))
        }
        Message::PaymentAuthorised(change) => {
            let payment = change.payment;
            if news(connection, payment.payment_id, payment.version).await? {
                app.inventory.confirm_paid(connection, &payment).await?;
            }
            Ok(Some(payment.event_id))
        }
        Message::PaymentFailed(failure) => {
            let payment = failure.payment;
            if news(connection, payment.payment_id, payment.version).await?
                && failure.after_authorisation
            {
                app.inventory
                    .cancel_uncaptured(connection, payment.booking_id, payment.payment_id)
                    .await?;
            }
            Ok(Some(payment.event_id))
        }
        Message::RefundRequested(request) => {
            app.inventory
                .cancel_for_refund(connection, &request)
                .await?;
            Ok(None)
        }
        // Bound by mistake, or by a later release: nothing that concerns us.
        other => {
            tracing::debug!("{} is none of booking's business", other.routing_key());
            Ok(None)
        }
    }
}

/// Whether this is the newest that was heard of the payment. What comes late is void: a payment that failed can't be
/// authorised any more.
async fn news(
    connection: &mut PgConnection,
    payment: PaymentId,
    version: i64,
) -> sqlx::Result<bool> {
    let stored = sqlx::query!(
        "INSERT INTO payment_versions AS known (payment_id, version) VALUES ($1, $2)
         ON CONFLICT (payment_id) DO UPDATE SET version = excluded.version WHERE known.version < excluded.version",
        payment.as_uuid(),
        version
    )
    .execute(connection)
    .await?;
    Ok(stored.rows_affected() == 1)
}
