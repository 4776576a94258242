//! How many events each category has: counted once a minute, whoever asks how often.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::PgPool;
use tokio::sync::Mutex;

use crate::store::search::{self, CategoryCount};

const TRUSTED: Duration = Duration::from_secs(60);

/// The last count. While one request counts, the others wait for it instead of counting too.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Mutex<Option<Count>>>);

#[derive(Debug)]
struct Count {
    at: Instant,
    categories: Arc<[CategoryCount]>,
}

impl Tally {
    pub(crate) async fn categories(&self, pool: &PgPool) -> sqlx::Result<Arc<[CategoryCount]>> {
        let mut last = self.0.lock().await;
        if let Some(count) = &*last
            && count.at.elapsed() < TRUSTED
        {
            return Ok(count.categories.clone());
        }
        let categories: Arc<[_]> = search::categories(&mut *pool.acquire().await?)
            .await?
            .into();
        *last = Some(Count {
            at: Instant::now(),
            categories: categories.clone(),
        });
        Ok(categories)
    }
}
