//! The keys that sign access tokens.
//!
//! They lie encrypted in the database and every replica reads them each [`POLL`]. A new key is published at once and signs
//! only [`ACTIVATION`] later, when every replica and every verifier can know it; an old one stays published until the last
//! token that it signed has expired. So a rotation logs nobody out.

mod cipher;

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, SubsecRound as _, Utc};
use contracts::SessionId;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kit::{
    auth::{Claims, JwkSet, TOKEN_TYPE, Verifier, jwk},
    config::TokenConfig,
    process::Shutdown,
};
use sqlx::PgPool;

pub use self::cipher::{EncryptionKey, InvalidEncryptionKey};
use crate::{
    domain::User,
    store::keys::{self, NewKey, StoredKey},
};

const POLL: Duration = Duration::from_secs(5);
/// Longer than [`POLL`] and the 5 s within which a verifier asks only once.
pub const ACTIVATION: Duration = Duration::from_secs(15);
/// What clocks may differ by.
const SLACK: Duration = Duration::from_secs(60);

/// A key that signs, once its time has come.
struct Signer {
    kid: String,
    active_from: DateTime<Utc>,
    key: EncodingKey,
}

#[derive(Default)]
struct Keys {
    /// Oldest first.
    signers: Vec<Signer>,
    jwks: JwkSet,
}

/// Settings of the keyring.
#[derive(Clone)]
pub struct KeyringConfig {
    pub encryption: EncryptionKey,
    pub tokens: TokenConfig,
    /// How long an access token is valid.
    pub time_to_live: Duration,
    /// Age at which a key is replaced.
    pub rotate_after: Duration,
}

/// What a rotation made.
#[derive(Clone, Debug)]
pub struct Rotation {
    pub kid: String,
    /// When it begins to sign.
    pub active_from: DateTime<Utc>,
}

/// All keys that are in use. Clones share them.
#[derive(Clone)]
pub struct Keyring {
    config: Arc<KeyringConfig>,
    keys: Arc<RwLock<Keys>>,
    verifier: Verifier,
}

impl Keyring {
    /// Loads the keys, making the first one when there is none.
    pub async fn open(config: KeyringConfig, pool: &PgPool) -> anyhow::Result<Self> {
        let verifier = Verifier::local(&config.tokens);
        let keyring = Self {
            config: Arc::new(config),
            keys: Arc::default(),
            verifier,
        };
        keyring.ensure(pool).await?;
        keyring.reload(pool).await?;
        ensure!(
            keyring.signs(Utc::now()),
            "no signing key can be decrypted: bring back the KEY_ENCRYPTION_KEY that was used before, or run \
             `auth rotate-key` to begin with a new key"
        );
        Ok(keyring)
    }

    /// Accepts the tokens that these keys sign.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The public keys whose tokens may still be valid.
    pub fn jwks(&self) -> JwkSet {
        self.read(|keys| keys.jwks.clone())
    }

    /// How long an access token is valid.
    pub fn time_to_live(&self) -> Duration {
        self.config.time_to_live
    }

    /// An access token for `user`'s session.
    pub fn access_token(&self, user: &User, session: SessionId) -> anyhow::Result<String> {
        let now = Utc::now();
        let claims = Claims {
            iss: self.config.tokens.issuer.clone(),
            aud: self.config.tokens.audience.clone(),
            sub: user.id,
            roles: user.roles.clone(),
            sid: session,
            iat: now.timestamp(),
            exp: (now + self.config.time_to_live).timestamp(),
            jti: uuid::Uuid::now_v7(),
        };
        self.read(|keys| {
            let signer = keys.signer(now).context("there is no signing key")?;
            let mut header = Header::new(Algorithm::EdDSA);
            header.typ = Some(TOKEN_TYPE.into());
            header.kid = Some(signer.kid.clone());
            Ok(jsonwebtoken::encode(&header, &claims, &signer.key)?)
        })
    }

    /// Makes the next key. While one waits to become active, that one is it.
    pub async fn rotate(&self, pool: &PgPool) -> anyhow::Result<Rotation> {
        let rotation = rotate(pool, &self.config.encryption).await?;
        self.reload(pool).await?;
        Ok(rotation)
    }

    /// Reads the keys again and again, and replaces the newest when it is old, until `shutdown`.
    pub async fn watch(self, pool: PgPool, shutdown: Shutdown) {
        while shutdown.until(tokio::time::sleep(POLL)).await.is_some() {
            let kept = async {
                self.ensure(&pool).await?;
                self.reload(&pool).await
            };
            if let Err(error) = kept.await {
                tracing::warn!("the signing keys can't be read again: {error:#}");
            }
        }
    }

    async fn ensure(&self, pool: &PgPool) -> anyhow::Result<()> {
        match keys::newest(pool)
            .await
            .context("the signing keys can't be read; has `auth migrate` run?")?
        {
            None => {
                add(pool, &self.config.encryption, Duration::ZERO, |newest| {
                    newest.is_none()
                })
                .await?
            }
            Some(newest) if newest + self.config.rotate_after <= Utc::now() => {
                let limit = self.config.rotate_after;
                let due = move |newest: Option<DateTime<Utc>>| {
                    newest.is_some_and(|at| at + limit <= Utc::now())
                };
                add(pool, &self.config.encryption, ACTIVATION, due).await?
            }
            Some(_) => None,
        };
        Ok(())
    }

    /// Reads the keys as they are now.
    pub async fn reload(&self, pool: &PgPool) -> anyhow::Result<()> {
        let stored = keys::all(pool).await?;
        let now = Utc::now();
        let keys = self.load(&stored, now);
        self.verifier.set_keys(&keys.jwks);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    fn load(&self, stored: &[StoredKey], now: DateTime<Utc>) -> Keys {
        let mut keys = Keys::default();
        for (at, key) in stored.iter().enumerate() {
            let superseded = stored.get(at + 1).map(|next| next.active_from);
            if superseded.is_some_and(|at| at + self.config.time_to_live + SLACK < now) {
                continue;
            }
            let public = BASE64_URL_SAFE_NO_PAD.encode(&key.public_key);
            keys.jwks.keys.push(jwk(key.kid.clone(), public));
            if let Ok(private) = self.config.encryption.open(&key.kid, &key.private_key) {
                keys.signers.push(Signer {
                    kid: key.kid.clone(),
                    active_from: key.active_from,
                    key: EncodingKey::from_ed_der(&private),
                });
            } else {
                tracing::error!(
                    kid = key.kid,
                    "a signing key can't be decrypted with KEY_ENCRYPTION_KEY"
                );
            }
        }
        keys
    }

    fn signs(&self, now: DateTime<Utc>) -> bool {
        self.read(|keys| keys.signer(now).is_some())
    }

    fn read<T>(&self, look: impl FnOnce(&Keys) -> T) -> T {
        look(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Keys {
    fn signer(&self, now: DateTime<Utc>) -> Option<&Signer> {
        self.signers
            .iter()
            .rev()
            .find(|signer| signer.active_from <= now)
    }
}

/// Makes the next key without a keyring, for the command line.
pub async fn rotate(pool: &PgPool, encryption: &EncryptionKey) -> anyhow::Result<Rotation> {
    let not_waiting = |newest: Option<DateTime<Utc>>| newest.is_none_or(|at| at <= Utc::now());
    if let Some(rotation) = add(pool, encryption, ACTIVATION, not_waiting).await? {
        return Ok(rotation);
    }
    let waiting = keys::all(pool)
        .await?
        .pop()
        .context("the newest key is gone")?;
    Ok(Rotation {
        kid: waiting.kid,
        active_from: waiting.active_from,
    })
}

/// Adds a key if `wanted`, asked under the table's lock with the newest key's time, says so.
async fn add(
    pool: &PgPool,
    encryption: &EncryptionKey,
    delay: Duration,
    wanted: impl FnOnce(Option<DateTime<Utc>>) -> bool,
) -> anyhow::Result<Option<Rotation>> {
    let pair = Ed25519KeyPair::generate()?;
    let kid = uuid::Uuid::now_v7().simple().to_string();
    let private_key = encryption.seal(&kid, pair.to_pkcs8()?.as_ref())?;
    let mut transaction = pool.begin().await?;
    keys::lock(&mut transaction).await?;
    if !wanted(keys::newest(&mut *transaction).await?) {
        return Ok(None);
    }
    // As PostgreSQL keeps it.
    let active_from = (Utc::now() + delay).trunc_subsecs(6);
    let key = NewKey {
        kid: &kid,
        public_key: pair.public_key().as_ref(),
        private_key: &private_key,
        active_from,
    };
    keys::insert(&mut transaction, &key).await?;
    transaction.commit().await?;
    tracing::info!(kid, %active_from, "a new signing key");
    Ok(Some(Rotation { kid, active_from }))
}
