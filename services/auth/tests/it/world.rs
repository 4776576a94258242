//! A service on a database of its own, and people who use it.

use auth::{
    App, Parts,
    domain::refresh_token::Chain,
    hashing::Hasher,
    keys::{EncryptionKey, Keyring, KeyringConfig},
    sessions::Sessions,
    throttle::Throttle,
};
use axum::http::Method;
use kit::{
    config::{RedisConfig, Switch},
    outbox::OutboxSignal,
    process::Shutdown,
    rate_limit::RateLimiter,
    redis::Redis,
};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::time::Duration;
use testkit::{Answer, Api, Issuer};

pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// 32 bytes.
pub(crate) const ENCRYPTION_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) pool: PgPool,
    pub(crate) redis: Redis,
    pub(crate) keyring: Keyring,
    /// Where this world's people call from; no other test has it.
    pub(crate) address: String,
}

/// Somebody who is logged in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

pub(crate) fn keyring_config(key: &str) -> KeyringConfig {
    KeyringConfig {
        encryption: key.parse::<EncryptionKey>().unwrap(),
        tokens: Issuer::config(),
        time_to_live: Duration::from_secs(900),
        rotate_after: Duration::from_secs(30 * 24 * 3_600),
    }
}

pub(crate) fn address() -> String {
    let id = uuid::Uuid::now_v7();
    let bytes = id.as_bytes();
    format!("198.{}.{}.{}", 18 + bytes[13] % 2, bytes[14], bytes[15])
}

pub(crate) fn email(name: &str) -> String {
    format!("{name}-{}@example.com", uuid::Uuid::now_v7().simple())
}

impl World {
    pub(crate) async fn new(pool: &PgPool) -> Self {
        let redis = RedisConfig {
            url: testkit::redis_url().into(),
        };
        let redis = kit::redis::connect(&redis, &Shutdown::new()).await.unwrap();
        let config = keyring_config(ENCRYPTION_KEY);
        let chain = Chain::new(config.encryption.refresh_tokens());
        let keyring = Keyring::open(config, pool).await.unwrap();
        let app = App::new(Parts {
            pool: pool.clone(),
            sessions: Sessions::new(redis.clone(), chain, Duration::from_secs(3_600)),
            throttle: Throttle::new(redis.clone(), Switch::On),
            limiter: RateLimiter::new(redis.clone(), Switch::On),
            hasher: Hasher::new().await.unwrap(),
            keyring: keyring.clone(),
            outbox: OutboxSignal::default(),
            secure_cookies: true,
        });
        Self {
            api: Api::new(auth::router(app)),
            pool: pool.clone(),
            redis,
            keyring,
            address: address(),
        }
    }

    pub(crate) async fn register(&self, name: &str) -> Person {
        let email = email(name);
        let body = json!({"email": email, "password": PASSWORD, "name": name});
        person(&self.api.post("/register", body).await.expect(201))
    }

    pub(crate) async fn try_login(&self, email: &str, password: &str) -> Answer {
        self.try_login_from(&self.address, email, password).await
    }

    pub(crate) async fn try_login_from(
        &self,
        address: &str,
        email: &str,
        password: &str,
    ) -> Answer {
        self.api
            .request(Method::POST, "/login")
            .header("x-forwarded-for", address)
            .header("user-agent", "test browser")
            .json(&json!({"email": email, "password": password}))
            .send()
            .await
    }

    pub(crate) async fn login(&self, email: &str) -> Person {
        person(&self.try_login(email, PASSWORD).await.expect(200))
    }

    pub(crate) async fn admin(&self) -> Person {
        let person = self.register("admin").await;
        sqlx::query("UPDATE users SET roles = '{buyer,admin}' WHERE email = $1")
            .bind(&person.email)
            .execute(&self.pool)
            .await
            .unwrap();
        self.login(&person.email).await
    }

    pub(crate) async fn try_refresh(&self, token: &str) -> Answer {
        self.api
            .post("/refresh", json!({"refresh_token": token}))
            .await
    }

    pub(crate) fn of(&self, person: &Person) -> Api {
        self.api.with_token(&person.access)
    }

    /// The messages in the outbox, oldest first.
    pub(crate) async fn messages(&self) -> Vec<Value> {
        sqlx::query_scalar("SELECT payload FROM outbox ORDER BY id")
            .fetch_all(&self.pool)
            .await
            .unwrap()
    }
}

pub(crate) fn person(answer: &Value) -> Person {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Person {
        id: text(&answer["user"]["id"]),
        email: text(&answer["user"]["email"]),
        access: text(&answer["access_token"]),
        refresh: text(&answer["refresh_token"]),
    }
}
