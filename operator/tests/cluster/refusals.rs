//! What the API server itself refuses, in the words that people read. The whole table is in tests/it/rules.rs.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use operator::api::{EventPlatformSpec, committed};
use serde_json::{Value, json};

use crate::harness::{Outcome, World, apply};

pub(crate) async fn say_what_to_do(world: Arc<World>) -> Result<Outcome> {
    let platform = world.platform("refused").await?;
    let mut large = EventPlatformSpec::default();
    large.services.booking.replicas = 20;
    let too_much = committed(&large).context("no sum")?.excess();
    let cases: [(&str, Value, &str); 5] = [
        (
            "demo",
            json!({"services": {"booking": {"replicas": 20}}}),
            &too_much,
        ),
        (
            "demo",
            json!({"redis": {"external": {"secretRef": {"name": "r"}}, "managed": {}}}),
            "spec.redis has both managed and external: keep one of them and set the other to null",
        ),
        (
            "demo",
            json!({"services": {"auth": {"autoscaling": {"min": 3, "max": 2}}}}),
            "autoscaling.min is 3, which is more than autoscaling.max, 2: raise max or lower min",
        ),
        (
            "9lives",
            json!({}),
            "9lives is no name for an EventPlatform: at most 40 lower-case letters, digits or hyphens, a letter first and no hyphen last, for every object of the platform is named by it",
        ),
        (
            "demo",
            json!({"services": {"auth": {"env": [{"name": "A", "value": "x", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]}}}),
            "variable A has both value and valueFrom: it takes one of them",
        ),
    ];
    for (name, spec, sentence) in cases {
        let manifest = json!({
            "apiVersion": "eventplatform.dev/v1alpha1", "kind": "EventPlatform",
            "metadata": {"name": name, "namespace": platform.namespace}, "spec": spec,
        });
        let said = apply(&["apply"], &manifest)
            .await
            .err()
            .with_context(|| format!("accepted: {spec}"))?
            .to_string();
        ensure!(said.contains(sentence), "{spec} is refused by: {said}");
    }
    Ok(Outcome::Passed)
}
