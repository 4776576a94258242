//! Messages for Payment. Order is not promised: a cancellation may come before the confirmation that it is about.

use contracts::{
    Message, PaymentId,
    messages::{BookingCancelled, BookingConfirmed, BookingRefused, CancelReason},
    topology::Queue,
};
use kit::{
    amqp::Broker,
    consumer::{self, Delivery, Failure},
    inbox,
    process::Shutdown,
};
use sqlx::PgConnection;

use crate::{
    App,
    domain::{
        payment::{Decision, Status},
        purchase::{Purchase, PurchasedEvent, describe},
        refund::plan,
    },
    settlement::write_reason,
    store::{
        buyers,
        operations::{self, End},
        payments::{self, Payment},
        refunds,
        tickets::{self, BoughtTicket},
    },
};

/// Its name in the inbox.
const CONSUMER: &str = "payment";
/// Messages handled at once: each is a short transaction, and the pool is small.
const PREFETCH: u16 = 8;

/// Consumes until `shutdown`.
pub async fn run(app: App, broker: Broker, shutdown: Shutdown) {
    consumer::run(
        broker,
        Queue::Payment,
        PREFETCH,
        shutdown,
        move |delivery| {
            let app = app.clone();
            async move { handle(&app, delivery).await }
        },
    )
    .await;
}

/// Handles one message; a repeat changes nothing.
pub async fn handle(app: &App, delivery: Delivery) -> Result<(), Failure> {
    let mut transaction = app.pool.begin().await?;
    if !inbox::first_time(&mut transaction, CONSUMER, &delivery.message_id).await? {
        return Ok(());
    }
    match delivery.message {
        Message::UserRegistered(user) | Message::UserUpdated(user) => {
            buyers::save(&mut *transaction, &user).await?;
        }
        Message::BookingConfirmed(message) => confirmed(&mut transaction, message).await?,
        Message::BookingRefused(message) => refused(&mut transaction, &message).await?,
        Message::BookingCancelled(message) => cancelled(&mut transaction, &message).await?,
        // Another release may bind more.
        _ => {}
    }
    transaction.commit().await?;
    app.wake();
    Ok(())
}

async fn lock(connection: &mut PgConnection, id: PaymentId) -> Result<Payment, Failure> {
    payments::lock(connection, id)
        .await?
        .ok_or_else(|| Failure::Reject(format!("there is no payment {id}")))
}

/// The buyer has tickets: take the money.
async fn confirmed(
    connection: &mut PgConnection,
    message: BookingConfirmed,
) -> Result<(), Failure> {
    let Some(id) = message.payment_id else {
        // It cost nothing.
        return Ok(());
    };
    let payment = lock(connection, id).await?;
    match payment.status {
        Status::Authorised | Status::Captured => {}
        // Voided: the whole booking was cancelled before this message came. Failed: Booking has been told, and cancels.
        Status::Failed | Status::Voided => return Ok(()),
        Status::Created | Status::RequiresAction => {
            return Err(Failure::Reject(format!(
                "payment {id} is not authorised, but its booking is confirmed"
            )));
        }
    }
    let tickets: Vec<_> = message
        .tickets
        .iter()
        .map(|ticket| BoughtTicket {
            id: ticket.id,
            description: describe(&ticket.ticket_type_name, ticket.seat.as_slice()),
            amount: ticket.price.amount,
        })
        .collect();
    tickets::add(connection, id, &tickets).await?;
    if payment.status == Status::Captured {
        return Ok(());
    }
    let purchase = Purchase {
        event: PurchasedEvent::from(&message.event),
        seller: Some(message.event.organisation_name),
        lines: message.items,
    };
    payments::save_purchase(connection, id, &purchase).await?;
    // Otherwise a void is under way, since the whole booking was cancelled before this message came; or this message came before.
    if operations::decided(connection, id).await?.is_none() {
        operations::decide(connection, id, Decision::Capture, None).await?;
    }
    Ok(())
}

/// There are no tickets for it: let the money go.
async fn refused(connection: &mut PgConnection, message: &BookingRefused) -> Result<(), Failure> {
    let id = message.payment_id;
    let payment = lock(connection, id).await?;
    match payment.status {
        Status::Authorised => {}
        Status::Failed | Status::Voided => return Ok(()),
        status => {
            return Err(Failure::Reject(format!(
                "Booking refused payment {id}, which is {}",
                status.as_str()
            )));
        }
    }
    match operations::decided(connection, id).await? {
        None => {
            let reason = write_reason(message.reason);
            operations::decide(connection, id, Decision::Void, reason.as_deref()).await?;
            Ok(())
        }
        Some(decided) if decided.decision == Decision::Void => Ok(()),
        Some(_) => Err(Failure::Reject(format!(
            "Booking refused payment {id}, whose booking it has confirmed"
        ))),
    }
}

/// Tickets are cancelled: their money goes back, or is never taken.
async fn cancelled(
    connection: &mut PgConnection,
    message: &BookingCancelled,
) -> Result<(), Failure> {
    let Some(id) = message.payment_id else {
        return Ok(());
    };
    let mut payment = lock(connection, id).await?;
    match payment.status {
        Status::Authorised | Status::Captured => {}
        // Nothing was taken. Booking cancels for this very reason when a capture fails.
        Status::Failed | Status::Voided => return Ok(()),
        Status::Created | Status::RequiresAction => {
            return Err(Failure::Reject(format!(
                "payment {id} is not authorised, but its booking is cancelled"
            )));
        }
    }
    let paid = payment.order()?.amount;
    let already = refunds::refunded_tickets(&mut *connection, id).await?;
    let plan = plan(
        paid,
        payment.refund_reserved,
        &already,
        &message.tickets,
        message.amount,
    )
    .map_err(|error| Failure::Reject(format!("payment {id}: {error}")))?;
    let Some(plan) = plan else {
        return Ok(());
    };
    if plan.beyond > 0 {
        tracing::error!(
            payment_id = %id,
            "Booking wants {} more back than is left of the payment, in minor units", plan.beyond
        );
    }
    if payment.status == Status::Authorised
        && message.whole
        && plan.amount == paid.amount
        && void_instead(connection, id).await?
    {
        return Ok(());
    }
    let refund = refunds::decide(connection, id, &plan, reason(message.reason)).await?;
    if plan.amount > 0 {
        refunds::add_to_sums(connection, &mut payment, plan.amount, 0).await?;
        let captured = payment.status == Status::Captured;
        operations::add_refund(connection, id, refund, captured).await?;
    }
    Ok(())
}

/// Decides to void instead of capturing and refunding everything; false when a capture may have begun.
async fn void_instead(connection: &mut PgConnection, id: PaymentId) -> sqlx::Result<bool> {
    match operations::decided(connection, id).await? {
        Some(decided) if decided.decision == Decision::Void => return Ok(true),
        Some(decided) if decided.begun => return Ok(false),
        Some(decided) => {
            operations::end(connection, decided.id, End::Dropped, None).await?;
        }
        None => {}
    }
    operations::decide(connection, id, Decision::Void, None).await?;
    Ok(true)
}

const fn reason(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Buyer => "buyer",
        CancelReason::Organiser => "organiser",
        CancelReason::EventCancelled => "event_cancelled",
        CancelReason::CaptureFailed => "capture_failed",
    }
}
