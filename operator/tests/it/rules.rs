//! Every rule of the two kinds, broken one by one.

use std::collections::BTreeSet;

use operator::api::{EventPlatformSpec, committed};
use serde_json::{Value, json};

use crate::schema::{self, PLATFORM, RESTORE, admit, object, platform, platform_change, put};

pub(crate) const SERVICES: [&str; 6] = [
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
            "spec.backup.destination: spec.backup.destination has both storage and claimName: keep one of them and set the other to null".to_owned(),
        ),
    ];
    cases.push((
        json!({"postgres": {"external": {"secretRef": {"name": "urls"}}}, "backup": {"pointInTime": {}}}),
        "spec: spec.backup.pointInTime is for the PostgreSQL that the operator runs, and spec.postgres is external: leave pointInTime out and have whoever runs it keep its WAL".to_owned(),
    ));
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
            format!("{place}: {place} has both managed and external: keep one of them and set the other to null"),
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
    cases.push((
        json!({"backup": {"pointInTime": {"storage": "8Gi"}}}),
        json!({"backup": {"pointInTime": {}}}),
        "spec.backup.pointInTime.storage: storage cannot shrink from 8Gi to 4Gi: volumes only grow"
            .to_owned(),
    ));
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
        json!({"backup": {"pointInTime": {}}}),
        json!({"backup": {"pointInTime": {"claimName": "nfs", "at": "23:59", "retention": 30, "archiveTimeoutSeconds": 5}}}),
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
        (json!({"backup": {}}), 4736),
        (json!({"backup": {"pointInTime": {}}}), 4736 + 256),
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
fn a_restore_to_a_moment_names_it() {
    let restore = |spec: Value| admit(&RESTORE, &object("again", &spec), None);
    for time in [
        "latest",
        "2026-11-28T12:00:00Z",
        "2026-11-28T12:00:00.123456+01:00",
    ] {
        restore(json!({"platform": "demo", "targetTime": time})).expect("it is right");
        restore(json!({"platform": "demo", "targetTime": time, "backup": "latest"}))
            .expect("it is right");
        assert_eq!(
            restore(json!({"platform": "demo", "targetTime": time, "backup": "20261125T155421Z"})),
            Err(vec![
                "spec: a restore to targetTime does not begin from the dump 20261125T155421Z: leave out backup, or leave out targetTime to put that dump back".to_owned()
            ])
        );
    }
    for time in [
        "",
        "now",
        "2026-11-28",
        "2026-11-28 12:00:00Z",
        "2026-11-28T12:00:00",
    ] {
        restore(json!({"platform": "demo", "targetTime": time})).expect_err("it is wrong");
    }
}

#[test]
fn when_base_backups_are_taken_has_bounds() {
    for (field, value) in [
        ("at", json!("24:00")),
        ("at", json!("3:30")),
        ("retention", json!(0)),
        ("retention", json!(31)),
        ("archiveTimeoutSeconds", json!(4)),
        ("archiveTimeoutSeconds", json!(3601)),
        ("storage", json!("4G")),
        ("claimName", json!("")),
    ] {
        let faults = platform(&spec(&format!("backup.pointInTime.{field}"), value.clone()))
            .expect_err("it is wrong");
        assert_eq!(faults.len(), 1, "{field} {value}: {faults:?}");
    }
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
