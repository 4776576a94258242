//! Tickets as their owners see them.

use contracts::{BookingId, EventId, SeatGuid, TicketId, TicketTypeId, UserId};
use sqlx::PgPool;

use super::corrupt;
use crate::domain::{Ticket, TicketKeys};

/// The tickets of a buyer's booking, or the one asked for; none when the booking is not the buyer's. By id.
pub async fn list(
    pool: &PgPool,
    keys: &TicketKeys,
    user: UserId,
    booking: BookingId,
    only: Option<TicketId>,
) -> sqlx::Result<Vec<Ticket>> {
    let rows = sqlx::query!(
        r#"SELECT t.id AS "id: TicketId", t.event_id AS "event_id: EventId", t.ticket_type_id AS "ticket_type_id: TicketTypeId",
             t.ticket_type_name, t.seat_guid AS "seat: SeatGuid", t.status, t.redeemed_at
           FROM tickets t JOIN bookings b ON b.id = t.booking_id
           WHERE t.booking_id = $1 AND b.user_id = $2 AND ($3::uuid IS NULL OR t.id = $3) ORDER BY t.id"#,
        booking.as_uuid(),
        user.as_uuid(),
        only.map(TicketId::as_uuid)
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Ticket {
                id: row.id,
                booking_id: booking,
                event_id: row.event_id,
                ticket_type_id: row.ticket_type_id,
                ticket_type_name: row.ticket_type_name,
                seat: row.seat,
                status: row.status.parse().map_err(|e| corrupt("status", e))?,
                code: keys.sign(row.id, row.event_id),
                redeemed_at: row.redeemed_at,
            })
        })
        .collect()
}
