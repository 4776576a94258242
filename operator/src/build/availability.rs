//! Disruption budgets and autoscalers.

use serde_json::json;

use super::{
    object::{Kind, Object},
    part::{Service, selector},
    plan::Plan,
};
use crate::api::Autoscaling;

/// Where two pods and more run, a drained node may take one at a time. For a single pod it would block the drain for ever.
pub(super) fn disruption_budget(plan: &Plan, service: Service) -> Option<Object> {
    let fewest = plan.fewest(service).or(plan.settings(service).replicas)?;
    (fewest >= 2 && !plan.stopped).then(|| {
        Object::new(
            Kind::PodDisruptionBudget,
            json!({
                "metadata": plan.metadata(&plan.of(service.name()), service.name()),
                "spec": {
                    "maxUnavailable": 1,
                    "selector": {"matchLabels": selector(&plan.name, service.name())},
                },
            }),
        )
    })
}

pub(super) fn autoscaler(plan: &Plan, service: Service) -> Option<Object> {
    let scaling = autoscaling(plan, service)?;
    (!plan.stopped).then(|| {
        Object::new(
            Kind::HorizontalPodAutoscaler,
            json!({
                "metadata": plan.metadata(&plan.of(service.name()), service.name()),
                "spec": {
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": plan.of(service.name())},
                    "minReplicas": scaling.min,
                    "maxReplicas": scaling.max,
                    "metrics": [{
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": scaling.cpu_percent}},
                    }],
                },
            }),
        )
    })
}

/// The worker has none: the operator follows its queue.
fn autoscaling(plan: &Plan, service: Service) -> Option<&Autoscaling> {
    let services = &plan.release.services;
    match service {
        Service::Auth => services.auth.autoscaling.as_ref(),
        Service::Catalog => services.catalog.autoscaling.as_ref(),
        Service::Booking => services.booking.autoscaling.as_ref(),
        Service::Payment => services.payment.autoscaling.as_ref(),
        Service::Frontend => services.frontend.autoscaling.as_ref(),
        Service::Worker | Service::Sandbox => None,
    }
}
