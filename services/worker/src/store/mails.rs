//! The mail ledger.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::{BookingId, EventId, UserId};
use kit::telemetry;
use sqlx::{PgConnection, PgExecutor, types::Json};
use uuid::Uuid;

use crate::notifications::{Notification, Subject};

/// A mail that is due, locked until the transaction that took it ends.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) id: Uuid,
    pub(crate) message_id: String,
    pub(crate) notification: Notification,
    /// Attempts before this one.
    pub(crate) attempts: i32,
    /// W3C `traceparent` of what it tells of.
    pub(crate) traceparent: Option<String>,
}

/// Enters a notification; nothing happens when it is there already, in whatever state.
pub(crate) async fn enter(
    connection: &mut PgConnection,
    notification: &Notification,
) -> sqlx::Result<()> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "INSERT INTO mails (id, dedup_key, notification, kind, user_id, booking_id, event_id, message_id, not_before, traceparent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, now()), $10) ON CONFLICT (dedup_key) DO NOTHING",
        id,
        notification.key,
        Json(notification) as _,
        notification.kind(),
        notification.subject.user_id as UserId,
        notification.subject.booking_id as Option<BookingId>,
        notification.subject.event_id as Option<EventId>,
        message_id(id),
        notification.not_before,
        telemetry::traceparent()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sees to it that the notification of this key is not sent, whether it is queued or yet to come.
pub(crate) async fn drop(
    connection: &mut PgConnection,
    key: &str,
    subject: &Subject,
) -> sqlx::Result<()> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "INSERT INTO mails (id, dedup_key, kind, user_id, booking_id, event_id, message_id, status)
         VALUES ($1, $2, 'dropped', $3, $4, $5, $6, 'dropped')
         ON CONFLICT (dedup_key) DO UPDATE SET status = 'dropped', notification = NULL
         WHERE mails.status IN ('queued', 'retrying')",
        id,
        key,
        subject.user_id as UserId,
        subject.booking_id as Option<BookingId>,
        subject.event_id as Option<EventId>,
        message_id(id)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Moves the reminders of an event; without a time they are dropped, for it is too late for them.
pub(crate) async fn move_reminders(
    connection: &mut PgConnection,
    event: EventId,
    to: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    let Some(to) = to else {
        return drop_reminders(connection, event).await;
    };
    sqlx::query!(
        "UPDATE mails SET not_before = $2
         WHERE event_id = $1 AND kind = 'reminder' AND status IN ('queued', 'retrying')",
        event as EventId,
        to
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn drop_reminders(
    connection: &mut PgConnection,
    event: EventId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE mails SET status = 'dropped', notification = NULL
         WHERE event_id = $1 AND kind = 'reminder' AND status IN ('queued', 'retrying')",
        event as EventId
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The next mail that is due and that nobody else is sending.
pub(crate) async fn take_due(connection: &mut PgConnection) -> sqlx::Result<Option<Due>> {
    let row = sqlx::query!(
        r#"SELECT id, message_id, attempts, traceparent, notification AS "notification!: Json<Notification>" FROM mails
           WHERE status IN ('queued', 'retrying') AND not_before <= now() AND notification IS NOT NULL
           ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED"#
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Due {
        id: row.id,
        message_id: row.message_id,
        notification: row.notification.0,
        attempts: row.attempts,
        traceparent: row.traceparent,
    }))
}

/// Its text is forgotten: it may carry ticket codes and tokens.
pub(crate) async fn sent(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE mails SET status = 'sent', sent_at = now(), attempts = attempts + 1, notification = NULL,
           last_error = NULL WHERE id = $1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn retry(
    connection: &mut PgConnection,
    id: Uuid,
    error: &str,
    not_before: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE mails SET status = 'retrying', attempts = attempts + 1, last_error = $2, not_before = $3,
           first_tried_at = coalesce(first_tried_at, now()) WHERE id = $1",
        id,
        error,
        not_before
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The text is kept, so that the mail can be sent again by hand.
pub(crate) async fn failed(
    connection: &mut PgConnection,
    id: Uuid,
    error: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE mails SET status = 'failed', attempts = attempts + 1, last_error = $2 WHERE id = $1",
        id,
        error
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Mails that are not sent though their time has come.
#[derive(Debug, PartialEq)]
pub(crate) struct Backlog {
    /// That could be sent now.
    pub(crate) due: i64,
    /// For how long the oldest of those has been due, in seconds.
    pub(crate) age: f64,
    /// That have been due for longer than was asked for, also those that wait for their next try.
    pub(crate) late: i64,
}

pub(crate) async fn backlog(
    executor: impl PgExecutor<'_>,
    late: Duration,
) -> sqlx::Result<Backlog> {
    sqlx::query_as!(
        Backlog,
        r#"SELECT count(*) AS "due!", coalesce(extract(epoch FROM now() - min(not_before)), 0)::float8 AS "age!",
             (SELECT count(*) FROM mails WHERE status = 'queued' AND not_before < now() - make_interval(secs => $1))
             + (SELECT count(*) FROM mails WHERE status = 'retrying' AND first_tried_at < now() - make_interval(secs => $1))
             AS "late!"
           FROM mails WHERE status IN ('queued', 'retrying') AND not_before <= now()"#,
        late.as_secs_f64()
    )
    .fetch_one(executor)
    .await
}

fn message_id(id: Uuid) -> String {
    format!("<{id}@event-platform>")
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    use super::*;

    const LATE: Duration = Duration::from_secs(900);

    /// A server that refuses everybody moves every mail into the future, again and again.
    #[sqlx::test(migrations = "../../migrations/worker")]
    async fn what_is_tried_again_later_is_late_all_the_same(pool: PgPool) {
        let later = "INSERT INTO mails (id, dedup_key, kind, user_id, message_id, notification, not_before)
            SELECT gen_random_uuid(), n::text, 'reminder', gen_random_uuid(), n::text, '{}', now() + interval '1 hour' FROM generate_series(1, 3) n";
        sqlx::query(later).execute(&pool).await.unwrap();
        let none = Backlog {
            due: 0,
            age: 0.0,
            late: 0,
        };
        assert_eq!(backlog(&pool, LATE).await.unwrap(), none);
        let ids: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM mails")
            .fetch_all(&pool)
            .await
            .unwrap();
        let mut connection = pool.acquire().await.unwrap();
        for _ in 0..2 {
            let next = Utc::now() + chrono::TimeDelta::hours(1);
            retry(&mut connection, ids[0], "421 closing", next)
                .await
                .unwrap();
            sqlx::query("UPDATE mails SET first_tried_at = first_tried_at - interval '8 minutes'")
                .execute(&pool)
                .await
                .unwrap();
        }
        let found = backlog(&pool, LATE).await.unwrap();
        assert_eq!((found.due, found.late), (0, 1));
        sent(&mut connection, ids[0]).await.unwrap();
        assert_eq!(backlog(&pool, LATE).await.unwrap(), none);
    }
}
