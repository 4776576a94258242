//! Ticket codes: `T1.<payload>.<signature>`, both base64url without padding.
//!
//! The payload is ticket id (16 bytes), event id (16) and key id (4). The signature is Ed25519 over the text
//! `T1.<payload>`. A gate that has the public keys can check a code without network.

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use contracts::{EventId, TicketId};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

const PREFIX: &str = "T1";
const PAYLOAD: usize = 36;
/// The longest text that can be a code, in bytes; real ones have 138.
pub const MAX_CODE: usize = 512;

/// The first four bytes of the public key's SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyId([u8; 4]);

impl KeyId {
    fn of(key: &VerifyingKey) -> Self {
        let digest = Sha256::digest(key.as_bytes());
        Self([digest[0], digest[1], digest[2], digest[3]])
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// What a genuine code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanned {
    pub ticket_id: TicketId,
    pub event_id: EventId,
}

/// The key that signs tickets, and the earlier ones whose tickets are still good.
pub struct TicketKeys {
    signing: SigningKey,
    id: KeyId,
    verifying: Vec<(KeyId, VerifyingKey)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 32 bytes in base64")]
pub struct InvalidKey;

impl TicketKeys {
    pub fn new(seed: &[u8; 32], earlier: &[VerifyingKey]) -> Self {
        let signing = SigningKey::from_bytes(seed);
        let own = signing.verifying_key();
        let verifying = std::iter::once(&own)
            .chain(earlier.iter().filter(|key| **key != own))
            .map(|key| (KeyId::of(key), *key))
            .collect();
        Self {
            id: KeyId::of(&own),
            signing,
            verifying,
        }
    }

    /// The signed code of a ticket.
    pub fn sign(&self, ticket: TicketId, event: EventId) -> String {
        let mut payload = [0_u8; PAYLOAD];
        payload[..16].copy_from_slice(ticket.as_uuid().as_bytes());
        payload[16..32].copy_from_slice(event.as_uuid().as_bytes());
        payload[32..].copy_from_slice(&self.id.0);
        let mut code = format!("{PREFIX}.{}", BASE64.encode(payload));
        let signature = self.signing.sign(code.as_bytes()).to_bytes();
        code.push('.');
        BASE64.encode_string(signature, &mut code);
        code
    }

    /// What the code says; `None` when one of our keys did not sign it.
    pub fn verify(&self, code: &str) -> Option<Scanned> {
        if code.len() > MAX_CODE {
            return None;
        }
        let (signed, signature) = code.trim().rsplit_once('.')?;
        let payload = signed.strip_prefix(PREFIX)?.strip_prefix('.')?;
        let payload: [u8; PAYLOAD] = BASE64.decode(payload).ok()?.try_into().ok()?;
        let (ticket, rest) = payload.split_first_chunk::<16>()?;
        let (event, key) = rest.split_first_chunk::<16>()?;
        let signature = Signature::from_slice(&BASE64.decode(signature).ok()?).ok()?;
        let (_, key) = self.verifying.iter().find(|(id, _)| id.0 == *key)?;
        key.verify_strict(signed.as_bytes(), &signature).ok()?;
        Some(Scanned {
            ticket_id: Uuid::from_bytes(*ticket).into(),
            event_id: Uuid::from_bytes(*event).into(),
        })
    }

    /// A secret for another purpose, made from the key that signs.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.signing.as_bytes());
        let tag = hmac::sign(&key, purpose.as_bytes());
        let mut secret = [0; 32];
        secret.copy_from_slice(tag.as_ref());
        secret
    }

    /// All public keys, the one in use first: key id and 32 bytes as base64url.
    pub fn public(&self) -> impl Iterator<Item = (String, String)> {
        self.verifying
            .iter()
            .map(|(id, key)| (id.to_string(), BASE64.encode(key.as_bytes())))
    }
}

impl std::fmt::Debug for TicketKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TicketKeys")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// 32 bytes in base64 or base64url, with or without padding.
pub fn parse_key(text: &str) -> Result<[u8; 32], InvalidKey> {
    use base64::prelude::BASE64_STANDARD_NO_PAD;
    let text = text.trim().trim_end_matches('=');
    BASE64
        .decode(text)
        .or_else(|_| BASE64_STANDARD_NO_PAD.decode(text))
        .ok()
        .and_then(|key| key.try_into().ok())
        .ok_or(InvalidKey)
}

/// A public key as [`TicketKeys::public`] writes it.
pub fn parse_public(text: &str) -> Result<VerifyingKey, InvalidKey> {
    VerifyingKey::from_bytes(&parse_key(text)?).map_err(|_| InvalidKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_codes_are_genuine() {
        let keys = TicketKeys::new(&[7; 32], &[]);
        let (ticket_id, event_id) = (TicketId::new(), EventId::new());
        let code = keys.sign(ticket_id, event_id);
        assert_eq!(code.len(), 138);
        assert_eq!(
            keys.verify(&code),
            Some(Scanned {
                ticket_id,
                event_id
            })
        );
        assert_eq!(
            keys.sign(ticket_id, event_id),
            code,
            "signing is repeatable"
        );
        for index in 0..code.len() {
            let mut bytes = code.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).unwrap();
            assert_eq!(keys.verify(&altered), None, "{altered}");
        }
        let other = TicketKeys::new(&[8; 32], &[]);
        assert_eq!(other.verify(&code), None);
        for nonsense in ["", "T1", "T1..", "T1.AAAA.AAAA", "ü", &"a".repeat(9_999)] {
            assert_eq!(keys.verify(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn earlier_keys_stay_good() {
        let old = TicketKeys::new(&[1; 32], &[]);
        let code = old.sign(TicketId::new(), EventId::new());
        let (_, public) = old.public().next().unwrap();
        let new = TicketKeys::new(&[2; 32], &[parse_public(&public).unwrap()]);
        assert!(new.verify(&code).is_some());
        assert_eq!(new.public().count(), 2);
        assert_ne!(new.sign(TicketId::new(), EventId::new()), code);
    }
}
