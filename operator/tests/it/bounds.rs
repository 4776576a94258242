//! Every bound of every field, broken one by one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    rules::SERVICES,
    schema::{self, PLATFORM, platform, put},
};

/// All that can be set, so that any field of it can be set wrong.
fn full() -> Value {
    let service = json!({
        "image": "registry.example.com:5000/auth@sha256:0123",
        "env": [{"name": "A", "value": "b"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}],
        "autoscaling": {"min": 1, "max": 2},
    });
    let mut spec = json!({
        "imagePullSecrets": ["login"],
        "rabbitmq": {"external": {"secretRef": {"name": "urls"}}},
        "ingress": {"host": "tickets.example.com", "tlsSecret": "tls", "className": "traefik"},
        "mail": {"smtpSecretRef": {"name": "smtp"}},
        "payments": {"secretRef": {"name": "sandbox"}},
        "admin": {"secretRef": {"name": "admin"}},
        "tracing": {"endpoint": "http://collector.observability:4318"},
        "backup": {"destination": {"storage": "2Gi"}, "pointInTime": {"claimName": "nfs"}},
    });
    for name in SERVICES {
        spec["services"][name] = service.clone();
    }
    spec
}

/// A place, a value that is wrong there, and what is said of it. `*` stands for any one name.
fn bounds() -> Vec<(&'static str, Value, String)> {
    let quantity = "^[1-9][0-9]*(Ki|Mi|Gi)$";
    let size = "^[1-9][0-9]*(Mi|Gi|Ti)$";
    let cpu = "^([0-9]+m|[0-9]+([.][0-9]{1,3})?)$";
    let image = "^[a-zA-Z0-9][a-zA-Z0-9._/:@-]*$";
    let mut all = Vec::new();
    let mut number = |place, low: i64, high: i64| {
        all.push((
            place,
            json!(low - 1),
            format!("{} is less than {low}", low - 1),
        ));
        all.push((
            place,
            json!(high + 1),
            format!("{} is more than {high}", high + 1),
        ));
        all.push((place, json!("1"), "\"1\" is not of type \"integer\"".into()));
    };
    number("spec.services.*.replicas", 0, 20);
    number("spec.services.*.autoscaling.min", 1, 20);
    number("spec.services.*.autoscaling.max", 1, 20);
    number("spec.services.*.autoscaling.cpuPercent", 1, 1000);
    number(
        "spec.services.worker.autoscaling.messagesPerReplica",
        1,
        100_000,
    );
    number("spec.services.*.probes.*.periodSeconds", 1, 300);
    number("spec.services.*.probes.*.timeoutSeconds", 1, 60);
    number("spec.services.*.probes.*.failureThreshold", 1, 1000);
    number("spec.migrations.timeoutSeconds", 10, 86400);
    number("spec.migrations.maxRetries", 0, 10);
    number("spec.rollout.progressDeadlineSeconds", 10, 3600);
    number("spec.tracing.samplePercent", 0, 100);
    number("spec.backup.retention", 1, 365);
    number("spec.backup.pointInTime.retention", 1, 30);
    number("spec.backup.pointInTime.archiveTimeoutSeconds", 5, 3600);
    let mut text = |place, most: usize, pattern: Option<&str>, wrong: &[&str]| {
        all.push((
            place,
            json!("1".repeat(most + 1)),
            format!("text is longer than {most}"),
        ));
        all.push((place, json!(1), "1 is not of type \"string\"".into()));
        for wrong in wrong {
            let said = match pattern {
                Some(pattern) => format!("\"{wrong}\" does not match {pattern}"),
                None => format!("\"{wrong}\" is shorter than 1"),
            };
            all.push((place, json!(wrong), said));
        }
    };
    text(
        "spec.version",
        32,
        Some(r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$"),
        &["", "1", "v0.1.0", "0.1", "0.1.0-rc1", "00.1.0", "latest"],
    );
    text(
        "spec.backup.pointInTime.at",
        5,
        Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        &["", "24:00", "3:30", "03:60", "0330"],
    );
    text(
        "spec.backup.pointInTime.storage",
        16,
        Some(size),
        &["", "4G", "0Gi"],
    );
    text("spec.backup.pointInTime.claimName", 253, None, &[""]);
    text(
        "spec.imageRegistry",
        200,
        Some("^[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?$"),
        &["ghcr.io/", "https//x ", "GHCR.io"],
    );
    text("spec.imageRegistry", 200, None, &[""]);
    text(
        "spec.memoryBudget",
        9,
        Some(quantity),
        &["", "0Mi", "1.5Gi", "512", "512MB", "1Ti", "-1Mi"],
    );
    text("spec.services.*.image", 255, Some(image), &["a b", "-a"]);
    text("spec.services.*.image", 255, None, &[""]);
    text("spec.*.managed.image", 255, Some(image), &["a b", "-a"]);
    text("spec.*.managed.image", 255, None, &[""]);
    text(
        "spec.services.*.resources.requests.cpu",
        16,
        Some(cpu),
        &["", "1.", "20u", "0.0001", "-1"],
    );
    text(
        "spec.services.*.resources.limits.cpu",
        16,
        Some(cpu),
        &["", "1.", "20u", "0.0001", "-1"],
    );
    text(
        "spec.*.managed.resources.requests.cpu",
        16,
        Some(cpu),
        &["", "1.", "20u"],
    );
    text(
        "spec.*.managed.resources.limits.cpu",
        16,
        Some(cpu),
        &["", "1.", "20u"],
    );
    text(
        "spec.services.*.resources.requests.memory",
        16,
        Some(quantity),
        &["", "0Mi", "128M", "1e3"],
    );
    text(
        "spec.services.*.resources.limits.memory",
        9,
        Some(quantity),
        &["", "0Mi", "128M", "1e3"],
    );
    text(
        "spec.*.managed.resources.requests.memory",
        16,
        Some(quantity),
        &["", "0Mi", "128M"],
    );
    text(
        "spec.*.managed.resources.limits.memory",
        9,
        Some(quantity),
        &["", "0Mi", "128M"],
    );
    text(
        "spec.*.managed.storage",
        16,
        Some(size),
        &["", "0Gi", "4G", "1.5Gi"],
    );
    text(
        "spec.backup.destination.storage",
        16,
        Some(size),
        &["", "0Gi", "4G"],
    );
    text("spec.backup.destination.claimName", 253, None, &[""]);
    text("spec.backup.schedule", 100, None, &[]);
    text("spec.imagePullSecrets.0", 253, None, &[""]);
    let mut text = |place, most: usize, pattern: Option<&str>, wrong: &[&str]| {
        all.push((
            place,
            json!("1".repeat(most + 1)),
            format!("text is longer than {most}"),
        ));
        all.push((place, json!(1), "1 is not of type \"string\"".into()));
        for wrong in wrong {
            let said = match pattern {
                Some(pattern) => format!("\"{wrong}\" does not match {pattern}"),
                None => format!("\"{wrong}\" is shorter than 1"),
            };
            all.push((place, json!(wrong), said));
        }
    };
    text(
        "spec.services.*.env.0.name",
        64,
        Some("^[A-Z][A-Z0-9_]*$"),
        &["hold_ttl", "1A", "A-B"],
    );
    text("spec.services.*.env.0.name", 64, None, &[""]);
    text("spec.services.*.env.0.value", 4096, None, &[]);
    for place in [
        "spec.services.*.env.0.valueFrom.secretKeyRef.name",
        "spec.services.*.env.0.valueFrom.secretKeyRef.key",
        "spec.*.external.secretRef.name",
        "spec.payments.secretRef.name",
        "spec.admin.secretRef.name",
        "spec.mail.smtpSecretRef.name",
        "spec.ingress.tlsSecret",
        "spec.ingress.className",
    ] {
        text(place, 253, None, &[""]);
    }
    text(
        "spec.ingress.host",
        253,
        Some(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"),
        &[
            "Tickets.example.com",
            "https://example.com",
            "example.com.",
            "-a.b",
            "a..b",
        ],
    );
    text("spec.ingress.host", 253, None, &[""]);
    text(
        "spec.tracing.endpoint",
        255,
        Some("^https?://[^ ?#]+$"),
        &["collector:4317", "http://", "http://a b"],
    );
    text("spec.tracing.endpoint", 255, None, &[""]);
    for (place, allowed) in [
        ("spec.deletionPolicy", r#"["Retain","Delete"]"#),
        ("spec.rollout.onFailure", r#"["Rollback","Hold"]"#),
        ("spec.payments.provider", r#"["sandbox"]"#),
    ] {
        all.push((
            place,
            json!("retain"),
            format!("\"retain\" is none of {allowed}"),
        ));
        all.push((place, json!(1), "1 is not of type \"string\"".into()));
    }
    for place in ["spec.paused", "spec.migrations.backupBefore"] {
        all.push((
            place,
            json!("true"),
            "\"true\" is not of type \"boolean\"".into(),
        ));
    }
    for (place, missing) in [
        ("spec.services.*.autoscaling", &["min", "max"][..]),
        ("spec.services.*.env.0", &["name"]),
        ("spec.services.*.env.0.valueFrom", &["secretKeyRef"]),
        (
            "spec.services.*.env.0.valueFrom.secretKeyRef",
            &["name", "key"],
        ),
        ("spec.*.external", &["secretRef"]),
        ("spec.*.external.secretRef", &["name"]),
        ("spec.payments.secretRef", &["name"]),
        ("spec.admin", &["secretRef"]),
        ("spec.admin.secretRef", &["name"]),
        ("spec.mail", &["smtpSecretRef"]),
        ("spec.mail.smtpSecretRef", &["name"]),
        ("spec.ingress", &["host"]),
        ("spec.tracing", &["endpoint"]),
    ] {
        for name in missing {
            all.push((place, json!({}), format!("{name} is missing")));
        }
    }
    let many: Vec<_> = (0..51)
        .map(|n| json!({"name": format!("A{n}"), "value": ""}))
        .collect();
    all.push((
        "spec.services.*.env",
        json!(many),
        "list is longer than 50".into(),
    ));
    let many: Vec<_> = (0..11).map(|n| n.to_string()).collect();
    all.push((
        "spec.imagePullSecrets",
        json!(many),
        "list is longer than 10".into(),
    ));
    let twice = json!([{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]);
    all.push(("spec.services.*.env", twice, "\"A\" is there twice".into()));
    all
}

fn matches(pattern: &str, place: &str) -> bool {
    let (pattern, place): (Vec<_>, Vec<_>) =
        (pattern.split('.').collect(), place.split('.').collect());
    pattern.len() == place.len()
        && pattern
            .iter()
            .zip(&place)
            .all(|(pattern, name)| *pattern == "*" || pattern == name)
}

/// Which keyword of a schema a sentence is about.
fn keyword(sentence: &str) -> &'static str {
    [
        (" is less than ", "minimum"),
        (" is more than ", "maximum"),
        ("text is longer than ", "maxLength"),
        ("list is longer than ", "maxItems"),
        (" is shorter than ", "minLength"),
        (" does not match ", "pattern"),
        (" is none of ", "enum"),
        (" is missing", "required"),
        (" is there twice", "x-kubernetes-list-map-keys"),
        (" is not of type ", "type"),
    ]
    .into_iter()
    .find_map(|(text, keyword)| sentence.contains(text).then_some(keyword))
    .expect("a sentence of the validator's")
}

/// Every bound is broken once, and none is left out.
#[test]
fn each_bound_holds() {
    let full = full();
    assert!(platform(&full).is_ok(), "{:?}", platform(&full));
    let nodes = schema::nodes(&PLATFORM["properties"]["spec"], "spec");
    let mut broken = BTreeSet::new();
    for (pattern, value, sentence) in bounds() {
        let mut found = false;
        for (place, _) in nodes.iter().filter(|(place, _)| matches(pattern, place)) {
            found = true;
            let mut spec = json!({"spec": full.clone()});
            put(&mut spec, place, value.clone());
            let expected = format!("{place}: {sentence}");
            let said = platform(&spec["spec"]).expect_err(&expected);
            assert!(
                said.contains(&expected),
                "{place} = {value}: {said:?}, not {expected:?}"
            );
            broken.insert((place.clone(), keyword(&sentence)));
        }
        assert!(found, "there is nothing at {pattern}");
    }
    for (place, node) in &nodes {
        for keyword in [
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "maxItems",
            "pattern",
            "enum",
            "required",
            "x-kubernetes-list-map-keys",
        ] {
            let bounded = node.get(keyword).is_some();
            assert!(
                !bounded || broken.contains(&(place.clone(), keyword)),
                "{keyword} of {place} is not tested"
            );
        }
    }
}
