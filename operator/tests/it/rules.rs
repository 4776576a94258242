//! Every rule and every bound of the two kinds, broken one by one.

use std::collections::BTreeSet;

use operator::api::{EventPlatformSpec, committed};
use serde_json::{Value, json};

use crate::schema::{self, PLATFORM, RESTORE, admit, object, platform, platform_change, put};

const SERVICES: [&str; 6] = [
    "auth", "catalog", "booking", "payment", "worker", "frontend",
];

fn spec(place: &str, value: Value) -> Value {
    let mut spec = json!({});
    put(&mut spec, place, value);
    spec
}

/// A spec that breaks one rule, and the one sentence that this gives.
fn wrong() -> Vec<(Value, String)> {
    let mut cases = vec![
        (
            json!({"services": {"booking": {"replicas": 9}}}),
            "spec: limits add up to 7424Mi, the memory budget is 5632Mi; lower replicas or limits, or raise spec.memoryBudget".to_owned(),
        ),
        (
            json!({"memoryBudget": "4735Mi"}),
            "spec: limits add up to 4736Mi, the memory budget is 4735Mi; lower replicas or limits, or raise spec.memoryBudget".to_owned(),
        ),
        (
            json!({"memoryBudget": "64Gi", "services": {"auth": {"replicas": 13}, "worker": {"autoscaling": {"min": 1, "max": 3}}}}),
            "spec: the services may open 208 connections, the PostgreSQL that the operator runs has 200; lower replicas or autoscaling.max, or use spec.postgres.external".to_owned(),
        ),
        (
            json!({"backup": {"destination": {}}}),
            "spec.backup.destination: spec.backup.destination has neither storage nor claimName: set one of them".to_owned(),
        ),
        (
            json!({"backup": {"destination": {"storage": "1Gi", "claimName": "nfs"}}}),
            "spec.backup.destination: spec.backup.destination has both storage and claimName: keep one of them".to_owned(),
        ),
    ];
    for schedule in [
        "99 99 * * *",
        "0 24 * * *",
        "0 3 0 * *",
        "0 3 * 13 *",
        "0 3 * * 7",
        "*/0 3 * * *",
        "0 3 * *",
        "0 3 * * * *",
        "@daily",
        "",
    ] {
        cases.push((
            spec("backup.schedule", json!(schedule)),
            format!("spec.backup.schedule: {schedule} is no schedule: write minute (0-59), hour (0-23), day (1-31), month (1-12) and weekday (0-6), such as 0 3 * * * for each night at 3:00 UTC"),
        ));
    }
    for name in ["postgres", "redis", "rabbitmq"] {
        let place = format!("spec.{name}");
        cases.push((
            spec(
                name,
                json!({"managed": {}, "external": {"secretRef": {"name": "urls"}}}),
            ),
            format!("{place}: {place} has both managed and external: keep one of them"),
        ));
        cases.push((
            spec(name, json!({})),
            format!("{place}: {place} has neither managed nor external: set one of them"),
        ));
        cases.extend(resources(&format!("{name}.managed")));
    }
    for name in SERVICES {
        let service = format!("services.{name}");
        cases.push((
            spec(&format!("{service}.autoscaling"), json!({"min": 3, "max": 2})),
            format!("spec.{service}.autoscaling: autoscaling.min is 3, which is more than autoscaling.max, 2: raise max or lower min"),
        ));
        cases.push((
            spec(&format!("{service}.env"), json!([{"name": "HOLD_TTL"}])),
            format!("spec.{service}.env[0]: variable HOLD_TTL has neither value nor valueFrom: it takes one of them"),
        ));
        cases.push((
            spec(
                &format!("{service}.env"),
                json!([{"name": "HOLD_TTL", "value": "600", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]),
            ),
            format!("spec.{service}.env[0]: variable HOLD_TTL has both value and valueFrom: it takes one of them"),
        ));
        cases.extend(resources(&service));
    }
    cases
}

fn resources(place: &str) -> [(Value, String); 2] {
    let resources = format!("{place}.resources");
    [
        (
            spec(
                &resources,
                json!({"requests": {"memory": "65Mi"}, "limits": {"memory": "64Mi"}}),
            ),
            format!(
                "spec.{resources}: requests.memory is 65Mi, which is more than limits.memory, 64Mi: lower the request or raise the limit"
            ),
        ),
        (
            spec(
                &resources,
                json!({"requests": {"cpu": "1"}, "limits": {"cpu": "999m"}}),
            ),
            format!(
                "spec.{resources}: requests.cpu is 1, which is more than limits.cpu, 999m: lower the request or raise the limit"
            ),
        ),
    ]
}

/// A change that breaks one rule.
fn wrong_changes() -> Vec<(Value, Value, String)> {
    let external = json!({"external": {"secretRef": {"name": "urls"}}});
    let mut cases = vec![
        (
            json!({}),
            json!({"postgres": external}),
            "spec.postgres: spec.postgres cannot change from managed to external, for the data would stay behind: make another EventPlatform and restore a backup into it".to_owned(),
        ),
        (
            json!({"postgres": external}),
            json!({}),
            "spec.postgres: spec.postgres cannot change from external to managed, for the data would stay behind: make another EventPlatform and restore a backup into it".to_owned(),
        ),
        (
            json!({"backup": {"destination": {"storage": "2Gi"}}}),
            json!({"backup": {"destination": {"storage": "2047Mi"}}}),
            "spec.backup.destination.storage: storage cannot shrink from 2Gi to 2047Mi: volumes only grow".to_owned(),
        ),
    ];
    for name in ["postgres", "redis", "rabbitmq"] {
        let place = format!("{name}.managed.storage");
        cases.push((
            spec(&place, json!("8Gi")),
            spec(&place, json!("7Gi")),
            format!("spec.{place}: storage cannot shrink from 8Gi to 7Gi: volumes only grow"),
        ));
    }
    cases
}

#[test]
fn each_rule_says_what_is_wrong_and_what_would_be_right() {
    for (spec, sentence) in wrong() {
        assert_eq!(platform(&spec), Err(vec![sentence]), "{spec}");
    }
    for (old, new, sentence) in wrong_changes() {
        assert_eq!(
            platform_change(&old, &new),
            Err(vec![sentence]),
            "{old} to {new}"
        );
    }
}

#[test]
fn names_are_short_enough_to_name_objects_by() {
    for name in ["4demo", "demo-", "Demo", "de.mo", &"a".repeat(41)] {
        assert_eq!(
            admit(&PLATFORM, &object(name, &json!({})), None),
            Err(vec![format!(
                "metadata.name: {name} is no name for an EventPlatform: at most 40 lower-case letters, digits or hyphens, a letter first and no hyphen last, for every object of the platform is named by it"
            )])
        );
    }
    for name in ["d", "demo-2", &"a".repeat(40)] {
        assert!(
            admit(&PLATFORM, &object(name, &json!({})), None).is_ok(),
            "{name}"
        );
    }
    let restore = |name: &str| {
        let mut restore = object(name, &json!({"platform": "demo"}));
        restore["kind"] = json!("EventPlatformRestore");
        admit(&RESTORE, &restore, None)
    };
    let long = "a".repeat(64);
    assert_eq!(
        restore(&long),
        Err(vec![format!(
            "metadata.name: {long} is too long for a restore: at most 63 characters, for its Jobs are labelled with it"
        )])
    );
    assert!(restore(&"a".repeat(63)).is_ok());
}

#[test]
fn a_restore_cannot_be_changed() {
    let restore = |spec: Value| object("again", &spec);
    let old = restore(json!({"platform": "demo"}));
    let change = |new: Value| admit(&RESTORE, &restore(new), Some(&old));
    assert_eq!(
        change(json!({"platform": "demo", "backup": "20260101T000000Z"})),
        Err(vec![
            "spec: a restore cannot be changed once it is made: delete it and make another one"
                .to_owned()
        ])
    );
    assert!(change(json!({"platform": "demo", "backup": "latest"})).is_ok());
}

/// A rule that is added is a rule that is tested: whoever adds one is asked for a case here.
#[test]
fn no_rule_is_untested() {
    let mut broken = BTreeSet::new();
    for (spec, _) in wrong() {
        broken.extend(schema::broken(&object("demo", &spec), None));
    }
    for (old, new, _) in wrong_changes() {
        broken.extend(schema::broken(
            &object("demo", &new),
            Some(&object("demo", &old)),
        ));
    }
    for (place, node) in schema::nodes(&PLATFORM["properties"]["spec"], "spec") {
        for rule in node["x-kubernetes-validations"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let rule = (
                place.clone(),
                rule["rule"].as_str().unwrap_or_default().to_owned(),
            );
            assert!(broken.contains(&rule), "no case breaks {rule:?}");
        }
    }
}

#[test]
fn what_is_right_is_taken() {
    for spec in [
        json!({}),
        json!({"memoryBudget": "4736Mi"}),
        json!({"postgres": {"external": {"secretRef": {"name": "urls"}}}}),
        json!({"redis": {"managed": {"storage": "2Gi"}}}),
        json!({"services": {"auth": {"autoscaling": {"min": 2, "max": 2}}}}),
        json!({"services": {"worker": {"autoscaling": {"min": 1, "max": 4, "messagesPerReplica": 50}}}}),
        json!({"services": {"auth": {"resources": {"requests": {"cpu": "0.5"}, "limits": {"cpu": "500m"}}}}}),
        json!({"backup": {}}),
        json!({"backup": {"destination": {"claimName": "nfs"}}}),
        json!({"services": {"frontend": {"replicas": 0}}}),
        json!({"memoryBudget": "64Gi", "services": {"auth": {"replicas": 13}, "frontend": {"replicas": 20}}}),
    ] {
        let stored = platform(&spec).unwrap_or_else(|faults| panic!("{spec}: {faults:?}"));
        serde_json::from_value::<EventPlatformSpec>(stored["spec"].clone())
            .unwrap_or_else(|error| panic!("{spec}: {error}"));
    }
    let grown = json!({"postgres": {"managed": {"storage": "8Gi"}}});
    assert!(platform_change(&json!({}), &grown).is_ok());
    assert!(
        platform_change(
            &grown,
            &json!({"postgres": {"managed": {"storage": "8192Mi"}}})
        )
        .is_ok()
    );
    let elsewhere = json!({"backup": {"destination": {"claimName": "nfs"}}});
    assert!(platform_change(&json!({"backup": {}}), &elsewhere).is_ok());
}

/// The API server and the operator add up the same.
#[test]
fn memory_is_added_up_alike() {
    let cases = [
        (json!({}), 4736),
        (
            json!({"services": {"auth": {"replicas": 0}, "worker": {"replicas": 7}}}),
            4736 + 3 * 128,
        ),
        (
            json!({"services": {"auth": {"autoscaling": {"min": 1, "max": 5}, "replicas": 1}}}),
            4736 + 3 * 128,
        ),
        (
            json!({"services": {"worker": {"autoscaling": {"min": 1, "max": 6}}}}),
            4736 + 4 * 128,
        ),
        (
            json!({"postgres": {"external": {"secretRef": {"name": "urls"}}}}),
            4736 - 1024,
        ),
        (
            json!({"redis": {"external": {"secretRef": {"name": "urls"}}}, "rabbitmq": {"external": {"secretRef": {"name": "urls"}}}}),
            4736 - 192 - 512,
        ),
        (
            json!({"services": {"frontend": {"resources": {"limits": {"memory": "1Gi"}}}}}),
            4736 + 2 * 960 + 640,
        ),
        (
            json!({"services": {"frontend": {"resources": {"limits": {"memory": "65537Ki"}}}}}),
            4736 + 1,
        ),
        (
            json!({"postgres": {"managed": {"resources": {"limits": {"memory": "2Gi"}}}}}),
            4736 + 1024,
        ),
        (
            json!({"services": {"auth": {"replicas": 13, "resources": {"limits": {"memory": "9999999Gi"}}}}}),
            143_359_985_664_i64 + 4096,
        ),
    ];
    for (case, mebibytes) in cases {
        let mut tight = case.clone();
        tight["memoryBudget"] = json!("1Mi");
        let said = platform(&tight).expect_err("it is over the budget");
        let defaulted = kube_cel::apply_defaults(&PLATFORM, &object("demo", &tight));
        let parsed: EventPlatformSpec =
            serde_json::from_value(defaulted["spec"].clone()).expect("a spec");
        let memory = committed(&parsed).expect("quantities");
        assert!(!memory.fits());
        assert_eq!(said, [format!("spec: {}", memory.excess())], "{case}");
        assert!(
            said[0].contains(&format!(" add up to {mebibytes}Mi,")),
            "{case}: {said:?}"
        );
    }
}

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
        "backup": {"destination": {"storage": "2Gi"}},
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

#[test]
fn a_restore_names_platform_and_dump() {
    let restore = |spec: Value| admit(&RESTORE, &object("again", &spec), None);
    let pattern = r"^(latest|([a-z0-9][-a-z0-9]*\.[a-z][-a-z0-9]*/)?[0-9]{8}T[0-9]{6}Z)$";
    for (spec, sentence) in [
        (json!({}), "spec: platform is missing".to_owned()),
        (
            json!({"platform": ""}),
            "spec.platform: \"\" is shorter than 1".to_owned(),
        ),
        (
            json!({"platform": "a".repeat(41)}),
            "spec.platform: text is longer than 40".to_owned(),
        ),
        (
            json!({"platform": "demo", "backup": "newest"}),
            format!("spec.backup: \"newest\" does not match {pattern}"),
        ),
        (
            json!({"platform": "demo", "dump": "x"}),
            "spec: dump is unknown".to_owned(),
        ),
    ] {
        assert_eq!(restore(spec.clone()), Err(vec![sentence]), "{spec}");
    }
    for backup in ["20261125T155421Z", "shop.production/20261125T155421Z"] {
        restore(json!({"platform": "demo", "backup": backup})).expect("it is right");
    }
    for backup in [
        "../20261125T155421Z",
        "production/20261125T155421Z",
        "a.b/latest",
    ] {
        restore(json!({"platform": "demo", "backup": backup})).expect_err("it is wrong");
    }
    let stored = restore(json!({"platform": "demo"})).expect("it is right");
    assert_eq!(stored["spec"]["backup"], "latest");
}

#[test]
fn what_is_misspelt_is_named() {
    for (spec, sentence) in [
        (json!({"sevices": {}}), "spec: sevices is unknown"),
        (
            json!({"services": {"auth": {"replica": 1}}}),
            "spec.services.auth: replica is unknown",
        ),
    ] {
        assert_eq!(platform(&spec), Err(vec![sentence.to_owned()]));
    }
}
