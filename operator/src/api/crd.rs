//! The CustomResourceDefinitions, as the chart ships them.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt as _;
use serde_json::{Value, json};

use super::{EventPlatform, EventPlatformRestore, EventPlatformSpec, defaults};

/// `EventPlatform` with its defaults.
pub fn platform_crd() -> Value {
    let mut crd = with_annotations(EventPlatform::crd());
    let schema = &mut crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    let default =
        json!({"spec": serde_json::to_value(EventPlatformSpec::default()).unwrap_or_default()});
    defaults::write(schema, &default);
    crd
}

pub fn restore_crd() -> Value {
    with_annotations(EventPlatformRestore::crd())
}

/// Both, in the order in which they are installed.
pub fn crds() -> [Value; 2] {
    [platform_crd(), restore_crd()]
}

/// Helm must not delete every platform with the operator.
fn with_annotations(crd: CustomResourceDefinition) -> Value {
    let mut crd = serde_json::to_value(crd).unwrap_or_default();
    let schema = &mut crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    never_null(schema);
    // Rules may name only what the schema knows.
    schema["properties"]["metadata"] =
        json!({"type": "object", "properties": {"name": {"type": "string"}}});
    crd["metadata"]["annotations"] = json!({"helm.sh/resource-policy": "keep"});
    crd
}

/// A null is then the same as nothing to the API server, and no rule need think of it.
fn never_null(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.remove("nullable");
            fields.values_mut().for_each(never_null);
        }
        Value::Array(items) => items.iter_mut().for_each(never_null),
        _ => {}
    }
}
