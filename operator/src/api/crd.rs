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
    // Rules may name only what the schema knows.
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["metadata"] =
        json!({"type": "object", "properties": {"name": {"type": "string"}}});
    crd["metadata"]["annotations"] = json!({"helm.sh/resource-policy": "keep"});
    crd
}
