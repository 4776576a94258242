//! The Secrets that a spec names. What serves goes on without one that is gone: with what its pods were given before.

use super::validate::{Refusal, live_secret};
use crate::{
    api::Dependency,
    build::{Referenced, SecretData, Service},
    cluster::Seen,
};

/// What was found, and a sentence for each that something serves without.
struct Reader<'a> {
    seen: &'a Seen,
    serves: bool,
    lacks: Vec<String>,
}

/// Reads them all.
pub(super) fn read(seen: &Seen) -> Result<(Referenced, Vec<String>), Refusal> {
    let spec = &seen.platform.spec;
    let mut reader = Reader {
        seen,
        serves: seen
            .platform
            .status
            .as_ref()
            .is_some_and(|status| status.last_good.is_some()),
        lacks: Vec::new(),
    };
    let databases: Vec<_> = Service::MIGRATED
        .into_iter()
        .map(|service| {
            let name = format!("DATABASE_URL_{}", service.name().to_uppercase());
            (name, Some((service, "DATABASE_URL")))
        })
        .collect();
    let redis = [("REDIS_URL".to_owned(), Some((Service::Auth, "REDIS_URL")))];
    let rabbitmq = [(
        "RABBITMQ_URL".to_owned(),
        Some((Service::Auth, "RABBITMQ_URL")),
    )];
    if let Some(admin) = &spec.admin {
        let keys = ["ADMIN_EMAIL", "ADMIN_PASSWORD"].map(|key| (key.to_owned(), None));
        reader.optional("spec.admin.secretRef", &admin.secret_ref.name, &keys)?;
    }
    let postgres = reader.external(
        &spec.postgres,
        "spec.postgres.external.secretRef",
        &databases,
    )?;
    let redis = reader.external(&spec.redis, "spec.redis.external.secretRef", &redis)?;
    let rabbitmq = reader.external(
        &spec.rabbitmq,
        "spec.rabbitmq.external.secretRef",
        &rabbitmq,
    )?;
    let mail = match &spec.mail {
        Some(mail) => {
            let name = &mail.smtp_secret_ref.name;
            let keys = [("SMTP_URL".to_owned(), Some((Service::Worker, "SMTP_URL")))];
            let mut data = reader.optional("spec.mail.smtpSecretRef", name, &keys)?;
            if !seen.secrets.contains_key(name)
                && let Some(data) = &mut data
                && let Some(from) = reader.given(Service::Worker, "MAIL_FROM")
            {
                data.insert("MAIL_FROM".into(), from);
            }
            data
        }
        None => None,
    };
    let payments = match &spec.payments.secret_ref {
        Some(secret) => {
            let keys = ["SANDBOX_API_KEY", "SANDBOX_WEBHOOK_SECRET"]
                .map(|key| (key.to_owned(), Some((Service::Payment, key))));
            reader.optional("spec.payments.secretRef", &secret.name, &keys)?
        }
        None => None,
    };
    for (service, key) in spec.services.variables() {
        let field = format!("spec.services.{service}.env");
        reader.optional(&field, &key.name, &[(key.key.clone(), None)])?;
    }
    let variables = spec
        .services
        .variables()
        .filter_map(|(_, key)| {
            let data = seen.secrets.get(&key.name)?;
            Some((key.name.clone(), data.clone()))
        })
        .collect();
    let referenced = Referenced {
        postgres,
        redis,
        rabbitmq,
        mail,
        payments,
        variables,
    };
    Ok((referenced, reader.lacks))
}

/// A key of a Secret, and the variable of a service that has its value, too.
type Key = (String, Option<(Service, &'static str)>);

impl Reader<'_> {
    /// What is needed in any case: there, or given to a service before.
    fn external(
        &mut self,
        dependency: &Dependency,
        field: &str,
        keys: &[Key],
    ) -> Result<Option<SecretData>, Refusal> {
        let Some(external) = &dependency.external else {
            return Ok(None);
        };
        let name = &external.secret_ref.name;
        match self.optional(field, name, keys)? {
            Some(data) => Ok(Some(data)),
            None => self.needed(field, name, keys).map(Some),
        }
    }

    /// What is needed to begin with; what serves goes on with what was given to it before, or without.
    fn optional(
        &mut self,
        field: &str,
        name: &str,
        keys: &[Key],
    ) -> Result<Option<SecretData>, Refusal> {
        match self.needed(field, name, keys) {
            Ok(data) => Ok(Some(data)),
            Err(Refusal::Waiting { message, .. }) if self.serves => {
                if !self.lacks.contains(&message) {
                    self.lacks.push(message);
                }
                Ok(keys
                    .iter()
                    .map(|(key, copy)| {
                        let (service, variable) = (*copy)?;
                        Some((key.clone(), self.given(service, variable)?))
                    })
                    .collect())
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// What a service was given.
    fn given(&self, service: Service, variable: &str) -> Option<String> {
        let platform = self.seen.platform.metadata.name.as_deref()?;
        live_secret(self.seen, &format!("{platform}-{service}"), variable)
    }

    fn needed(&self, field: &str, name: &str, keys: &[Key]) -> Result<SecretData, Refusal> {
        let names = |keys: &mut dyn Iterator<Item = &Key>| {
            keys.map(|(key, _)| key.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let Some(data) = self.seen.secrets.get(name) else {
            return Err(Refusal::Waiting {
                reason: "SecretMissing",
                message: format!(
                    "there is no Secret {name}, which {field} names; make it with {}",
                    names(&mut keys.iter())
                ),
            });
        };
        let empty = |(key, _): &&Key| data.get(key).is_none_or(|value| value.trim().is_empty());
        let missing = names(&mut keys.iter().filter(empty));
        if missing.is_empty() {
            return Ok(data.clone());
        }
        Err(Refusal::Waiting {
            reason: "SecretIncomplete",
            message: format!("Secret {name}, which {field} names, lacks {missing}"),
        })
    }
}
