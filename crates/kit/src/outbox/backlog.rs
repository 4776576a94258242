//! What waits in the outbox, as metrics. Looked at apart from the relaying, for it must rise also while nothing can be relayed.

use std::time::Duration;

use metrics::{describe_counter, describe_gauge, gauge};
use sqlx::PgPool;

const EVERY: Duration = Duration::from_secs(10);
/// Counted so far, so that a long backlog costs no more to look at.
const MOST: i64 = 10_000;

/// What waits of one urgency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backlog {
    pub urgent: bool,
    /// At most [`MOST`].
    pub messages: i64,
    /// Seconds that the oldest has waited.
    pub age: f64,
}

/// Looks again and again, for ever.
pub(super) async fn watch(pool: PgPool) {
    describe_gauge!(
        "outbox_messages",
        "Messages that are committed but not published, up to 10,000; nobody waits for those of the priority rest"
    );
    describe_gauge!(
        "outbox_lag_seconds",
        "How long the oldest of those messages has waited"
    );
    describe_counter!("outbox_published_total", "Messages published");
    loop {
        match look(&pool).await {
            Ok(backlogs) => backlogs.into_iter().for_each(tell),
            Err(error) => tracing::debug!("what waits in the outbox is not known: {error}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// What waits: the urgent, then the rest.
pub async fn look(pool: &PgPool) -> sqlx::Result<Vec<Backlog>> {
    let mut transaction = pool.begin().await?;
    // Along the index and no further. Of a backlog that has just grown the statistics know nothing, and the planner would read
    // and sort all of it.
    sqlx::raw_sql("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        .execute(&mut *transaction)
        .await?;
    let backlogs = sqlx::query_as!(
        Backlog,
        r#"SELECT kind.priority = 0 AS "urgent!",
             (SELECT count(*) FROM (SELECT FROM outbox WHERE priority = kind.priority ORDER BY id LIMIT $1) AS waiting) AS "messages!",
             coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at)::float8 FROM outbox
               WHERE priority = kind.priority ORDER BY id LIMIT 1), 0) AS "age!"
           FROM unnest('{0,1}'::smallint[]) AS kind (priority) ORDER BY kind.priority"#,
        MOST
    )
    .fetch_all(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(backlogs)
}

fn tell(backlog: Backlog) {
    let priority = if backlog.urgent { "urgent" } else { "rest" };
    #[expect(clippy::cast_precision_loss, reason = "at most 10,000")]
    gauge!("outbox_messages", "priority" => priority).set(backlog.messages as f64);
    gauge!("outbox_lag_seconds", "priority" => priority).set(backlog.age);
}
