//! Event pages, ready to send: in process, then in Redis, then from PostgreSQL.
//!
//! A page is trusted for 30 s at most. A change tells every replica by NOTIFY, which drops its copy; when that connection was lost,
//! all are dropped, for nobody knows what was missed.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use axum::body::Bytes;
use contracts::EventId;
use kit::{process::Shutdown, redis::Redis};
use metrics::counter;
use redis::AsyncCommands as _;
use sqlx::{
    PgConnection, PgPool,
    postgres::{PgListener, PgNotification},
};

const CHANNEL: &str = "event_changed";
const TRUSTED: Duration = Duration::from_secs(30);
/// Pages kept in process: at 4 KB each, 8 MB.
const MAX_PAGES: usize = 2_000;

/// A page as it is sent.
#[derive(Clone, Debug)]
pub struct Page {
    pub etag: String,
    pub body: Bytes,
}

#[derive(Clone)]
pub struct Pages {
    kept: Arc<RwLock<HashMap<EventId, (Instant, Page)>>>,
    redis: Redis,
}

impl Pages {
    pub fn new(redis: Redis) -> Self {
        Self {
            kept: Arc::default(),
            redis,
        }
    }

    /// A page that is in process or in Redis.
    pub async fn get(&self, id: EventId) -> Option<Page> {
        let kept = self
            .kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned();
        if let Some((until, page)) = kept
            && Instant::now() < until
        {
            return Some(page);
        }
        let (stored, left): (Option<Vec<u8>>, i64) = redis::pipe()
            .get(key(id))
            .pttl(key(id))
            .query_async(&mut self.redis.clone())
            .await
            .inspect_err(|error| tracing::debug!("Redis has no page: {error}"))
            .ok()?;
        let stored = Bytes::from(stored?);
        let split = stored.iter().position(|byte| *byte == b'\n')?;
        let etag = String::from_utf8(stored.slice(..split).to_vec()).ok()?;
        let page = Page {
            etag,
            body: stored.slice(split + 1..),
        };
        self.keep(
            id,
            page.clone(),
            Duration::from_millis(u64::try_from(left).ok()?),
        );
        counter!("event_pages_total", "from" => "redis").increment(1);
        Some(page)
    }

    /// Keeps a page that was read from PostgreSQL just now.
    pub async fn put(&self, id: EventId, page: Page) {
        counter!("event_pages_total", "from" => "postgres").increment(1);
        self.keep(id, page.clone(), TRUSTED);
        let mut stored = page.etag.into_bytes();
        stored.push(b'\n');
        stored.extend_from_slice(&page.body);
        let kept: redis::RedisResult<()> = self
            .redis
            .clone()
            .set_ex(key(id), stored, TRUSTED.as_secs())
            .await;
        if let Err(error) = kept {
            tracing::debug!("Redis keeps no page: {error}");
        }
    }

    fn keep(&self, id: EventId, page: Page, trusted: Duration) {
        let now = Instant::now();
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_PAGES {
            kept.retain(|_, (until, _)| now < *until);
        }
        if kept.len() >= MAX_PAGES {
            kept.clear();
        }
        kept.insert(id, (now + trusted, page));
    }

    async fn drop_page(&self, id: EventId) {
        self.kept
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
        let dropped: redis::RedisResult<()> = self.redis.clone().del(key(id)).await;
        if let Err(error) = dropped {
            tracing::debug!("Redis drops no page: {error}");
        }
    }

    fn drop_all(&self) {
        self.kept
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Drops what changes, until `shutdown`.
    pub async fn follow(self, pool: PgPool, shutdown: Shutdown) {
        let following = async {
            loop {
                if let Err(error) = self.follow_one_connection(&pool).await {
                    tracing::warn!("changes of events can't be followed: {error}");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        };
        shutdown.until(following).await;
    }

    async fn follow_one_connection(&self, pool: &PgPool) -> sqlx::Result<()> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        self.drop_all();
        // None: the connection was lost.
        while let Some(changed) = listener.try_recv().await? {
            if let Some(id) = event_id(&changed) {
                self.drop_page(id).await;
            }
        }
        self.drop_all();
        Ok(())
    }
}

/// Tells every replica when the caller's transaction commits.
pub async fn changed(connection: &mut PgConnection, ids: &[EventId]) -> sqlx::Result<()> {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "SELECT pg_notify('event_changed', id) FROM unnest($1::text[]) AS ids (id)",
        &ids
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn event_id(notification: &PgNotification) -> Option<EventId> {
    notification.payload().parse().ok()
}

fn key(id: EventId) -> String {
    format!("catalog:event:{id}")
}
