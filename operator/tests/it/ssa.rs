//! Server-side apply, as far as this operator's objects need it: who applied which field, and what goes when it is applied no more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// Steps to a field: `f:NAME` into an object, `k:KEY=NAME` into a list of named items, `v:TEXT` into a set of texts.
type Path = Vec<String>;

/// The fields of each manager.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owners(BTreeMap<String, BTreeSet<Path>>);

impl Owners {
    /// Makes `live` what `manager` applies, by force.
    pub(crate) fn apply(&mut self, manager: &str, live: &mut Value, wanted: &Value) {
        let new = leaves(wanted);
        let old = self.0.remove(manager).unwrap_or_default();
        // An item is found by its key, so that goes last.
        let is_key = |path: &&Path| {
            path.last()
                .is_some_and(|step| step == "f:name" || step == "f:type")
        };
        let (keys, others): (Vec<_>, Vec<_>) = old.difference(&new).partition(is_key);
        for path in others.into_iter().chain(keys) {
            let kept = self
                .0
                .values()
                .chain([&new])
                .flatten()
                .any(|other| other.starts_with(path) || path.starts_with(other));
            if !kept {
                remove(live, path);
            }
        }
        for fields in self.0.values_mut() {
            fields.retain(|path| !new.contains(path) || find(live, path) == find(wanted, path));
        }
        merge("", live, wanted);
        if !new.is_empty() {
            self.0.insert(manager.to_owned(), new);
        }
    }

    /// As metadata has it.
    pub(crate) fn managed_fields(&self) -> Value {
        self.0
            .iter()
            .map(|(manager, paths)| {
                let mut fields = json!({});
                for path in paths {
                    let mut here = &mut fields;
                    for step in path {
                        here = &mut here[step];
                        if here.is_null() {
                            *here = json!({});
                        }
                    }
                }
                json!({"manager": manager, "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": fields})
            })
            .collect()
    }
}

/// The field that tells the items of a list apart, if there is one.
fn key_of(items: &[Value]) -> Option<&'static str> {
    if items.is_empty() {
        return None;
    }
    let all = |key: &str| items.iter().all(|item| item[key].is_string());
    if all("name") {
        Some("name")
    } else if all("lastTransitionTime") && all("type") {
        Some("type")
    } else {
        None
    }
}

fn leaves(value: &Value) -> BTreeSet<Path> {
    let mut found = BTreeSet::new();
    collect(value, "", &mut Vec::new(), &mut found);
    found
}

fn collect(value: &Value, name: &str, path: &mut Path, found: &mut BTreeSet<Path>) {
    let mut inner = |step: String, value: &Value| {
        path.push(step);
        collect(value, path[path.len() - 1].clone().as_str(), path, found);
        path.pop();
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                inner(format!("f:{name}"), value);
            }
        }
        Value::Array(items) if name == "f:finalizers" => {
            for item in items {
                inner(
                    format!("v:{}", item.as_str().unwrap_or_default()),
                    &Value::Null,
                );
            }
        }
        Value::Array(items) => match key_of(items) {
            Some(key) => {
                for item in items {
                    inner(
                        format!("k:{key}={}", item[key].as_str().unwrap_or_default()),
                        item,
                    );
                }
            }
            None => {
                found.insert(path.clone());
            }
        },
        _ => {
            found.insert(path.clone());
        }
    }
}

fn position(items: &[Value], step: &str) -> Option<usize> {
    if let Some(text) = step.strip_prefix("v:") {
        return items.iter().position(|item| item == text);
    }
    let (key, name) = step.strip_prefix("k:")?.split_once('=')?;
    items.iter().position(|item| item[key] == name)
}

fn find<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::Object(fields) => fields.get(step.strip_prefix("f:")?),
        Value::Array(items) => items.get(position(items, step)?),
        _ => None,
    })
}

/// Takes a field away, and what is empty without it.
fn remove(value: &mut Value, path: &[String]) {
    let Some((step, rest)) = path.split_first() else {
        return;
    };
    match value {
        Value::Object(fields) => {
            let name = step.strip_prefix("f:").unwrap_or_default();
            let Some(inner) = fields.get_mut(name) else {
                return;
            };
            remove(inner, rest);
            if rest.is_empty() || is_empty(inner) {
                fields.remove(name);
            }
        }
        Value::Array(items) => {
            let Some(index) = position(items, step) else {
                return;
            };
            remove(&mut items[index], rest);
            if rest.is_empty() || is_empty(&items[index]) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
        || value.as_array().is_some_and(Vec::is_empty)
}

fn merge(name: &str, live: &mut Value, wanted: &Value) {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => {
            for (name, wanted) in wanted {
                merge(name, live.entry(name).or_insert(Value::Null), wanted);
            }
        }
        (Value::Array(live), Value::Array(wanted)) if name == "finalizers" => {
            for item in wanted {
                if !live.contains(item) {
                    live.push(item.clone());
                }
            }
        }
        (Value::Array(live), Value::Array(wanted)) if key_of(wanted).is_some() => {
            let key = key_of(wanted).unwrap_or_default();
            // What is applied says the order.
            let mut merged = Vec::new();
            for item in wanted {
                let known = live.iter().position(|live| live[key] == item[key]);
                let mut value = known.map_or(Value::Null, |index| live.remove(index));
                merge("", &mut value, item);
                merged.push(value);
            }
            merged.append(live);
            *live = merged;
        }
        (live, wanted) => *live = wanted.clone(),
    }
}

#[test]
fn what_is_applied_no_more_goes_unless_another_has_it() {
    let mut owners = Owners::default();
    let mut live = json!({"status": {"kept": 1}});
    owners.apply(
        "a",
        &mut live,
        &json!({"spec": {"replicas": 2, "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}], "tls": {"secret": "s"}}}),
    );
    owners.apply("b", &mut live, &json!({"spec": {"replicas": 2}}));
    owners.apply(
        "a",
        &mut live,
        &json!({"spec": {"env": [{"name": "Y", "value": "3"}]}}),
    );
    assert_eq!(
        live,
        json!({"status": {"kept": 1}, "spec": {"replicas": 2, "env": [{"name": "Y", "value": "3"}]}})
    );
    owners.apply("a", &mut live, &json!({"spec": {"replicas": 5}}));
    owners.apply("b", &mut live, &json!({"spec": {}}));
    assert_eq!(live["spec"], json!({"replicas": 5}));

    let mut live = json!({"metadata": {"finalizers": ["other"]}});
    owners.apply(
        "a",
        &mut live,
        &json!({"metadata": {"finalizers": ["ours"]}}),
    );
    owners.apply("a", &mut live, &json!({"metadata": {"finalizers": []}}));
    assert_eq!(live, json!({"metadata": {"finalizers": ["other"]}}));
}
