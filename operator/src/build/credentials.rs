//! The platform's own secrets: made once, then kept for as long as its data.

use std::{collections::BTreeMap, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use rand::{Rng as _, distr::Alphanumeric};
use serde_json::json;
use url::Url;

use super::{
    object::{Kind, Object},
    part::Service,
    plan::{Plan, SecretData},
};

const PASSWORDS: [&str; 11] = [
    "POSTGRES_PASSWORD",
    "AUTH_DATABASE_PASSWORD",
    "CATALOG_DATABASE_PASSWORD",
    "BOOKING_DATABASE_PASSWORD",
    "PAYMENT_DATABASE_PASSWORD",
    "WORKER_DATABASE_PASSWORD",
    "SANDBOX_DATABASE_PASSWORD",
    "REDIS_PASSWORD",
    "RABBITMQ_PASSWORD",
    "SANDBOX_API_KEY",
    "SANDBOX_WEBHOOK_SECRET",
];
/// 32 random bytes in base64.
const KEYS: [&str; 2] = ["KEY_ENCRYPTION_KEY", "TICKET_SIGNING_KEY"];

/// The contents of Secret NAME-credentials, complete.
#[derive(Clone, PartialEq)]
pub struct Credentials(BTreeMap<String, String>);

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Keys that a volume or a ticket depends on, and the part whose own Secret has them, too.
const COPIES: [(&str, &str); 5] = [
    ("POSTGRES_PASSWORD", "postgres"),
    ("KEY_ENCRYPTION_KEY", "auth"),
    ("TICKET_SIGNING_KEY", "booking"),
    ("SANDBOX_API_KEY", "sandbox"),
    ("SANDBOX_WEBHOOK_SECRET", "sandbox"),
];

impl Credentials {
    /// What somebody deleted, as far as the parts' own Secrets still have it. All else can be made anew.
    pub fn recovered(
        existing: &SecretData,
        copy: impl Fn(&str, &str) -> Option<String>,
    ) -> SecretData {
        let mut all = existing.clone();
        for (name, part) in COPIES {
            if all.get(name).is_none_or(String::is_empty)
                && let Some(value) = copy(part, name)
            {
                all.insert(name.to_owned(), value);
            }
        }
        for service in Service::MIGRATED {
            let name = format!("{}_DATABASE_PASSWORD", service.name().to_uppercase());
            if all.get(&name).is_none_or(String::is_empty)
                && let Some(url) = copy(service.name(), "DATABASE_URL")
                && let Some(password) = Url::parse(&url)
                    .ok()
                    .and_then(|url| url.password().map(ToOwned::to_owned))
            {
                all.insert(name, password);
            }
        }
        all
    }

    /// `existing` with what it lacks made anew: a newer operator may need more than an older one made.
    pub fn completed(existing: &SecretData) -> Self {
        let mut all = existing.clone();
        let mut add = |name: &str, make: fn() -> String| {
            if all.get(name).is_none_or(String::is_empty) {
                all.insert(name.to_owned(), make());
            }
        };
        for name in PASSWORDS {
            add(name, || word(32));
        }
        for name in KEYS {
            add(name, key);
        }
        add("ADMIN_EMAIL", || "admin@example.com".into());
        add("ADMIN_PASSWORD", || word(20));
        Self(all)
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether the Secret has all of this already.
    pub fn are(&self, existing: &SecretData) -> bool {
        self.0 == *existing
    }

    /// The Secret. It has no owner: whoever keeps the volumes needs their passwords.
    pub fn secret(&self, plan: &Plan) -> Object {
        Object::new(
            Kind::Secret,
            json!({
                "metadata": plan.kept(&plan.of("credentials"), "credentials"),
                "type": "Opaque",
                "data": encoded(&self.0),
            }),
        )
    }
}

/// Secret data as the API has it.
pub(super) fn encoded<K: AsRef<str>, V: AsRef<str>>(
    data: impl IntoIterator<Item = (K, V)>,
) -> BTreeMap<String, String> {
    data.into_iter()
        .map(|(name, value)| (name.as_ref().to_owned(), BASE64.encode(value.as_ref())))
        .collect()
}

/// Letters and digits: they need no escaping in a URL.
fn word(length: usize) -> String {
    rand::rng()
        .sample_iter(Alphanumeric)
        .take(length)
        .map(char::from)
        .collect()
}

fn key() -> String {
    BASE64.encode(rand::rng().random::<[u8; 32]>())
}
