//! How many tickets of an event buyers have, for its limit per buyer.

use std::collections::HashMap;

use contracts::{EventId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// What buyers hold and own of an event; who has nothing is left out.
pub(super) async fn have(
    connection: &mut PgConnection,
    event: EventId,
    users: &[Uuid],
) -> sqlx::Result<HashMap<UserId, i32>> {
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user: UserId", quantity FROM buyers WHERE event_id = $1 AND user_id = ANY($2)"#,
        event.as_uuid(),
        users
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.user, row.quantity))
        .collect())
}
