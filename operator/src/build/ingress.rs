//! The way in from outside the cluster.

use serde_json::json;

use super::{
    object::{Kind, Object},
    part::Service,
    plan::Plan,
};

pub(super) fn ingress(plan: &Plan) -> Option<Object> {
    let ingress = plan.spec.ingress.as_ref()?;
    let mut spec = json!({
        "rules": [{
            "host": ingress.host,
            "http": {"paths": [{
                "path": "/",
                "pathType": "Prefix",
                "backend": {"service": {"name": plan.of(Service::Frontend.name()), "port": {"name": "http"}}},
            }]},
        }],
    });
    if let Some(secret) = &ingress.tls_secret {
        spec["tls"] = json!([{"hosts": [ingress.host], "secretName": secret}]);
    }
    if let Some(class) = &ingress.class_name {
        spec["ingressClassName"] = class.as_str().into();
    }
    Some(Object::new(
        Kind::Ingress,
        json!({"metadata": plan.metadata(&plan.of("frontend"), "frontend"), "spec": spec}),
    ))
}
