//! Refresh tokens: opaque text of 52 bytes, `session ‖ generation ‖ secret`.
//!
//! A session knows only the hash of its current secret. Each secret follows from the one before by an HMAC whose key is not
//! stored beside the sessions, so that whoever shows an old token proves it, and gets the same successor, though no secret
//! is kept anywhere.

use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::SessionId;

const SESSION: usize = 16;
const GENERATION: usize = 4;
const SECRET: usize = 32;
const BYTES: usize = SESSION + GENERATION + SECRET;

/// The length of a token's text.
pub const TEXT_LENGTH: usize = (BYTES * 4).div_ceil(3);

/// Older tokens are not told from forged ones: following them would cost more than it tells.
const MAX_STEPS: u32 = 10_000;

/// The key that leads from one secret to the next.
#[derive(Clone)]
pub struct Chain(hmac::Key);

impl Chain {
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }
}

/// A refresh token. It has no `Debug`, lest it be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    pub session: SessionId,
    pub generation: u32,
    secret: [u8; SECRET],
}

/// The hash of a secret, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretHash(String);

impl SecretHash {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretHash {
    fn from(hexadecimal: String) -> Self {
        Self(hexadecimal)
    }
}

impl RefreshToken {
    /// The first token of a session. Fails when the system has no randomness.
    pub fn first(session: SessionId) -> anyhow::Result<Self> {
        let mut secret = [0; SECRET];
        rand::fill(&mut secret)?;
        Ok(Self {
            session,
            generation: 0,
            secret,
        })
    }

    /// Reads what [`RefreshToken::to_text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (session, rest) = bytes.split_first_chunk::<SESSION>()?;
        let (generation, rest) = rest.split_first_chunk::<GENERATION>()?;
        Some(Self {
            session: SessionId::from_uuid(uuid::Uuid::from_bytes(*session)),
            generation: u32::from_be_bytes(*generation),
            secret: rest.try_into().ok()?,
        })
    }

    pub fn to_text(&self) -> String {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend_from_slice(self.session.as_uuid().as_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.secret);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    pub fn hash(&self) -> SecretHash {
        let hash = digest::digest(&digest::SHA256, &self.secret);
        SecretHash(hex::encode(hash))
    }

    /// The one token that follows this one.
    #[must_use]
    pub fn successor(&self, chain: &Chain) -> Self {
        let mut context = hmac::Context::with_key(&chain.0);
        context.update(self.session.as_uuid().as_bytes());
        context.update(&self.generation.to_be_bytes());
        context.update(&self.secret);
        let mut secret = [0; SECRET];
        secret.copy_from_slice(context.sign().as_ref());
        Self {
            session: self.session,
            generation: self.generation.wrapping_add(1),
            secret,
        }
    }

    /// The token of `generation` that follows from this one, if its hash is `current`: else this one is forged, or too old
    /// to tell.
    pub fn follow(&self, chain: &Chain, generation: u32, current: &SecretHash) -> Option<Self> {
        let steps = generation.checked_sub(self.generation)?;
        if steps > MAX_STEPS {
            return None;
        }
        let mut token = self.clone();
        for _ in 0..steps {
            token = token.successor(chain);
        }
        let same = constant_time::verify_slices_are_equal(
            token.hash().as_str().as_bytes(),
            current.as_str().as_bytes(),
        );
        same.is_ok().then_some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> RefreshToken {
        RefreshToken::first(SessionId::new()).unwrap()
    }

    #[test]
    fn survives_its_text() {
        let text = token().to_text();
        assert_eq!(text.len(), TEXT_LENGTH);
        assert_eq!(RefreshToken::parse(&text).unwrap().to_text(), text);
        for wrong in [
            "",
            "x",
            &text[1..],
            &format!("{text}AAAA"),
            &text.replace(['A', 'B', 'C'], "!"),
        ] {
            assert!(RefreshToken::parse(wrong).is_none_or(|token| token.to_text() != text));
        }
    }

    #[test]
    fn an_old_token_leads_to_the_current_one() {
        let chain = Chain::new(b"key");
        let first = token();
        let third = first.successor(&chain).successor(&chain);
        assert!(first.follow(&chain, 2, &third.hash()) == Some(third.clone()));
        let forged = RefreshToken {
            secret: [1; SECRET],
            ..first.clone()
        };
        assert!(forged.follow(&chain, 2, &third.hash()).is_none());
        assert!(third.follow(&chain, 0, &first.hash()).is_none());
        assert!(
            first
                .follow(&Chain::new(b"other"), 2, &third.hash())
                .is_none()
        );
    }
}
