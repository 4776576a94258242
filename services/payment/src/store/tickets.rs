//! The tickets that a payment bought.

use contracts::{PaymentId, TicketId};
use sqlx::PgConnection;

/// A ticket that a payment bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoughtTicket {
    pub id: TicketId,
    pub description: String,
    /// Its price in minor units.
    pub amount: i64,
}

/// Notes the tickets of a confirmed booking; those that are known stay as they are.
pub async fn add(
    connection: &mut PgConnection,
    payment: PaymentId,
    tickets: &[BoughtTicket],
) -> sqlx::Result<()> {
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id.as_uuid()).collect();
    let descriptions: Vec<_> = tickets
        .iter()
        .map(|ticket| ticket.description.clone())
        .collect();
    let amounts: Vec<_> = tickets.iter().map(|ticket| ticket.amount).collect();
    sqlx::query!(
        "INSERT INTO payment_tickets (payment_id, ticket_id, description, amount)
         SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING",
        payment as PaymentId,
        &ids,
        &descriptions,
        &amounts
    )
    .execute(connection)
    .await?;
    Ok(())
}
