//! How much there is to sell.

use contracts::{EventId, Message, TicketTypeId, messages::CapacityChanged};

use super::{Inventory, changes::Changes, error::Error, waiting};
use crate::domain::Refusal;

/// The stock of one ticket type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stock {
    pub capacity: u32,
    pub held: u32,
    pub sold: u32,
}

impl Inventory {
    /// Sets a ticket type's capacity: never below what is held and sold, never above its seats when it has some.
    pub async fn set_capacity(
        &self,
        event_id: EventId,
        ticket_type_id: TicketTypeId,
        capacity: u32,
    ) -> Result<Stock, Error> {
        let mut transaction = self.core.pool.begin().await?;
        let mut changes = Changes::lock(&mut transaction, event_id).await?;
        if changes.closed {
            return Err(Refusal::EventNotOnSale.into());
        }
        let row = changes
            .stock(ticket_type_id)
            .ok_or(Refusal::NotFound("ticket_type"))?
            .clone();
        let count = |value: i32| u32::try_from(value).unwrap_or(0);
        let (held, sold) = (count(row.held), count(row.sold));
        if capacity < held + sold {
            return Err(Refusal::CapacityBelowSold {
                capacity,
                held,
                sold,
            }
            .into());
        }
        let seats = sqlx::query_scalar!(
            r#"SELECT count(*) AS "seats!" FROM seats WHERE event_id = $1 AND ticket_type_id = $2"#,
            event_id.as_uuid(),
            ticket_type_id.as_uuid()
        )
        .fetch_one(&mut *transaction)
        .await?;
        if seats > 0 && i64::from(capacity) > seats {
            return Err(
                Refusal::invalid("/capacity", format!("there are only {seats} seats")).into(),
            );
        }
        let new = i32::try_from(capacity)
            .map_err(|_| Refusal::invalid("/capacity", "is out of range"))?;
        if new != row.capacity {
            changes.set_capacity(ticket_type_id, new)?;
            changes.tell(Message::CapacityChanged(CapacityChanged {
                event_id,
                ticket_type_id,
                capacity,
                version: changes.revision(),
            }));
            waiting::offer(&mut transaction, &self.core, &mut changes, &mut None).await?;
            let outcomes = changes.outcomes();
            changes.write(&mut transaction).await?;
            transaction.commit().await?;
            outcomes.count();
            self.committed(event_id);
        }
        Ok(Stock {
            capacity,
            held,
            sold,
        })
    }
}
