//! Controllers that make pods of what the operator applies, a step at a time.

use serde_json::{Value, json};

use crate::{
    apiserver::{State, is_over},
    world::Manners,
};

/// Everything whose owners are gone goes; claims that were deleted go when no pod mounts them.
pub(crate) fn collect_garbage(state: &mut State) -> bool {
    let uids: Vec<_> = state
        .objects
        .values()
        .map(|stored| stored.value["metadata"]["uid"].clone())
        .collect();
    let gone: Vec<_> = state
        .objects
        .iter()
        .filter(|(_, stored)| {
            let owners = stored.value["metadata"]["ownerReferences"].as_array();
            owners.is_some_and(|owners| {
                !owners.is_empty() && owners.iter().all(|owner| !uids.contains(&owner["uid"]))
            })
        })
        .map(|(key, _)| key.clone())
        .collect();
    for (plural, name) in &gone {
        state.remove(plural, name);
    }
    let mut moved = !gone.is_empty();
    for name in state.names("persistentvolumeclaims") {
        let claim = state
            .value("persistentvolumeclaims", &name)
            .cloned()
            .unwrap_or_default();
        let mounted = state.all("pods").any(|pod| {
            pod["spec"]["volumes"].as_array().is_some_and(|volumes| {
                volumes
                    .iter()
                    .any(|volume| volume["persistentVolumeClaim"]["claimName"] == name.as_str())
            })
        });
        if !claim["metadata"]["deletionTimestamp"].is_null() && !mounted {
            state.change("persistentvolumeclaims", &name, |claim| {
                claim["metadata"]["finalizers"] = json!([]);
            });
            moved = true;
        }
    }
    moved
}

fn digest(value: &Value) -> String {
    operator::build::digest(value)[..10].to_owned()
}

/// Makes a pod of a template.
fn pod(
    state: &mut State,
    owner: &Value,
    kind: &str,
    name: &str,
    template: &Value,
    labels: &Value,
    status: &Value,
) {
    let reference = json!({
        "apiVersion": "apps/v1", "kind": kind, "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"], "controller": true,
    });
    state.change("pods", name, |pod| {
        pod["metadata"]["labels"] = template["metadata"]["labels"].clone();
        for (key, value) in labels.as_object().into_iter().flatten() {
            pod["metadata"]["labels"][key] = value.clone();
        }
        pod["metadata"]["ownerReferences"] = json!([reference]);
        pod["metadata"]["annotations"] = template["metadata"]["annotations"].clone();
        pod["spec"] = template["spec"].clone();
        pod["status"] = status.clone();
    });
}

/// Names of an owner's pods, those of this template and the others.
fn pods_of(state: &State, owner: &Value, hash: &str) -> (Vec<String>, Vec<String>) {
    state
        .all("pods")
        .filter(|pod| pod["metadata"]["ownerReferences"][0]["uid"] == owner["metadata"]["uid"])
        .map(|pod| {
            (
                pod["metadata"]["labels"]["pod-template-hash"] == hash,
                pod["metadata"]["name"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            )
        })
        .fold(
            (Vec::new(), Vec::new()),
            |(mut new, mut old), (is_new, name)| {
                if is_new {
                    new.push(name);
                } else {
                    old.push(name);
                }
                (new, old)
            },
        )
}

pub(crate) fn stateful_set(state: &mut State, name: &str) -> bool {
    let Some(set) = state.value("statefulsets", name).cloned() else {
        return false;
    };
    let template = &set["spec"]["template"];
    let hash = digest(template);
    let generation = &set["metadata"]["generation"];
    if set["status"]["updateRevision"] != hash.as_str()
        || set["status"]["observedGeneration"] != *generation
    {
        state.change("statefulsets", name, |set| {
            let current = set["status"]["currentRevision"].clone();
            set["status"] = json!({
                "observedGeneration": generation, "replicas": 1, "readyReplicas": 0, "currentRevision": current, "updateRevision": hash,
            });
        });
        return true;
    }
    let (new, old) = pods_of(state, &set, &hash);
    for name in &old {
        state.remove("pods", name);
    }
    if set["spec"]["replicas"] == 0 {
        for name in &new {
            state.remove("pods", name);
        }
        if set["status"]["readyReplicas"] == 0 {
            return !old.is_empty() || !new.is_empty();
        }
        state.change("statefulsets", name, |set| {
            set["status"]["readyReplicas"] = 0.into();
        });
        return true;
    }
    if new.is_empty() {
        let status = json!({"phase": "Running"});
        pod(
            state,
            &set,
            "StatefulSet",
            &format!("{name}-0"),
            template,
            &json!({"pod-template-hash": hash}),
            &status,
        );
    }
    if set["status"]["readyReplicas"] == 1 && set["status"]["currentRevision"] == hash.as_str() {
        return !old.is_empty() || new.is_empty();
    }
    state.change("statefulsets", name, |set| {
        set["status"]["readyReplicas"] = 1.into();
        set["status"]["currentRevision"] = hash.into();
    });
    true
}

pub(crate) fn deployment(state: &mut State, manners: &Manners, name: &str) -> bool {
    let Some(deployment) = state.value("deployments", name).cloned() else {
        return false;
    };
    let template = &deployment["spec"]["template"];
    let hash = digest(template);
    let desired =
        usize::try_from(deployment["spec"]["replicas"].as_u64().unwrap_or(1)).unwrap_or_default();
    let generation = &deployment["metadata"]["generation"];
    let (mut new, mut old) = pods_of(state, &deployment, &hash);
    let report = |state: &mut State, new: usize, all: usize, available: usize, reason: &str| {
        let status = json!({
            "observedGeneration": generation,
            "replicas": all,
            "updatedReplicas": new,
            "readyReplicas": available,
            "availableReplicas": available,
            "conditions": [{
                "type": "Progressing",
                "status": if reason == "ProgressDeadlineExceeded" { "False" } else { "True" },
                "reason": reason,
            }],
        });
        if deployment["status"] == status {
            return false;
        }
        state.change("deployments", name, |deployment| {
            deployment["status"] = status;
        });
        true
    };
    // It takes a step until it is seen at all, so that there is something to wait for.
    if deployment["status"]["observedGeneration"] != *generation {
        let rolled_out =
            deployment["status"]["conditions"][0]["reason"] == "NewReplicaSetAvailable";
        let (all, reason) = (new.len() + old.len(), "NewReplicaSetCreated");
        return if old.is_empty() && rolled_out {
            // Another number of the same pods is no rollout.
            report(state, all, all, all, "NewReplicaSetAvailable")
        } else {
            report(state, new.len(), all, old.len(), reason)
        };
    }
    let image = template["spec"]["containers"][0]["image"]
        .as_str()
        .unwrap_or_default();
    let labels = json!({"pod-template-hash": hash});
    if desired > 0 && manners.broken.iter().any(|broken| image.contains(broken)) {
        if new.is_empty() {
            let status = json!({"phase": "Pending", "containerStatuses": [{
                "name": template["spec"]["containers"][0]["name"],
                "state": {"waiting": {"reason": "ImagePullBackOff", "message": format!("Back-off pulling image \"{image}\"")}},
            }]});
            pod(
                state,
                &deployment,
                "ReplicaSet",
                &format!("{name}-{hash}-0"),
                template,
                &labels,
                &status,
            );
            new.push(String::new());
        }
        return report(
            state,
            new.len(),
            new.len() + old.len(),
            old.len(),
            "ProgressDeadlineExceeded",
        );
    }
    let mut moved = !old.is_empty();
    for name in old.drain(..).chain(new.split_off(desired.min(new.len()))) {
        state.remove("pods", &name);
        moved = true;
    }
    for number in 0..desired {
        let pod_name = format!("{name}-{hash}-{number}");
        let there = state.value("pods", &pod_name);
        let waits = there.is_some_and(|pod| pod["status"]["phase"] == "Pending");
        if there.is_none() || waits {
            let status = json!({"phase": "Running"});
            pod(
                state,
                &deployment,
                "ReplicaSet",
                &pod_name,
                template,
                &labels,
                &status,
            );
            moved = true;
        }
    }
    report(state, desired, desired, desired, "NewReplicaSetAvailable") || moved
}

pub(crate) fn job(state: &mut State, manners: &Manners, name: &str) -> bool {
    let Some(job) = state.value("jobs", name).cloned() else {
        return false;
    };
    if is_over(&job) {
        return false;
    }
    let template = &job["spec"]["template"];
    let component = job["metadata"]["labels"]["app.kubernetes.io/component"]
        .as_str()
        .unwrap_or_default();
    let labels = json!({"batch.kubernetes.io/job-name": name});
    let pod_name = format!("{name}-pod");
    if state.value("pods", &pod_name).is_none() {
        let status = json!({"phase": "Running"});
        pod(state, &job, "Job", &pod_name, template, &labels, &status);
        return true;
    }
    if manners.endless_jobs {
        return false;
    }
    let mut statuses = json!({"phase": "Succeeded"});
    let mut failed = false;
    for (list, field) in [
        ("initContainers", "initContainerStatuses"),
        ("containers", "containerStatuses"),
    ] {
        let containers = template["spec"][list]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let mut reported = Vec::new();
        for container in containers {
            let container_name = container["name"].as_str().unwrap_or_default();
            if failed {
                reported.push(json!({"name": container_name, "state": {"waiting": {"reason": "PodInitializing"}}}));
                continue;
            }
            let failure = manners.failures.iter().find(|failure| {
                failure.job == component
                    && failure.container == container_name
                    && container["image"]
                        .as_str()
                        .is_some_and(|image| image.contains(failure.image))
            });
            let ended = match failure {
                Some(failure) => {
                    failed = true;
                    json!({"exitCode": failure.exit, "reason": "Error", "message": failure.said})
                }
                None if component == "backup" => {
                    json!({"exitCode": 0, "message": r#"{"name":"20260101T030000Z","message":"1.2M, 3 kept"}"#})
                }
                None if component == "restore" => {
                    json!({"exitCode": 0, "message": "20260101T030000Z"})
                }
                None if component == "recovery" => {
                    json!({"exitCode": 0, "message": "7|2026-01-01 12:00:00.000Z|2026-01-01 03:30:00Z|9|2026-01-01 12:30:00Z"})
                }
                None => json!({"exitCode": 0}),
            };
            reported.push(json!({"name": container_name, "state": {"terminated": ended}}));
        }
        statuses[field] = reported.into();
    }
    if failed {
        statuses["phase"] = "Failed".into();
    }
    pod(state, &job, "Job", &pod_name, template, &labels, &statuses);
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    state.change("jobs", name, |job| {
        job["status"] = if failed {
            json!({"failed": 1, "conditions": [
                {"type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded"},
                {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"},
            ]})
        } else {
            json!({"succeeded": 1, "completionTime": now, "conditions": [
                {"type": "SuccessCriteriaMet", "status": "True"},
                {"type": "Complete", "status": "True"},
            ]})
        };
    });
    true
}
