//! Sessions in Redis. One is a login on one device: a hash with the generation and hash of its current refresh token.
//!
//! Keys: `auth:session:<id>` (hash), `auth:sessions:<user>` (sorted set of ids by last use, in ms since 1970), and
//! `auth:retired:<id>:<generation>` for as long as a token that was just replaced may still be shown.

use std::{collections::HashMap, sync::LazyLock, time::Duration};

use chrono::{DateTime, Utc};
use contracts::{SessionId, UserId};
use kit::redis::Redis;
use redis::{AsyncCommands as _, RedisResult, Script};

use crate::domain::{
    RefreshToken, User,
    refresh_token::{Chain, SecretHash},
};

/// How long a replaced token gets the successor that its first use made: two tabs may refresh at once.
pub const GRACE: Duration = Duration::from_secs(10);
/// A user's oldest sessions end when there are more.
const MAX_SESSIONS: usize = 100;
/// Longer names of browsers are cut, in characters.
const MAX_USER_AGENT: usize = 300;

static CREATE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("create.lua")));
static ROTATE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("rotate.lua")));
static REVOKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("revoke.lua")));

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    pub user_agent: Option<String>,
}

/// What became of a refresh token that was shown.
pub enum Refreshed {
    /// The session goes on with `token`. Valid only while the user's epoch is still `epoch`.
    Continued {
        user_id: UserId,
        epoch: i32,
        token: RefreshToken,
    },
    /// A token that was replaced long ago: somebody has a copy. Its session has been ended.
    Reused { user_id: UserId },
    /// No token of ours, or of a session that has ended.
    Unknown,
}

#[derive(Clone)]
pub struct Sessions {
    redis: Redis,
    chain: Chain,
    time_to_live: Duration,
}

impl Sessions {
    /// Sessions end after `time_to_live` without use.
    pub fn new(redis: Redis, chain: Chain, time_to_live: Duration) -> Self {
        Self {
            redis,
            chain,
            time_to_live,
        }
    }

    pub fn time_to_live(&self) -> Duration {
        self.time_to_live
    }

    /// Opens a session and gives its first refresh token.
    pub async fn create(
        &self,
        user: &User,
        user_agent: Option<&str>,
    ) -> anyhow::Result<RefreshToken> {
        let token = RefreshToken::first(SessionId::new())?;
        let user_agent: String = user_agent
            .unwrap_or_default()
            .chars()
            .take(MAX_USER_AGENT)
            .collect();
        CREATE
            .key(session_key(token.session))
            .key(user_key(user.id))
            .arg(token.session.to_string())
            .arg(user.id.to_string())
            .arg(user.session_epoch)
            .arg(token.hash().as_str())
            .arg(now())
            .arg(millis(self.time_to_live))
            .arg(MAX_SESSIONS)
            .arg(user_agent)
            .invoke_async::<()>(&mut self.redis.clone())
            .await?;
        Ok(token)
    }

    /// Exchanges a refresh token for its successor, all replicas agreeing on one.
    pub async fn refresh(&self, shown: &RefreshToken) -> anyhow::Result<Refreshed> {
        let successor = shown.successor(&self.chain);
        let answer: Vec<String> = ROTATE
            .key(session_key(shown.session))
            .key(format!(
                "auth:retired:{}:{}",
                shown.session, shown.generation
            ))
            .arg(shown.session.to_string())
            .arg(shown.generation)
            .arg(shown.hash().as_str())
            .arg(successor.hash().as_str())
            .arg(now())
            .arg(millis(self.time_to_live))
            .arg(millis(GRACE))
            .invoke_async(&mut self.redis.clone())
            .await?;
        match answer.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["rotated", user, epoch] => Ok(Refreshed::Continued {
                user_id: user.parse()?,
                epoch: epoch.parse()?,
                token: successor,
            }),
            ["older", user, epoch, generation, hash, in_grace] => {
                let current = SecretHash::from(hash.to_owned());
                let Some(token) = shown.follow(&self.chain, generation.parse()?, &current) else {
                    return Ok(Refreshed::Unknown);
                };
                let user_id = user.parse()?;
                if in_grace == "1" {
                    return Ok(Refreshed::Continued {
                        user_id,
                        epoch: epoch.parse()?,
                        token,
                    });
                }
                self.revoke(user_id, shown.session).await?;
                Ok(Refreshed::Reused { user_id })
            }
            _ => Ok(Refreshed::Unknown),
        }
    }

    /// Whose session a token belongs to, if it is the current one or one from before; for logging out.
    pub async fn owner(&self, shown: &RefreshToken) -> anyhow::Result<Option<UserId>> {
        let fields: (Option<String>, Option<u32>, Option<String>) = self
            .redis
            .clone()
            .hmget(
                session_key(shown.session),
                &["user_id", "generation", "hash"],
            )
            .await?;
        let (Some(user), Some(generation), Some(hash)) = fields else {
            return Ok(None);
        };
        let ours = shown.follow(&self.chain, generation, &SecretHash::from(hash));
        Ok(ours.map(|_| user.parse()).transpose()?)
    }

    pub async fn is_open(&self, session: SessionId) -> RedisResult<bool> {
        self.redis.clone().exists(session_key(session)).await
    }

    /// Lets a session outlive a change that ended the user's others.
    pub async fn keep(&self, session: SessionId, epoch: i32) -> RedisResult<()> {
        let key = session_key(session);
        // Without this a session that ended meanwhile would come back as a key that never expires.
        if self.is_open(session).await? {
            redis::pipe()
                .atomic()
                .hset(&key, "epoch", epoch)
                .pexpire(
                    &key,
                    i64::try_from(millis(self.time_to_live)).unwrap_or(i64::MAX),
                )
                .exec_async(&mut self.redis.clone())
                .await?;
        }
        Ok(())
    }

    /// The user's open sessions, last used first.
    pub async fn list(&self, user: UserId) -> anyhow::Result<Vec<Session>> {
        let mut redis = self.redis.clone();
        let ids: Vec<String> = redis.zrevrange(user_key(user), 0, -1).await?;
        let mut pipe = redis::pipe();
        for id in &ids {
            pipe.hgetall(format!("auth:session:{id}"));
        }
        let hashes: Vec<HashMap<String, String>> = pipe.query_async(&mut redis).await?;
        Ok(ids
            .iter()
            .zip(hashes)
            .filter_map(|(id, fields)| session(id, &fields))
            .collect())
    }

    /// Ends one session; false when the user has no such one.
    pub async fn revoke(&self, user: UserId, session: SessionId) -> RedisResult<bool> {
        let ended: u32 = REVOKE
            .key(user_key(user))
            .arg("only")
            .arg(session.to_string())
            .invoke_async(&mut self.redis.clone())
            .await?;
        Ok(ended > 0)
    }

    /// Ends all of the user's sessions but `kept`.
    pub async fn revoke_all(&self, user: UserId, kept: Option<SessionId>) -> RedisResult<()> {
        REVOKE
            .key(user_key(user))
            .arg("all-but")
            .arg(kept.map(|id| id.to_string()).unwrap_or_default())
            .invoke_async(&mut self.redis.clone())
            .await
    }
}

fn session(id: &str, fields: &HashMap<String, String>) -> Option<Session> {
    let time = |name: &str| DateTime::from_timestamp_millis(fields.get(name)?.parse().ok()?);
    Some(Session {
        id: id.parse().ok()?,
        created_at: time("created_at")?,
        last_used_at: time("last_used_at")?,
        user_agent: fields
            .get("user_agent")
            .filter(|text| !text.is_empty())
            .cloned(),
    })
}

fn session_key(session: SessionId) -> String {
    format!("auth:session:{session}")
}

fn user_key(user: UserId) -> String {
    format!("auth:sessions:{user}")
}

fn now() -> i64 {
    Utc::now().timestamp_millis()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
