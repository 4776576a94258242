//! Encryption of what must not lie readable in the database.

use std::{fmt, str::FromStr, sync::Arc};

use anyhow::{Context as _, anyhow};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    hkdf,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// `KEY_ENCRYPTION_KEY`: 32 random bytes, base64. Every use has a key of its own, derived from it.
#[derive(Clone)]
pub struct EncryptionKey {
    sealing: Arc<RandomizedNonceKey>,
    refresh: [u8; KEY_BYTES],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write 32 random bytes in base64, such as `openssl rand -base64 32` makes")]
pub struct InvalidEncryptionKey;

impl EncryptionKey {
    fn new(key: &[u8; KEY_BYTES]) -> Result<Self, aws_lc_rs::error::Unspecified> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"event-platform auth").extract(key);
        let derive = |purpose: &[u8]| {
            let mut derived = [0; KEY_BYTES];
            root.expand(&[purpose], hkdf::HKDF_SHA256)?
                .fill(&mut derived)?;
            Ok::<_, aws_lc_rs::error::Unspecified>(derived)
        };
        Ok(Self {
            sealing: Arc::new(RandomizedNonceKey::new(
                &AES_256_GCM,
                &derive(b"signing keys")?,
            )?),
            refresh: derive(b"refresh tokens")?,
        })
    }

    /// The key that refresh tokens follow from one another by.
    pub fn refresh_tokens(&self) -> &[u8] {
        &self.refresh
    }

    /// Encrypts `plain` so that it opens only under the same `name`: nonce ‖ ciphertext ‖ tag.
    pub fn seal(&self, name: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut sealed = plain.to_vec();
        let nonce = self
            .sealing
            .seal_in_place_append_tag(Aad::from(name.as_bytes()), &mut sealed)?;
        let mut text = nonce.as_ref().to_vec();
        text.append(&mut sealed);
        Ok(text)
    }

    pub fn open(&self, name: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let (nonce, text) = sealed
            .split_at_checked(NONCE_BYTES)
            .context("it is too short")?;
        let nonce = Nonce::try_assume_unique_for_key(nonce)?;
        let mut text = text.to_vec();
        let plain = self
            .sealing
            .open_in_place(nonce, Aad::from(name.as_bytes()), &mut text)
            .map_err(|_| anyhow!("it was not sealed with this key"))?;
        Ok(plain.to_vec())
    }
}

impl FromStr for EncryptionKey {
    type Err = InvalidEncryptionKey;

    fn from_str(text: &str) -> Result<Self, InvalidEncryptionKey> {
        let bytes = BASE64_STANDARD
            .decode(text.trim())
            .map_err(|_| InvalidEncryptionKey)?;
        let key = bytes
            .as_slice()
            .try_into()
            .map_err(|_| InvalidEncryptionKey)?;
        Self::new(key).map_err(|_| InvalidEncryptionKey)
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_what_it_sealed_under_that_name() {
        let key: EncryptionKey = BASE64_STANDARD.encode([7; 32]).parse().unwrap();
        let other: EncryptionKey = BASE64_STANDARD.encode([8; 32]).parse().unwrap();
        let sealed = key.seal("a", b"secret").unwrap();
        assert_eq!(key.open("a", &sealed).unwrap(), b"secret");
        assert_ne!(
            key.seal("a", b"secret").unwrap(),
            sealed,
            "a nonce must not repeat"
        );
        assert!(key.open("b", &sealed).is_err());
        assert!(other.open("a", &sealed).is_err());
        assert!(key.open("a", &sealed[..5]).is_err());
        assert_ne!(key.refresh_tokens(), other.refresh_tokens());
    }

    #[test]
    fn must_be_32_bytes() {
        for wrong in ["", "x", &BASE64_STANDARD.encode([1; 31])] {
            assert!(wrong.parse::<EncryptionKey>().is_err(), "{wrong}");
        }
    }
}
