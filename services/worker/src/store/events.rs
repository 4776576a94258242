//! Events as Catalog last said.

use contracts::{EventId, EventSnapshot};
use sqlx::{PgConnection, types::Json};

/// Keeps the newest version, without its access codes; whether this one was newer.
pub(crate) async fn keep(
    connection: &mut PgConnection,
    event: &EventSnapshot,
) -> sqlx::Result<bool> {
    let kept = sqlx::query!(
        "INSERT INTO events (id, snapshot, version) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET snapshot = excluded.snapshot, version = excluded.version
         WHERE events.version < excluded.version",
        event.id as EventId,
        Json(event.without_access_codes()) as _,
        event.version
    )
    .execute(connection)
    .await?;
    Ok(kept.rows_affected() == 1)
}

pub(crate) async fn find(
    connection: &mut PgConnection,
    id: EventId,
) -> sqlx::Result<Option<EventSnapshot>> {
    let snapshot = sqlx::query_scalar!(
        r#"SELECT snapshot AS "snapshot: Json<EventSnapshot>" FROM events WHERE id = $1"#,
        id as EventId
    )
    .fetch_optional(connection)
    .await?;
    Ok(snapshot.map(|Json(snapshot)| snapshot))
}
