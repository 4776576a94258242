//! What a waiting room must know of the stock.

use contracts::EventId;
use sqlx::PgPool;
use uuid::Uuid;

use super::count;

/// What is left of some ticket types together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    pub free: u32,
    /// May come back.
    pub held: u32,
}

impl Left {
    pub fn is_sold_out(self) -> bool {
        self.free == 0 && self.held == 0
    }
}

pub async fn left(pool: &PgPool, event: EventId, types: &[Uuid]) -> sqlx::Result<Left> {
    let row = sqlx::query!(
        r#"SELECT coalesce(sum(capacity - held - sold) FILTER (WHERE NOT closed), 0) AS "free!",
             coalesce(sum(held), 0) AS "held!"
           FROM stock WHERE event_id = $1 AND ticket_type_id = ANY($2)"#,
        event.as_uuid(),
        types
    )
    .fetch_one(pool)
    .await?;
    Ok(Left {
        free: count(row.free),
        held: count(row.held),
    })
}
