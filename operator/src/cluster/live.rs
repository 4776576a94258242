//! The objects of one platform as they were when they were read.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::build::Kind;

/// Everything that carries the platform's label, by kind and name.
#[derive(Clone, Debug, Default)]
pub struct Live {
    objects: BTreeMap<(Kind, String), Value>,
    pods: Vec<Value>,
}

impl Live {
    pub fn new(objects: impl IntoIterator<Item = (Kind, Value)>, pods: Vec<Value>) -> Self {
        let objects = objects
            .into_iter()
            .filter_map(|(kind, value)| {
                let name = value["metadata"]["name"].as_str()?.to_owned();
                Some(((kind, name), value))
            })
            .collect();
        Self { objects, pods }
    }

    pub fn get(&self, kind: Kind, name: &str) -> Option<&Value> {
        self.objects.get(&(kind, name.to_owned()))
    }

    pub fn all(&self) -> impl Iterator<Item = (Kind, &str, &Value)> {
        self.objects
            .iter()
            .map(|((kind, name), value)| (*kind, name.as_str(), value))
    }

    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&str, &Value)> {
        self.all()
            .filter(move |(found, ..)| *found == kind)
            .map(|(_, name, value)| (name, value))
    }

    /// Pods of a component that have not ended, newest first.
    pub fn pods_of(&self, component: &str) -> Vec<&Value> {
        let mut pods: Vec<_> = self
            .pods
            .iter()
            .filter(|pod| pod["metadata"]["labels"]["app.kubernetes.io/component"] == component)
            .filter(|pod| {
                pod["status"]["phase"] != "Failed" && pod["status"]["phase"] != "Succeeded"
            })
            .collect();
        pods.sort_by_key(|pod| {
            std::cmp::Reverse(
                pod["metadata"]["creationTimestamp"]
                    .as_str()
                    .unwrap_or_default(),
            )
        });
        pods
    }

    /// The newest pod of a Job.
    pub fn pod_of_job(&self, job: &str) -> Option<&Value> {
        self.pods
            .iter()
            .filter(|pod| pod["metadata"]["labels"]["batch.kubernetes.io/job-name"] == job)
            .max_by_key(|pod| {
                pod["metadata"]["creationTimestamp"]
                    .as_str()
                    .unwrap_or_default()
            })
    }
}
