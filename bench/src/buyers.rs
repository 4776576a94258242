//! Buyers with access tokens as auth signs them, made before anything is measured.

use std::{str::FromStr as _, time::Duration};

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
#[derive(Clone)]
pub(crate) struct Buyers {
    keyring: Keyring,
    likeness: User,
}

impl Buyers {
    pub(crate) async fn open(settings: &Settings) -> Result<Self> {
        let options = PgConnectOptions::from_str(&settings.place.database_url_auth)?;
        let pool = PgPool::connect_with(options)
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
        })
    }

    /// The token of somebody new.
    pub(crate) fn token(&self) -> Result<String> {
        let user = User {
            id: UserId::new(),
            ..self.likeness.clone()
        };
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
