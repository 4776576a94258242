//! The state of each platform as metrics. What there is not, or no longer, is not a number: nobody compares with that.

use kit::metrics::{describe_gauge, gauge};
use kube::ResourceExt as _;
use x509_parser::pem::Pem;

use super::Aspect;
use crate::{
    api::{ConditionStatus, EventPlatform, EventPlatformStatus},
    cluster::Seen,
};

pub fn describe_gauges() {
    describe_gauge!(
        "operator_platform_ready",
        "1 while the platform is ready, by namespace and name"
    );
    describe_gauge!(
        "operator_platform_condition",
        "1 while a condition of the platform is true, 0 while it is false, and no number while it is unknown"
    );
    describe_gauge!(
        "operator_platform_last_backup_timestamp_seconds",
        "When the last backup was finished, by namespace and name"
    );
    describe_gauge!(
        "operator_platform_certificate_expiry_timestamp_seconds",
        "When the certificate of spec.ingress.tlsSecret ends, by namespace and name"
    );
}

pub(super) fn tell(seen: &Seen, status: &EventPlatformStatus) {
    let platform = &seen.platform;
    let found = |aspect: Aspect| {
        status
            .conditions
            .iter()
            .find(|condition| condition.type_ == aspect.name())
            .map(|condition| condition.status)
    };
    let condition = |aspect| match found(aspect) {
        Some(ConditionStatus::True) => 1.0,
        Some(ConditionStatus::False) => 0.0,
        Some(ConditionStatus::Unknown) | None => f64::NAN,
    };
    let ready = found(Aspect::Ready) == Some(ConditionStatus::True);
    let ready = f64::from(u8::from(ready));
    // One that was switched off is not missed.
    let backup = status
        .last_backup
        .as_ref()
        .filter(|_| platform.spec.backup.is_some())
        .map(|backup| backup.time.timestamp());
    set(platform, ready, condition, backup, expiry(seen));
}

/// Nothing is measured of a platform that is gone.
pub(super) fn forget(platform: &EventPlatform) {
    set(platform, f64::NAN, |_| f64::NAN, None, None);
}

fn set(
    platform: &EventPlatform,
    ready: f64,
    condition: impl Fn(Aspect) -> f64,
    backup: Option<i64>,
    expiry: Option<i64>,
) {
    let namespace = platform.namespace().unwrap_or_default();
    let name = platform.name_any();
    let labels = [("namespace", namespace.clone()), ("name", name.clone())];
    gauge!("operator_platform_ready", &labels).set(ready);
    gauge!("operator_platform_last_backup_timestamp_seconds", &labels).set(time(backup));
    gauge!(
        "operator_platform_certificate_expiry_timestamp_seconds",
        &labels
    )
    .set(time(expiry));
    for aspect in Aspect::ALL {
        gauge!("operator_platform_condition",
            "namespace" => namespace.clone(), "name" => name.clone(), "condition" => aspect.name())
        .set(condition(aspect));
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit")]
fn time(seconds: Option<i64>) -> f64 {
    seconds.map_or(f64::NAN, |seconds| seconds as f64)
}

/// When the certificate ends that browsers are shown: the first of the file; the others are those who vouch for it.
fn expiry(seen: &Seen) -> Option<i64> {
    let secret = seen.platform.spec.ingress.as_ref()?.tls_secret.as_ref()?;
    let text = seen.secrets.get(secret)?.get("tls.crt")?;
    ends(text)
}

fn ends(certificates: &str) -> Option<i64> {
    let first = Pem::iter_from_buffer(certificates.as_bytes())
        .next()?
        .ok()?;
    let certificate = first.parse_x509().ok()?;
    Some(certificate.validity().not_after.timestamp())
}
