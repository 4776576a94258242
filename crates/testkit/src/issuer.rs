//! Access tokens for tests, and the JWKS server that vouches for them.

use std::sync::LazyLock;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Utc;
use contracts::{SessionId, UserId};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kit::{
    auth::{Claims, JwkSet, Role, TOKEN_TYPE, Verifier, jwk},
    config::{BaseUrl, TokenConfig},
};
use tokio::net::TcpListener;

/// Who tokens are from and for, in tests.
pub const PLATFORM: &str = "event-platform";

static SHARED: LazyLock<Issuer> = LazyLock::new(|| Issuer::new("test"));

/// A token of the [`Issuer::shared`] issuer, valid for 15 minutes.
pub fn token(user: UserId, roles: &[Role]) -> String {
    Issuer::shared().token(user, roles)
}

/// Signs tokens with a key of its own.
pub struct Issuer {
    kid: String,
    key: EncodingKey,
    jwks: JwkSet,
}

impl Issuer {
    pub fn new(kid: &str) -> Self {
        let pair = Ed25519KeyPair::generate().expect("a key can be made");
        let pkcs8 = pair.to_pkcs8().expect("a key can be written");
        let public = BASE64_URL_SAFE_NO_PAD.encode(pair.public_key());
        Self {
            kid: kid.into(),
            key: EncodingKey::from_ed_der(pkcs8.as_ref()),
            jwks: JwkSet {
                keys: vec![jwk(kid.into(), public)],
            },
        }
    }

    /// The one issuer of this process.
    pub fn shared() -> &'static Self {
        &SHARED
    }

    pub fn config() -> TokenConfig {
        TokenConfig {
            issuer: PLATFORM.into(),
            audience: PLATFORM.into(),
        }
    }

    pub fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// Accepts this issuer's tokens without asking anybody.
    pub fn verifier(&self) -> Verifier {
        let verifier = Verifier::local(&Self::config());
        verifier.set_keys(&self.jwks);
        verifier
    }

    /// Claims that every service accepts, for 15 minutes from now.
    pub fn claims(user: UserId, roles: &[Role]) -> Claims {
        let now = Utc::now().timestamp();
        Claims {
            iss: PLATFORM.into(),
            aud: PLATFORM.into(),
            sub: user,
            roles: roles.iter().copied().collect(),
            sid: SessionId::new(),
            iat: now,
            exp: now + 900,
            jti: uuid::Uuid::now_v7(),
        }
    }

    pub fn token(&self, user: UserId, roles: &[Role]) -> String {
        self.sign(&self.header(), &Self::claims(user, roles))
    }

    /// The header of an access token; change it to make a bad one.
    pub fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.into());
        header.kid = Some(self.kid.clone());
        header
    }

    pub fn sign(&self, header: &Header, claims: &impl serde::Serialize) -> String {
        jsonwebtoken::encode(header, claims, &self.key).expect("claims can be signed")
    }

    /// Serves the keys as auth does, for as long as the runtime lives; the URL is what `AUTH_URL` would be.
    pub async fn serve(&self) -> BaseUrl {
        let jwks = self.jwks.clone();
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let router = axum::Router::new().route(
            "/.well-known/jwks.json",
            axum::routing::get(async move || axum::Json(jwks)),
        );
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}").parse().expect("it is a URL")
    }
}
