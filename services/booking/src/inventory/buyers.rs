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
    // One look each, see [`super::changes`].
    let rows = sqlx::query!(
        r#"SELECT id AS "user!: UserId", (SELECT quantity FROM buyers WHERE event_id = $1 AND user_id = id) AS quantity
           FROM unnest($2::uuid[]) AS asked (id)"#,
        event.as_uuid(),
        users
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.user, row.quantity?)))
        .collect())
}
