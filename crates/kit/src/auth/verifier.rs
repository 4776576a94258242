//! Verifying access tokens with auth's public keys.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{Claims, Principal, TOKEN_TYPE};
use crate::{
    client::Client,
    config::{BaseUrl, TokenConfig},
    problem::Problem,
};

/// After this the keys are asked for again, in case one was withdrawn.
const FRESH: Duration = Duration::from_secs(300);
/// Least time between two requests for the keys, whatever tokens come in. Auth signs with a key only when it has been
/// published for longer than this.
const COOL_DOWN: Duration = Duration::from_secs(5);
/// The same after a request that failed.
const RETRY: Duration = Duration::from_secs(1);
/// What clocks may differ.
const LEEWAY_SECONDS: u64 = 5;
/// Longer tokens are none of ours.
const MAX_TOKEN_BYTES: usize = 4_096;

/// A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JwkSet {
    pub keys: Vec<Jwk>,
}

/// The public half of a signing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Jwk {
    /// Which key a token's header names
    pub kid: String,
    #[schema(example = "OKP")]
    pub kty: String,
    #[schema(example = "Ed25519")]
    #[serde(default)]
    pub crv: String,
    #[schema(example = "EdDSA")]
    #[serde(default)]
    pub alg: String,
    #[serde(default, rename = "use")]
    #[schema(example = "sig")]
    pub usage: String,
    /// The public key, base64url
    #[serde(default)]
    pub x: String,
}

/// The entry of an Ed25519 public key (32 bytes, base64url) in a [`JwkSet`].
pub fn jwk(kid: String, x: String) -> Jwk {
    Jwk {
        kid,
        kty: "OKP".into(),
        crv: "Ed25519".into(),
        alg: "EdDSA".into(),
        usage: "sig".into(),
        x,
    }
}

type Keys = HashMap<String, DecodingKey>;

struct Remote {
    client: Client,
    url: String,
    /// When the keys were last asked for, and whether that succeeded. Held while asking, so that only one does.
    asked: Mutex<Option<(Instant, bool)>>,
}

struct Inner {
    validation: Validation,
    /// The keys and when they were got.
    keys: RwLock<(Arc<Keys>, Option<Instant>)>,
    remote: Option<Remote>,
}

/// Checks access tokens: EdDSA and nothing else, issuer, audience, expiry, type. Clones share the keys.
///
/// A key that is not known is asked for at auth, at most once in 5 s. While auth is away the known keys go on being used.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

impl Verifier {
    /// Takes the keys from auth's `/.well-known/jwks.json`.
    pub fn new(config: &TokenConfig, auth: &BaseUrl, client: Client) -> Self {
        let url = auth.join("/.well-known/jwks.json");
        let remote = Remote {
            client,
            url,
            asked: Mutex::new(None),
        };
        Self::build(config, Some(remote))
    }

    /// For auth itself, which sets its keys by [`Verifier::set_keys`].
    pub fn local(config: &TokenConfig) -> Self {
        Self::build(config, None)
    }

    fn build(config: &TokenConfig, remote: Option<Remote>) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = LEEWAY_SECONDS;
        Self(Arc::new(Inner {
            validation,
            keys: RwLock::default(),
            remote,
        }))
    }

    /// Replaces the known keys; those that are no Ed25519 keys are left out.
    pub fn set_keys(&self, set: &JwkSet) {
        let keys = set
            .keys
            .iter()
            .filter(|key| key.kty == "OKP" && key.crv == "Ed25519")
            .filter_map(|key| {
                Some((
                    key.kid.clone(),
                    DecodingKey::from_ed_components(&key.x).ok()?,
                ))
            })
            .collect();
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) =
            (Arc::new(keys), Some(Instant::now()));
    }

    /// The caller that `token` names. 401 when it can't be accepted, 503 when auth would have to be asked and is away.
    pub async fn verify(&self, token: &str) -> Result<Principal, Problem> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Problem::unauthorized());
        }
        let header = decode_header(token).map_err(|_| Problem::unauthorized())?;
        let typed = header
            .typ
            .as_deref()
            .is_some_and(|typ| typ.eq_ignore_ascii_case(TOKEN_TYPE));
        let kid = header
            .kid
            .filter(|_| typed && header.alg == Algorithm::EdDSA);
        let key = self.key(&kid.ok_or_else(Problem::unauthorized)?).await?;
        let claims = decode::<Claims>(token, &key, &self.0.validation)
            .map_err(|error| {
                let expired = matches!(
                    error.kind(),
                    jsonwebtoken::errors::ErrorKind::ExpiredSignature
                );
                let problem = Problem::unauthorized();
                if expired {
                    problem.detail("The access token has expired; refresh it.")
                } else {
                    problem
                }
            })?
            .claims;
        Ok(Principal {
            user_id: claims.sub,
            session_id: claims.sid,
            roles: claims.roles,
            token: token.to_owned(),
        })
    }

    async fn key(&self, kid: &str) -> Result<DecodingKey, Problem> {
        let (known, stale) = self.known(kid);
        let Some(remote) = &self.0.remote else {
            return known.ok_or_else(Problem::unauthorized);
        };
        if let Some(key) = known {
            if stale {
                // This request need not wait for it.
                let this = self.clone();
                tokio::spawn(async move {
                    if let Some(remote) = &this.0.remote {
                        this.refresh(remote).await;
                    }
                });
            }
            return Ok(key);
        }
        let answered = self.refresh(remote).await;
        match self.known(kid).0 {
            Some(key) => Ok(key),
            None if answered => Err(Problem::unauthorized()),
            None => {
                Err(Problem::unavailable(2).detail("Access tokens can't be checked at the moment."))
            }
        }
    }

    /// The key, and whether the keys should be asked for again.
    fn known(&self, kid: &str) -> (Option<DecodingKey>, bool) {
        let keys = self.0.keys.read().unwrap_or_else(PoisonError::into_inner);
        let stale = keys.1.is_none_or(|got| got.elapsed() > FRESH);
        (keys.0.get(kid).cloned(), stale)
    }

    /// Asks for the keys unless that was done just now; whether the last time succeeded.
    async fn refresh(&self, remote: &Remote) -> bool {
        let mut asked = remote.asked.lock().await;
        if let Some((at, succeeded)) = *asked
            && at.elapsed() < if succeeded { COOL_DOWN } else { RETRY }
        {
            return succeeded;
        }
        let succeeded = match remote.client.get(&remote.url).json::<JwkSet>().await {
            Ok(set) => {
                self.set_keys(&set);
                true
            }
            Err(error) => {
                tracing::warn!("the signing keys can't be got: {error}");
                false
            }
        };
        *asked = Some((Instant::now(), succeeded));
        succeeded
    }
}
