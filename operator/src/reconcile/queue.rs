//! The length of booking_queue, as any AMQP client can ask for it.

use std::time::Duration;

use lapin::{Connection, ConnectionProperties, options::QueueDeclareOptions, types::FieldTable};

const QUEUE: &str = "booking_queue";
const TIMEOUT: Duration = Duration::from_secs(3);

/// How many messages wait; `None` when the broker does not answer or has no such queue yet.
pub(super) async fn length(url: &str) -> Option<u32> {
    match tokio::time::timeout(TIMEOUT, ask(url)).await {
        Ok(Ok(length)) => Some(length),
        Ok(Err(error)) => {
            tracing::warn!("the length of {QUEUE} is not known: {error}");
            None
        }
        Err(_) => {
            tracing::warn!("the length of {QUEUE} is not known: no answer within {TIMEOUT:?}");
            None
        }
    }
}

async fn ask(url: &str) -> lapin::Result<u32> {
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let options = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let queue = channel
        .queue_declare(QUEUE.into(), options, FieldTable::default())
        .await?;
    let length = queue.message_count();
    connection.close(200, "done".into()).await?;
    Ok(length)
}
