//! Buyers with access tokens as auth signs them, made before anything is measured.

use std::{cell::RefCell, str::FromStr as _, time::Duration};

use anyhow::{Context as _, Result};
use auth::{
    domain::User,
    keys::{Keyring, KeyringConfig},
};
use chrono::Utc;
use contracts::{SessionId, UserId};
use kit::auth::Role;
use sqlx::{PgPool, postgres::PgConnectOptions};

use crate::settings::Settings;

/// As long as auth's own tokens.
const TIME_TO_LIVE: Duration = Duration::from_mins(15);
/// Longer than anything here runs: the keys are auth's to replace.
const ROTATE_AFTER: Duration = Duration::from_hours(24 * 365);

/// Signs with auth's key, which booking and the others know from auth's JWKS.
pub(crate) struct Buyers {
    keyring: Keyring,
    likeness: User,
    worker: PgPool,
    /// Those whom the worker has not heard of.
    strangers: RefCell<Vec<UserId>>,
}

impl Buyers {
    pub(crate) async fn open(settings: &Settings) -> Result<Self> {
        let pool = connect(&settings.place.database_url_auth)
            .await
            .context("auth's database can't be reached")?;
        let config = KeyringConfig {
            encryption: settings.key_encryption_key.clone(),
            tokens: settings.tokens.clone(),
            time_to_live: TIME_TO_LIVE,
            rotate_after: ROTATE_AFTER,
        };
        let keyring = Keyring::open(config, &pool).await?;
        pool.close().await;
        Ok(Self {
            keyring,
            likeness: User {
                id: UserId::new(),
                email: "buyer@example.com".into(),
                name: "Buyer".into(),
                roles: [Role::Buyer].into_iter().collect(),
                session_epoch: 0,
                version: 1,
                created_at: Utc::now(),
            },
            worker: connect(&settings.place.database_url_worker)
                .await
                .context("the worker's database can't be reached")?,
            strangers: RefCell::default(),
        })
    }

    /// Lets the worker know everybody who has been made, as it would from their registration: it tries a message about a stranger
    /// again and again, which is not what a sale costs.
    pub(crate) async fn introduce(&self) -> Result<()> {
        let ids: Vec<_> = self
            .strangers
            .take()
            .into_iter()
            .map(UserId::as_uuid)
            .collect();
        sqlx::query(
            "INSERT INTO contacts (user_id, email, name, version)
             SELECT user_id, $2, $3, 1 FROM unnest($1::uuid[]) AS u (user_id)",
        )
        .bind(ids)
        .bind(&self.likeness.email)
        .bind(&self.likeness.name)
        .execute(&self.worker)
        .await?;
        Ok(())
    }

    /// The token of somebody new.
    pub(crate) fn token(&self) -> Result<String> {
        let user = User {
            id: UserId::new(),
            ..self.likeness.clone()
        };
        self.strangers.borrow_mut().push(user.id);
        self.keyring.access_token(&user, SessionId::new())
    }

    /// Rendered requests, each of somebody new; `render` gets the number of the request and the token.
    pub(crate) fn requests(
        &self,
        count: usize,
        mut render: impl FnMut(usize, &str) -> Box<[u8]>,
    ) -> Result<Vec<Box<[u8]>>> {
        (0..count)
            .map(|index| Ok(render(index, &self.token()?)))
            .collect()
    }
}

async fn connect(url: &str) -> sqlx::Result<PgPool> {
    PgPool::connect_with(PgConnectOptions::from_str(url)?).await
}
