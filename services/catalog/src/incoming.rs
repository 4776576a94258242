//! What comes in by `catalog.events`.

use contracts::{EventId, Message, messages::StockChanged};
use kit::consumer::{Delivery, Failure};
use sqlx::{PgConnection, PgPool};

use crate::{
    pages,
    store::{events, people},
};

const CONSUMER: &str = "catalog";

pub(crate) async fn handle(pool: PgPool, delivery: Delivery) -> Result<(), Failure> {
    let mut transaction = pool.begin().await?;
    if !kit::inbox::first_time(&mut transaction, CONSUMER, &delivery.message_id).await? {
        return Ok(());
    }
    match delivery.message {
        Message::UserRegistered(user) | Message::UserUpdated(user) => {
            people::keep(&mut transaction, &user).await?;
        }
        Message::StockSoldOut(stock) => set_sold_out(&mut transaction, &stock, true).await?,
        Message::StockAvailable(stock) => set_sold_out(&mut transaction, &stock, false).await?,
        Message::CapacityChanged(change) => {
            if events::set_capacity(&mut transaction, &change).await? {
                pages::changed(&mut transaction, &[change.event_id]).await?;
            }
        }
        // Bound for auth.user.*, which may grow.
        other => tracing::debug!("{} is nothing for the catalog", other.routing_key()),
    }
    transaction.commit().await?;
    Ok(())
}

async fn set_sold_out(
    connection: &mut PgConnection,
    stock: &StockChanged,
    sold_out: bool,
) -> sqlx::Result<()> {
    let id: EventId = stock.event_id;
    if events::set_sold_out(&mut *connection, id, sold_out, stock.version).await? {
        pages::changed(connection, &[id]).await?;
    }
    Ok(())
}
