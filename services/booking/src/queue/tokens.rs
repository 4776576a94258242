//! Places and admissions, signed so that they can be checked without asking anybody.
//!
//! `Q1.<payload>.<mac>` is a place, `A1.<payload>.<mac>` an admission; payload and MAC are base64url without padding. The
//! payload is event id (16 bytes), user id (16) and a time (8): the second of arrival, or the millisecond at which the admission
//! ends. The MAC is HMAC-SHA256 over the text before it. Each purpose has its own key, made from the key that signs tickets, so
//! that all replicas have the same.

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use contracts::{EventId, UserId};
use uuid::Uuid;

use crate::domain::TicketKeys;

const PAYLOAD: usize = 40;
/// The longest text that can be a token, in bytes; real ones have 101.
const MAX_TOKEN: usize = 256;
/// How finely those who count as arrived in the same second are ordered: 2^20 steps.
const FRACTION_BITS: u32 = 20;

/// Signs and checks places and admissions, and gives everybody a rank that nobody can choose.
pub struct QueueKeys {
    place: Purpose,
    admission: Purpose,
    order: hmac::Key,
}

struct Purpose {
    prefix: &'static str,
    key: hmac::Key,
}

impl QueueKeys {
    pub fn new(keys: &TicketKeys) -> Self {
        let key = |purpose| hmac::Key::new(hmac::HMAC_SHA256, &keys.derive(purpose));
        Self {
            place: Purpose {
                prefix: "Q1",
                key: key("queue place"),
            },
            admission: Purpose {
                prefix: "A1",
                key: key("queue admission"),
            },
            order: key("queue order"),
        }
    }

    /// The place of somebody who arrived in this second since 1970.
    pub fn place(&self, event: EventId, user: UserId, arrived: u64) -> String {
        self.place.sign(event, user, arrived)
    }

    /// Whose place of the event it is, and the second of arrival; `None` when it is none of ours.
    pub fn check_place(&self, event: EventId, place: &str) -> Option<(UserId, u64)> {
        let (of, user, arrived) = self.place.verify(place)?;
        (of == event).then_some((user, arrived))
    }

    /// Lets `user` buy until this millisecond since 1970.
    pub fn admission(&self, event: EventId, user: UserId, until: u64) -> String {
        self.admission.sign(event, user, until)
    }

    /// Whether the admission lets `user` buy tickets of the event at this millisecond.
    pub fn admits(&self, event: EventId, user: UserId, admission: &str, now: u64) -> bool {
        self.admission
            .verify(admission)
            .is_some_and(|(of, whose, until)| of == event && whose == user && now < until)
    }

    /// The rank among those who count as arrived in the same second.
    pub fn fraction(&self, event: EventId, user: UserId) -> u32 {
        let mut context = hmac::Context::with_key(&self.order);
        context.update(event.as_uuid().as_bytes());
        context.update(user.as_uuid().as_bytes());
        let tag = context.sign();
        let bits = tag
            .as_ref()
            .iter()
            .take(4)
            .fold(0, |bits, byte| (bits << 8) | u32::from(*byte));
        bits >> (u32::BITS - FRACTION_BITS)
    }
}

impl std::fmt::Debug for QueueKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueueKeys").finish_non_exhaustive()
    }
}

impl Purpose {
    fn sign(&self, event: EventId, user: UserId, time: u64) -> String {
        let mut payload = [0_u8; PAYLOAD];
        payload[..16].copy_from_slice(event.as_uuid().as_bytes());
        payload[16..32].copy_from_slice(user.as_uuid().as_bytes());
        payload[32..].copy_from_slice(&time.to_be_bytes());
        let mut token = format!("{}.{}", self.prefix, BASE64.encode(payload));
        let tag = hmac::sign(&self.key, token.as_bytes());
        token.push('.');
        BASE64.encode_string(tag, &mut token);
        token
    }

    fn verify(&self, token: &str) -> Option<(EventId, UserId, u64)> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let (signed, tag) = token.trim().rsplit_once('.')?;
        let payload = signed.strip_prefix(self.prefix)?.strip_prefix('.')?;
        let payload: [u8; PAYLOAD] = BASE64.decode(payload).ok()?.try_into().ok()?;
        let tag = BASE64.decode(tag).ok()?;
        hmac::verify(&self.key, signed.as_bytes(), &tag).ok()?;
        let (event, rest) = payload.split_first_chunk::<16>()?;
        let (user, time) = rest.split_first_chunk::<16>()?;
        Some((
            Uuid::from_bytes(*event).into(),
            Uuid::from_bytes(*user).into(),
            u64::from_be_bytes(time.try_into().ok()?),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(seed: u8) -> QueueKeys {
        QueueKeys::new(&TicketKeys::new(&[seed; 32], &[]))
    }

    #[test]
    fn only_our_tokens_of_that_purpose_are_genuine() {
        let keys = keys(7);
        let (event, user) = (EventId::new(), UserId::new());
        let place = keys.place(event, user, 1_800_000_000);
        assert_eq!(place.len(), 101);
        assert_eq!(keys.check_place(event, &place), Some((user, 1_800_000_000)));
        assert_eq!(keys.check_place(EventId::new(), &place), None);
        assert_eq!(super::tests::keys(8).check_place(event, &place), None);
        let renamed = place.replacen("Q1", "A1", 1);
        assert!(!keys.admits(event, user, &renamed, 0));
        assert!(!keys.admits(event, user, &place, 0));
        for index in 0..place.len() {
            let mut bytes = place.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).unwrap();
            assert_eq!(keys.check_place(event, &altered), None, "{altered}");
        }
        for nonsense in ["", "Q1", "Q1..", "Q1.AAAA.AAAA", "ü", &"a".repeat(9_999)] {
            assert_eq!(keys.check_place(event, nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn an_admission_is_for_one_buyer_of_one_event_until_it_ends() {
        let keys = keys(7);
        let (event, user) = (EventId::new(), UserId::new());
        let admission = keys.admission(event, user, 1_000);
        assert!(keys.admits(event, user, &admission, 999));
        assert!(!keys.admits(event, user, &admission, 1_000));
        assert!(!keys.admits(event, UserId::new(), &admission, 999));
        assert!(!keys.admits(EventId::new(), user, &admission, 999));
    }

    #[test]
    fn ranks_differ_by_event_and_buyer_and_stay() {
        let keys = keys(7);
        let event = EventId::new();
        let users: Vec<_> = (0..100).map(|_| UserId::new()).collect();
        let ranks: Vec<_> = users
            .iter()
            .map(|user| keys.fraction(event, *user))
            .collect();
        let again: Vec<_> = users
            .iter()
            .map(|user| keys.fraction(event, *user))
            .collect();
        assert_eq!(ranks, again);
        assert!(
            !ranks.is_sorted(),
            "made one after the other, ranked at random"
        );
        assert!(ranks.iter().all(|rank| *rank < 1 << FRACTION_BITS));
        assert_ne!(
            ranks[0],
            keys.fraction(EventId::new(), users[0]),
            "another event, another chance"
        );
    }
}
