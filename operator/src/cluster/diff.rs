//! Whether an object already is what would be applied.

use serde_json::Value;

use crate::quantity;

/// Fields whose texts are quantities, of which the API server knows one spelling.
const QUANTITIES: [&str; 4] = ["cpu", "memory", "storage", "sizeLimit"];

/// Lists that others may add to.
const SHARED: [&str; 2] = ["ownerReferences", "finalizers"];

/// Whether `live` has everything that `wanted` says. What else it has, defaults and other managers' fields, does not matter.
pub fn covers(live: &Value, wanted: &Value) -> bool {
    holds("", live, wanted)
}

fn holds(key: &str, live: &Value, wanted: &Value) -> bool {
    match (live, wanted) {
        (_, wanted) if is_empty(wanted) => is_empty(live) || live.is_object(),
        (Value::Object(live), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| holds(key, live.get(key).unwrap_or(&Value::Null), wanted)),
        (Value::Array(live), Value::Array(wanted)) => list_holds(key, live, wanted),
        (Value::String(live), Value::String(wanted)) if QUANTITIES.contains(&key) => {
            quantity::same(live, wanted)
        }
        (live, wanted) => live == wanted,
    }
}

/// Items that have names are found by them, in any order. No list has more than we want: a container, a variable or a port of
/// somebody else's is none of the platform.
fn list_holds(key: &str, live: &[Value], wanted: &[Value]) -> bool {
    if live.len() != wanted.len() && !SHARED.contains(&key) {
        return false;
    }
    let named = wanted.iter().all(|item| item["name"].is_string());
    if named {
        return wanted.iter().all(|wanted| {
            live.iter()
                .find(|live| live["name"] == wanted["name"])
                .is_some_and(|live| holds("", live, wanted))
        });
    }
    live.iter()
        .zip(wanted)
        .all(|(live, wanted)| holds("", live, wanted))
}

/// The API server leaves out what is empty.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn defaults_and_spellings_do_not_matter() {
        let wanted = json!({"spec": {
            "replicas": 2, "env": [], "selector": {},
            "containers": [{"name": "a", "resources": {"limits": {"memory": "1024Mi", "cpu": "0.5"}}}],
        }});
        let live = json!({"spec": {
            "replicas": 2, "selector": {"x": "y"}, "paused": false,
            "containers": [{"name": "a", "image": "x", "resources": {"limits": {"memory": "1Gi", "cpu": "500m"}}}],
        }});
        assert!(covers(&live, &wanted));
    }

    #[test]
    fn changes_do() {
        let wanted = json!({"a": 1, "list": ["x", "y"], "named": [{"name": "n", "value": "1"}], "data": {"memory": "1Gi"},
            "ownerReferences": [{"name": "a"}]});
        assert!(covers(&wanted, &wanted));
        let mut owned = wanted.clone();
        owned["ownerReferences"] = json!([{"name": "b"}, {"name": "a"}]);
        assert!(covers(&owned, &wanted));
        for (path, value) in [
            ("/a", json!(2)),
            ("/list", json!(["y", "x"])),
            ("/list", json!(["x", "y", "z"])),
            ("/named", json!([])),
            (
                "/named",
                json!([{"name": "n", "value": "1"}, {"name": "sidecar"}]),
            ),
            ("/named/0/value", json!("2")),
            ("/data/memory", json!("1G")),
        ] {
            let mut live = wanted.clone();
            *live.pointer_mut(path).unwrap() = value;
            assert!(!covers(&live, &wanted), "{path}");
        }
    }
}
