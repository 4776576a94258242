//! What booking does when others say something: Catalog of events, Payment of money.

use contracts::{EventSnapshot, Message};
use kit::{
    consumer::{Delivery, Failure},
    inbox,
};

use crate::{
    events,
    inventory::{self, Error, Received},
    state::App,
};

/// The name under which handled messages are remembered.
const CONSUMER: &str = "booking";

/// Handles one message: its effect, the messages that follow and the note that it is done commit together.
pub async fn handle(app: App, delivery: Delivery) -> Result<(), Failure> {
    let received = Received {
        consumer: CONSUMER,
        message_id: delivery.message_id,
    };
    match delivery.message {
        Message::EventPublished(change) | Message::EventUpdated(change) => {
            follow(&app, &change.event, &received).await?;
        }
        Message::EventCancelled(change) => follow(&app, &change.event, &received).await?,
        Message::PaymentAuthorised(change) => {
            app.inventory.confirm_paid(change.payment, received).await?;
        }
        Message::PaymentFailed(failure) if failure.after_authorisation => {
            app.inventory.take_back(failure.payment, received).await?;
        }
        Message::PaymentFailed(failure) => {
            let mut connection = app.pool.acquire().await?;
            inventory::news(&mut connection, std::iter::once(&failure.payment)).await?;
        }
        Message::RefundRequested(request) => app.inventory.refund(request, received).await?,
        // Bound by mistake, or by a later release: nothing that concerns us.
        other => tracing::debug!("{} is none of booking's business", other.routing_key()),
    }
    Ok(())
}

/// Takes over what Catalog says of an event.
async fn follow(app: &App, event: &EventSnapshot, received: &Received) -> Result<(), Error> {
    let mut transaction = app.pool.begin().await?;
    if inbox::first_time(&mut transaction, CONSUMER, &received.message_id).await? {
        events::apply(&mut transaction, event).await?;
        transaction.commit().await?;
        app.inventory.committed(event.id);
    }
    Ok(())
}
