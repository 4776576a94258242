//! What Catalog's messages change.

use contracts::{EventSnapshot, EventStatus, TicketTypeKind};
use sqlx::PgConnection;

use super::notify;
use crate::{
    inventory::{self, close_stock},
    store,
};

/// Takes over what Catalog says of an event, in the caller's transaction. Older than what is known: nothing happens.
///
/// A cancelled event's stock is closed under its lock; its bookings are ended afterwards by the sweeper.
pub async fn apply(
    connection: &mut PgConnection,
    event: &EventSnapshot,
) -> Result<(), inventory::Error> {
    let cancelled = event.status == EventStatus::Cancelled;
    if cancelled {
        close_stock(&mut *connection, event.id).await?;
    }
    if !store::events::store(&mut *connection, event).await? {
        return Ok(());
    }
    if cancelled {
        store::events::set_closing(&mut *connection, event.id).await?;
        inventory::announce_closed(connection, event.id).await?;
        return Ok(());
    }
    // Ticket types may have been added. Seats need the seating plan, which is fetched when the event is asked for.
    let seated = event
        .ticket_types
        .iter()
        .any(|kind| kind.kind == TicketTypeKind::Seated);
    if seated {
        let missing = store::stock::missing(&mut *connection, event).await?;
        if missing {
            store::events::set_stocked(&mut *connection, event.id, false).await?;
        }
    } else {
        store::events::add_stock(&mut *connection, event, &[]).await?;
        store::events::set_stocked(&mut *connection, event.id, true).await?;
    }
    notify(connection, event.id).await?;
    Ok(())
}
