//! Signatures of webhooks: `t=<seconds since 1970>,v1=<HMAC-SHA256 in hex>` over `<t>.<raw body>`.
//!
//! Several `v1` may stand in one header while a secret is being replaced.

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};

use super::WebhookError;

/// How old, or how far in the future, a signature may be, in seconds.
pub const TOLERANCE: i64 = 300;
/// More signatures in one header are ignored.
const MAX_SIGNATURES: usize = 4;

/// The header's value for `body`.
pub fn sign(secret: &SecretString, body: &[u8], at: DateTime<Utc>) -> String {
    let time = at.timestamp().to_string();
    let mut context = hmac::Context::with_key(&key(secret));
    context.update(time.as_bytes());
    context.update(b".");
    context.update(body);
    format!("t={time},v1={}", hex::encode(context.sign().as_ref()))
}

/// Whether `header` is a fresh signature of `body`. Takes the same time wherever a wrong signature differs.
pub fn verify(
    secret: &SecretString,
    header: &str,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), WebhookError> {
    let (mut time, mut signatures) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) if time.is_none() => time = Some(value),
            Some(("v1", value)) if signatures.len() < MAX_SIGNATURES => {
                signatures.push(hex::decode(value).map_err(|_| WebhookError::Malformed)?);
            }
            _ => {}
        }
    }
    let time = time.ok_or(WebhookError::Malformed)?;
    let seconds: i64 = time.parse().map_err(|_| WebhookError::Malformed)?;
    if signatures.is_empty() {
        return Err(WebhookError::Malformed);
    }
    let message = [time.as_bytes(), b".", body].concat();
    let key = key(secret);
    if !signatures
        .iter()
        .any(|signature| hmac::verify(&key, &message, signature).is_ok())
    {
        return Err(WebhookError::Mismatch);
    }
    if now.timestamp().abs_diff(seconds) > TOLERANCE.unsigned_abs() {
        return Err(WebhookError::Stale);
    }
    Ok(())
}

fn key(secret: &SecretString) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn secret() -> SecretString {
        "whsec_test".into()
    }

    #[test]
    fn accepts_its_own_within_the_tolerance() {
        let now = Utc::now();
        let header = sign(&secret(), b"{}", now);
        for seconds in [-300, 0, 300] {
            let then = now + TimeDelta::seconds(seconds);
            assert_eq!(verify(&secret(), &header, b"{}", then), Ok(()));
        }
        for seconds in [-302, 302] {
            let then = now + TimeDelta::seconds(seconds);
            assert_eq!(
                verify(&secret(), &header, b"{}", then),
                Err(WebhookError::Stale)
            );
        }
    }

    #[test]
    fn refuses_what_was_altered() {
        let now = Utc::now();
        let header = sign(&secret(), b"{}", now);
        let wrong = [
            verify(&secret(), &header, b"{ }", now),
            verify(&"whsec_other".into(), &header, b"{}", now),
            verify(&secret(), &header.replacen("t=", "t=1", 1), b"{}", now),
        ];
        for result in wrong {
            assert_eq!(result, Err(WebhookError::Mismatch));
        }
        let time = now.timestamp();
        for malformed in [
            "",
            "t=,v1=00",
            "v1=00",
            &format!("t={time}"),
            &format!("t={time},v1=xyz"),
            &format!("t={time},v0=00"),
        ] {
            assert_eq!(
                verify(&secret(), malformed, b"{}", now),
                Err(WebhookError::Malformed),
                "{malformed}"
            );
        }
    }

    #[test]
    fn accepts_one_of_two_while_a_secret_is_replaced() {
        let now = Utc::now();
        let old = sign(&"whsec_old".into(), b"{}", now);
        let new = sign(&secret(), b"{}", now);
        let both = format!("{old},{}", new.split_once(',').unwrap().1);
        assert_eq!(verify(&secret(), &both, b"{}", now), Ok(()));
    }

    #[test]
    fn agrees_with_a_known_value() {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test
        let expected =
            "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789";
        assert_eq!(sign(&secret(), br#"{"a":1}"#, at), expected);
    }
}
