//! What an API server does with an object before it stores it: defaults, the schema's bounds, then the rules.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{LazyLock, Mutex, PoisonError},
};

use kube_cel::{Validator, apply_defaults};
use regex::Regex;
use serde_json::{Value, json};

pub(crate) static PLATFORM: LazyLock<Value> = LazyLock::new(|| of(operator::api::platform_crd()));
pub(crate) static RESTORE: LazyLock<Value> = LazyLock::new(|| of(operator::api::restore_crd()));

fn of(mut crd: Value) -> Value {
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].take()
}

/// An EventPlatform as it would be stored, or what is wrong with it.
pub(crate) fn platform(spec: &Value) -> Result<Value, Vec<String>> {
    admit(&PLATFORM, &object("demo", spec), None)
}

/// The same for a change.
pub(crate) fn platform_change(old: &Value, new: &Value) -> Result<Value, Vec<String>> {
    admit(&PLATFORM, &object("demo", new), Some(&object("demo", old)))
}

pub(crate) fn object(name: &str, spec: &Value) -> Value {
    json!({"apiVersion": "eventplatform.dev/v1alpha1", "kind": "EventPlatform", "metadata": {"name": name}, "spec": spec})
}

pub(crate) fn admit(
    schema: &Value,
    object: &Value,
    old: Option<&Value>,
) -> Result<Value, Vec<String>> {
    let object = apply_defaults(schema, object);
    let faults = faults(schema, &object);
    if !faults.is_empty() {
        return Err(faults);
    }
    match Validator::new().validate(schema, &object, old) {
        Ok(()) => Ok(object),
        // A rule with a path of its own begins it with a dot.
        Err(errors) => Err(errors
            .iter()
            .map(|error| error.to_string().trim_start_matches('.').to_owned())
            .collect()),
    }
}

/// Which rules an EventPlatform breaks, each with its place.
pub(crate) fn broken(object: &Value, old: Option<&Value>) -> Vec<(String, String)> {
    let errors = match Validator::new().validate(&PLATFORM, object, old) {
        Ok(()) => return Vec::new(),
        Err(errors) => errors,
    };
    errors
        .iter()
        .map(|error| (error.field_path.replace("[0]", ".0"), error.rule.clone()))
        .collect()
}

/// What the schema's types and bounds have against a value, each with its place.
pub(crate) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look(schema, value, "", &mut found);
    found
}

fn look(schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    let keywords = schema.as_object().expect("a schema is an object");
    let mut say = |fault: String| found.push(format!("{place}: {fault}"));
    let text = value.as_str();
    let number = value.as_f64();
    let length = text
        .map(|text| text.chars().count() as u64)
        .or(value.as_array().map(|items| items.len() as u64));
    for (keyword, limit) in keywords {
        match keyword.as_str() {
            "type" if !is_of(limit, value) => say(format!("{value} is not of type {limit}")),
            "enum" if !limit.as_array().expect("a list").contains(value) => {
                say(format!("{value} is none of {limit}"));
            }
            "pattern" => {
                let pattern = limit.as_str().expect("a pattern");
                if text.is_some_and(|text| !is_match(pattern, text)) {
                    say(format!("{value} does not match {pattern}"));
                }
            }
            "minLength" if length < limit.as_u64() => {
                say(format!("{value} is shorter than {limit}"));
            }
            "maxLength" if length > limit.as_u64() => say(format!("text is longer than {limit}")),
            "maxItems" if length > limit.as_u64() => say(format!("list is longer than {limit}")),
            "minimum" if number < limit.as_f64() => {
                say(format!(
                    "{value} is less than {}",
                    limit.as_f64().unwrap_or_default()
                ));
            }
            "maximum" if number > limit.as_f64() => {
                say(format!(
                    "{value} is more than {}",
                    limit.as_f64().unwrap_or_default()
                ));
            }
            "x-kubernetes-list-map-keys" => {
                let key = limit[0].as_str().expect("a key");
                let mut seen = BTreeSet::new();
                for item in value.as_array().into_iter().flatten() {
                    if !seen.insert(item[key].to_string()) {
                        say(format!("{} is there twice", item[key]));
                    }
                }
            }
            "required" => {
                for name in limit
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                {
                    if value.get(name).is_none() {
                        say(format!("{name} is missing"));
                    }
                }
            }
            "type"
            | "enum"
            | "minLength"
            | "maxLength"
            | "maxItems"
            | "minimum"
            | "maximum"
            | "properties"
            | "additionalProperties"
            | "items"
            | "default"
            | "description"
            | "format"
            | "title"
            | "x-kubernetes-list-type"
            | "x-kubernetes-validations" => {}
            unknown => panic!("{place} is bounded by {unknown}, which is not looked at here"),
        }
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let inner = schema["properties"]
                    .get(name)
                    .or(schema.get("additionalProperties"));
                match inner {
                    Some(inner) => look(inner, value, &join(place, name), found),
                    // apiVersion, kind and metadata are Kubernetes' own.
                    None if place.is_empty() || place == "metadata" => {}
                    None => found.push(format!("{place}: {name} is unknown")),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                look(
                    &schema["items"],
                    item,
                    &join(place, &index.to_string()),
                    found,
                );
            }
        }
        _ => {}
    }
}

fn is_match(pattern: &str, text: &str) -> bool {
    static PATTERNS: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    PATTERNS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(pattern.to_owned())
        .or_insert_with(|| Regex::new(pattern).expect("a valid pattern"))
        .is_match(text)
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        other => panic!("type {other} is not looked at here"),
    }
}

/// Every schema node with its place; list items are at `0`.
pub(crate) fn nodes<'a>(schema: &'a Value, place: &str) -> Vec<(String, &'a Value)> {
    let mut all = vec![(place.to_owned(), schema)];
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        all.extend(nodes(inner, &join(place, name)));
    }
    if let Some(items) = schema.get("items") {
        all.extend(nodes(items, &join(place, "0")));
    }
    if let Some(values) = schema.get("additionalProperties") {
        all.extend(nodes(values, &join(place, "*")));
    }
    all
}

fn join(place: &str, name: &str) -> String {
    if place.is_empty() {
        name.to_owned()
    } else {
        format!("{place}.{name}")
    }
}

/// Puts a value at a place, making what leads there.
pub(crate) fn put(object: &mut Value, place: &str, value: Value) {
    let mut here = object;
    for name in place.split('.') {
        here = match name.parse::<usize>() {
            Ok(index) => {
                if !here.is_array() {
                    *here = json!([]);
                }
                let items = here.as_array_mut().expect("a list");
                while items.len() <= index {
                    items.push(json!({}));
                }
                &mut items[index]
            }
            Err(_) => &mut here[name],
        };
    }
    *here = value;
}
