//! Slowing down those who guess passwords, without locking the owner out.
//!
//! Failures count in Redis for [`WINDOW`]: per account and address together, per address, and per account. The last limit
//! does not hold for addresses from which the account's owner has logged in lately, so that an attacker who fails on
//! purpose shuts out himself and strangers only. An attempt counts as a failure until it has succeeded, so that many at
//! once get no further than one after another.

use std::{net::IpAddr, sync::LazyLock, time::Duration};

use aws_lc_rs::digest;
use axum::http::StatusCode;
use kit::{Problem, config::Switch, redis::Redis};
use redis::{RedisResult, Script};

use crate::domain::email;

pub const WINDOW: Duration = Duration::from_secs(15 * 60);
/// How long an address is known after a login.
const KNOWN: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Failures allowed in a window: of one address at one account, …
pub const PER_PAIR: u32 = 10;
/// … of one address (an office has many people), …
pub const PER_ADDRESS: u32 = 100;
/// … and at one account from addresses that it does not know.
pub const PER_ACCOUNT: u32 = 30;

static BEGIN: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"-- KEYS: pair, address, account, known; ARGV: window (ms), limit of each of the first three
          -- Answers the milliseconds to wait; 0 when the attempt may be made, which is then counted.
          local wait, counters = 0, 3
          if redis.call('EXISTS', KEYS[4]) == 1 then counters = 2 end
          for i = 1, counters do
            if tonumber(redis.call('GET', KEYS[i]) or '0') >= tonumber(ARGV[i + 1]) then
              wait = math.max(wait, redis.call('PTTL', KEYS[i]), 1)
            end
          end
          if wait > 0 then return wait end
          for i = 1, counters do
            if redis.call('INCR', KEYS[i]) == 1 then redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
          end
          return 0",
    )
});

static SUCCEED: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"-- KEYS: pair, address, account, known; ARGV: how long the address stays known (ms)
          redis.call('DEL', KEYS[1])
          local counters = 3
          if redis.call('EXISTS', KEYS[4]) == 1 then counters = 2 end
          for i = 2, counters do
            if tonumber(redis.call('GET', KEYS[i]) or '0') > 0 then redis.call('DECR', KEYS[i]) end
          end
          redis.call('SET', KEYS[4], '1', 'PX', ARGV[1])",
    )
});

#[derive(Clone)]
pub struct Throttle(Option<Redis>);

/// An attempt to prove who one is; counted as a failure until [`Attempt::succeeded`].
#[must_use = "an attempt that succeeded must be told so"]
pub struct Attempt {
    redis: Option<Redis>,
    keys: [String; 4],
}

impl Throttle {
    pub fn new(redis: Redis, switch: Switch) -> Self {
        Self(switch.is_on().then_some(redis))
    }

    /// Begins an attempt at `account`, an e-mail address or what was typed as one. 429 with `Retry-After` after too many.
    pub async fn begin(&self, account: &str, address: IpAddr) -> Result<Attempt, Problem> {
        let account = digest::digest(&digest::SHA256, email::fold(account).as_bytes());
        let account = hex::encode(&account.as_ref()[..16]);
        let keys = [
            format!("auth:failed:pair:{account}:{address}"),
            format!("auth:failed:address:{address}"),
            format!("auth:failed:account:{account}"),
            format!("auth:known:{account}:{address}"),
        ];
        if let Some(redis) = &self.0 {
            let mut script = BEGIN.arg(WINDOW.as_secs() * 1_000);
            script.arg(PER_PAIR).arg(PER_ADDRESS).arg(PER_ACCOUNT);
            for key in &keys {
                script.key(key);
            }
            let wait: u64 = script.invoke_async(&mut redis.clone()).await?;
            if wait > 0 {
                return Err(too_many_attempts(wait.div_ceil(1_000)));
            }
        }
        Ok(Attempt {
            redis: self.0.clone(),
            keys,
        })
    }
}

impl Attempt {
    /// Takes the failure back and remembers the address as the owner's.
    pub async fn succeeded(self) -> RedisResult<()> {
        let Some(mut redis) = self.redis else {
            return Ok(());
        };
        let mut script = SUCCEED.arg(KNOWN.as_secs() * 1_000);
        for key in &self.keys {
            script.key(key);
        }
        script.invoke_async(&mut redis).await
    }
}

fn too_many_attempts(seconds: u64) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_attempts",
        "Too many attempts",
    )
    .detail(format!(
        "Too many attempts failed. Try again in {}.",
        if seconds < 90 {
            format!("{seconds} s")
        } else {
            format!("{} min", seconds.div_ceil(60))
        }
    ))
    .retry_after(seconds)
}
