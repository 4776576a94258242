//! The definitions themselves: what `kubectl explain` and `kubectl get` show, defaults, and where copies of them lie.

use kube_cel::{Validator, apply_defaults, compile_schema};
use operator::api::{EventPlatformSpec, crds, platform_crd, restore_crd};
use serde_json::{Value, json};

use crate::schema::{PLATFORM, RESTORE, admit, faults, nodes, object};

/// The checkout.
fn file(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
    std::fs::read_to_string(format!("{root}{path}"))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn defaults_are_the_declared_ones() {
    let stored = apply_defaults(&PLATFORM, &json!({"metadata": {"name": "demo"}}));
    let spec: EventPlatformSpec = serde_json::from_value(stored["spec"].clone()).expect("a spec");
    assert_eq!(spec, EventPlatformSpec::default());
    let stored = apply_defaults(&PLATFORM, &object("demo", &json!({})));
    let spec: EventPlatformSpec = serde_json::from_value(stored["spec"].clone()).expect("a spec");
    assert_eq!(spec, EventPlatformSpec::default());
    assert_eq!(
        stored["spec"],
        serde_json::to_value(EventPlatformSpec::default()).expect("JSON")
    );
}

/// Whatever is left out at whatever depth is filled in.
#[test]
fn defaults_fill_in_at_any_depth() {
    let default = serde_json::to_value(EventPlatformSpec::default()).expect("JSON");
    let mut places = Vec::new();
    leaves(&default, "", &mut places);
    for place in places {
        let mut sparse = json!({});
        let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
        crate::schema::put(
            &mut sparse,
            parent.trim_start_matches('/').replace('/', ".").as_str(),
            json!({}),
        );
        let sparse = if parent.is_empty() { json!({}) } else { sparse };
        let filled = apply_defaults(&PLATFORM, &object("demo", &sparse));
        assert_eq!(
            filled["spec"].pointer(&place),
            default.pointer(&place),
            "{place}"
        );
    }
}

fn leaves(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                leaves(value, &format!("{place}/{name}"), found);
            }
        }
        _ => found.push(place.to_owned()),
    }
}

/// An API server holds each default against bounds and rules as it stands, without the defaults below it.
#[test]
fn each_default_is_right_as_it_stands() {
    for schema in [&*PLATFORM, &*RESTORE] {
        let bare = without_defaults(schema);
        let bare = nodes(&bare, "");
        for ((place, node), (_, bare)) in nodes(schema, "").into_iter().zip(bare) {
            let Some(default) = node.get("default") else {
                continue;
            };
            assert_eq!(faults(bare, default), [""; 0], "{place}");
            let result = Validator::new().validate(bare, default, None);
            assert!(result.is_ok(), "{place}: {result:?}");
        }
    }
}

fn without_defaults(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => fields
            .iter()
            // A field may be called so, too.
            .filter(|(name, value)| *name != "default" || value.get("type").is_some())
            .map(|(name, value)| (name.clone(), without_defaults(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

#[test]
fn rules_compile_and_cost_little() {
    for schema in [&*PLATFORM, &*RESTORE] {
        assert!(!compile_schema(schema).has_errors());
        for (place, node) in nodes(schema, "") {
            for rule in node["x-kubernetes-validations"]
                .as_array()
                .into_iter()
                .flatten()
            {
                let text = rule.to_string();
                // The API server takes its result for unboundedly long and refuses the definition.
                assert!(!text.contains("string("), "{place}: {text}");
                assert!(
                    !rule["rule"].as_str().unwrap_or_default().contains('\n'),
                    "{place}"
                );
            }
        }
    }
}

/// `kubectl explain` has a sentence for everything; nothing that people write is unbounded. The status is the operator's own.
#[test]
fn every_field_is_described_and_bounded() {
    for (schema, kind) in [
        (&*PLATFORM, "EventPlatform"),
        (&*RESTORE, "EventPlatformRestore"),
    ] {
        for (place, node) in nodes(schema, kind) {
            let its_own =
                !place.contains(".0") && !place.contains('*') && !place.contains(".metadata");
            let described = node["description"]
                .as_str()
                .is_some_and(|text| text.ends_with('.'));
            assert!(described || !its_own, "{place} has no description");
            assert!(
                node.get("nullable").is_none(),
                "{place}: a null would be another nothing"
            );
            if !place.starts_with(&format!("{kind}.spec")) {
                continue;
            }
            let bounded = match node["type"].as_str().expect("a type") {
                "string" => node.get("maxLength").is_some() || node.get("enum").is_some(),
                "array" => node.get("maxItems").is_some(),
                "integer" => node.get("minimum").is_some() && node.get("maximum").is_some(),
                "object" => node.get("additionalProperties").is_none(),
                _ => true,
            };
            assert!(bounded, "{place} is unbounded");
        }
    }
}

#[test]
fn they_are_called_what_people_type() {
    let [platform, restore] = crds();
    for (crd, plural, kind, short) in [
        (
            &platform,
            "eventplatforms",
            "EventPlatform",
            json!(["ep", "evp"]),
        ),
        (
            &restore,
            "eventplatformrestores",
            "EventPlatformRestore",
            json!(["epr"]),
        ),
    ] {
        assert_eq!(
            crd["metadata"]["name"],
            format!("{plural}.eventplatform.dev")
        );
        assert_eq!(
            crd["metadata"]["annotations"]["helm.sh/resource-policy"],
            "keep"
        );
        assert_eq!(crd["spec"]["scope"], "Namespaced");
        assert_eq!(crd["spec"]["names"]["kind"], kind);
        assert_eq!(crd["spec"]["names"]["shortNames"], short);
        assert_eq!(crd["spec"]["versions"][0]["name"], "v1alpha1");
        assert!(
            crd["spec"]["versions"][0]["subresources"]
                .get("status")
                .is_some()
        );
        let applied = serde_json::to_string(crd).expect("JSON").len();
        assert!(
            applied < 200_000,
            "kubectl apply keeps a copy in an annotation of at most 262144 bytes, {kind} has {applied}"
        );
    }
    let columns = |crd: &Value| -> Vec<String> {
        let columns = crd["spec"]["versions"][0]["additionalPrinterColumns"].as_array();
        columns
            .into_iter()
            .flatten()
            .filter_map(|column| column["name"].as_str().map(str::to_uppercase))
            .collect()
    };
    assert_eq!(
        columns(&platform_crd()),
        ["READY", "MIGRATED", "VERSION", "SERVICES", "AGE", "REASON"]
    );
    assert_eq!(
        columns(&restore_crd()),
        [
            "PLATFORM",
            "BACKUP",
            "RECOVERED TO",
            "PHASE",
            "AGE",
            "MESSAGE"
        ]
    );
    let scale = &platform["spec"]["versions"][0]["subresources"]["scale"];
    for (path, place) in [
        (&scale["specReplicasPath"], "spec.services.worker.replicas"),
        (&scale["statusReplicasPath"], "status.worker.replicas"),
        (&scale["labelSelectorPath"], "status.worker.selector"),
    ] {
        assert_eq!(*path, format!(".{place}"));
        assert!(
            nodes(&PLATFORM, "").iter().any(|(there, _)| there == place),
            "{place}"
        );
    }
}

#[test]
fn the_chart_has_these_definitions_and_this_version() {
    for crd in crds() {
        let plural = crd["spec"]["names"]["plural"].as_str().expect("a name");
        let path = format!("charts/event-platform/files/{plural}.json");
        let chart: Value = serde_json::from_str(&file(&path)).expect("JSON");
        assert!(
            chart == crd,
            "{path} is not what the operator gives: run make crds"
        );
    }
    let chart = yaml("charts/event-platform/Chart.yaml");
    for field in ["version", "appVersion"] {
        assert_eq!(
            chart[field],
            operator::api::VERSION,
            "{field} in Chart.yaml"
        );
    }
}

/// The samples can be applied as they stand.
#[test]
fn samples_are_right() {
    for name in ["minimal", "production", "multi-node"] {
        let sample = yaml(&format!("k3s/samples/{name}.yaml"));
        assert_eq!(sample["apiVersion"], "eventplatform.dev/v1alpha1");
        assert_eq!(sample["kind"], "EventPlatform");
        let stored =
            admit(&PLATFORM, &sample, None).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        let spec: EventPlatformSpec =
            serde_json::from_value(stored["spec"].clone()).expect("a spec");
        assert_eq!(spec.version, operator::api::VERSION, "{name}");
        assert_eq!(spec == EventPlatformSpec::default(), name == "minimal");
    }
}
