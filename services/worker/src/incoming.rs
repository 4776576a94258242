//! What comes in by `booking_queue`.

use contracts::{
    BookingId, EventId, Message, UserId,
    messages::{CancelReason, EventChanged, User},
};
use kit::consumer::{Delivery, Failure, FromBody};
use serde::Deserialize;
use sqlx::{PgConnection, PgPool};

use crate::{
    notifications::{self, Notification, Subject},
    post::PostOffice,
    store::{contacts, events, mails},
};

const CONSUMER: &str = "worker";

/// A message of ours, or one that has nothing but the four fields of a booking.
#[derive(Clone, Debug)]
pub(crate) enum Incoming {
    Message(Box<Message>),
    Bare(BareBooking),
}

/// A booking to notify about, put into the queue by any AMQP client.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct BareBooking {
    pub(crate) booking_id: BookingId,
    pub(crate) user_id: UserId,
    pub(crate) event_id: EventId,
    pub(crate) seats: u32,
}

impl FromBody for Incoming {
    fn from_body(body: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Kind {
            #[serde(rename = "type")]
            kind: Option<serde_json::Value>,
        }
        if serde_json::from_slice::<Kind>(body)?.kind.is_some() {
            serde_json::from_slice(body).map(|message| Self::Message(Box::new(message)))
        } else {
            serde_json::from_slice(body).map(Self::Bare)
        }
    }
}

pub(crate) async fn handle(
    pool: PgPool,
    post: PostOffice,
    delivery: Delivery<Incoming>,
) -> Result<(), Failure> {
    let mut transaction = pool.begin().await?;
    if !kit::inbox::first_time(&mut transaction, CONSUMER, &delivery.message_id).await? {
        return Ok(());
    }
    match delivery.message {
        Incoming::Message(message) => apply(&mut transaction, *message).await?,
        Incoming::Bare(booking) => notify(&mut transaction, notifications::bare(&booking)).await?,
    }
    transaction.commit().await?;
    post.wake();
    Ok(())
}

async fn apply(connection: &mut PgConnection, message: Message) -> Result<(), Failure> {
    match message {
        Message::UserRegistered(user) | Message::UserUpdated(user) => keep(connection, &user).await,
        Message::EventPublished(EventChanged { event, .. })
        | Message::EventUpdated(EventChanged { event, .. }) => {
            if events::keep(connection, &event).await? {
                mails::move_reminders(connection, event.id, notifications::reminder_time(&event))
                    .await?;
            }
            Ok(())
        }
        Message::EventCancelled(cancelled) => {
            events::keep(connection, &cancelled.event).await?;
            mails::drop_reminders(connection, cancelled.event.id).await?;
            Ok(())
        }
        Message::PasswordResetRequested(reset) => {
            notify(connection, notifications::password_reset(reset)).await
        }
        Message::BookingHeld(held) => notify(connection, notifications::held(&held)).await,
        Message::BookingExpired(ended) | Message::BookingReleased(ended) => {
            let subject = Subject::of(&ended.booking);
            mails::drop(
                connection,
                &notifications::held_key(ended.booking.booking_id),
                &subject,
            )
            .await?;
            Ok(())
        }
        Message::BookingConfirmed(confirmed) => {
            let subject = Subject::of(&confirmed.booking);
            mails::drop(
                connection,
                &notifications::held_key(confirmed.booking.booking_id),
                &subject,
            )
            .await?;
            if let Some(reminder) = notifications::reminder(&confirmed) {
                notify(connection, reminder).await?;
            }
            notify(connection, notifications::confirmed(confirmed)).await
        }
        Message::BookingCancelled(cancelled) => {
            if cancelled.whole {
                let subject = Subject::of(&cancelled.booking);
                let key = notifications::reminder_key(cancelled.booking.booking_id);
                mails::drop(connection, &key, &subject).await?;
            }
            let notification = match cancelled.reason {
                CancelReason::EventCancelled => notifications::event_cancelled(&cancelled),
                CancelReason::Buyer | CancelReason::Organiser | CancelReason::CaptureFailed => {
                    notifications::cancelled(&cancelled)
                }
            };
            notify(connection, notification).await
        }
        Message::BookingOffered(offered) => {
            notify(connection, notifications::offered(&offered)).await
        }
        Message::PaymentRefunded(refunded) => {
            notify(connection, notifications::refunded(refunded)).await
        }
        Message::PaymentVoided(voided) => notify(connection, notifications::voided(&voided)).await,
        // A confirmed booking is told of; the checkout page tells of a decline, and a refused capture cancels the booking, which is a
        // message of its own.
        Message::PaymentCaptured(_) | Message::PaymentFailed(_) => Ok(()),
        other => Err(Failure::Reject(format!(
            "{} is nothing to notify of",
            other.routing_key()
        ))),
    }
}

async fn keep(connection: &mut PgConnection, user: &User) -> Result<(), Failure> {
    contacts::keep(connection, user).await?;
    Ok(())
}

/// Enters the notification in the ledger. Who is not known yet may be so in a moment: order is not promised.
async fn notify(connection: &mut PgConnection, notification: Notification) -> Result<(), Failure> {
    let user = notification.subject.user_id;
    if !contacts::known(connection, user).await? && !notification.names_its_recipient() {
        return Err(Failure::Retry(anyhow::anyhow!(
            "user {user} is not known yet"
        )));
    }
    mails::enter(connection, &notification).await?;
    Ok(())
}
