//! Rate limits that all replicas share, counted in Redis.

use std::{fmt::Display, sync::LazyLock, time::Duration};

use redis::Script;

use crate::{config::Switch, problem::Problem, redis::Redis};

/// Counts a use and answers `{uses, milliseconds until the window ends}`. The first use of a window opens it.
static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"local uses = redis.call('INCR', KEYS[1])
          local left = redis.call('PTTL', KEYS[1])
          if left < 0 then
            left = tonumber(ARGV[1])
            redis.call('PEXPIRE', KEYS[1], left)
          end
          return {uses, left}",
    )
});

/// Limits how often a subject may do something. While Redis is away everything is allowed.
#[derive(Clone)]
pub struct RateLimiter(Option<Redis>);

impl RateLimiter {
    pub fn new(redis: Redis, switch: Switch) -> Self {
        Self(switch.is_on().then_some(redis))
    }

    /// Allows everything.
    pub fn off() -> Self {
        Self(None)
    }

    /// Counts one use of `name` by `subject`; 429 with `Retry-After` when it is more than the `limit`th within `window`.
    pub async fn check(
        &self,
        name: &str,
        subject: impl Display,
        limit: u32,
        window: Duration,
    ) -> Result<(), Problem> {
        let Some(redis) = &self.0 else {
            return Ok(());
        };
        let window = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
        let counted: Result<(u64, u64), _> = COUNT
            .key(format!("rate:{name}:{subject}"))
            .arg(window)
            .invoke_async(&mut redis.clone())
            .await;
        match counted {
            Ok((uses, left)) if uses > u64::from(limit) => {
                Err(Problem::too_many_requests(left.div_ceil(1_000).max(1)))
            }
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::warn!("the rate limit {name} is not counted: {error}");
                Ok(())
            }
        }
    }
}
