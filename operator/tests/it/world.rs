//! The rest of a cluster: controllers that make pods of what the operator applies, people who change things, and the operator itself,
//! which can be started anew.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use kube::runtime::events::{Recorder, Reporter};
use operator::{
    cluster::Error,
    reconcile::{Context, reconcile},
};
use serde_json::{Value, json};

use crate::{
    apiserver::{NAMESPACE, PLATFORMS, RESTORES, Shared, State, client, is_over, lock},
    schema::object,
};

pub(crate) const NAME: &str = "demo";

/// Platforms at rest, by their specs: many tests begin with the same.
static RUNNING: LazyLock<Mutex<HashMap<String, State>>> = LazyLock::new(Mutex::default);

/// How one container of a Job goes wrong.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// The component of the Job.
    pub job: &'static str,
    pub container: &'static str,
    /// Part of the image's name.
    pub image: &'static str,
    pub exit: i64,
    /// What it said last.
    pub said: &'static str,
}

/// How the cluster behaves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manners {
    /// Parts of the names of images that can't be pulled.
    pub broken: Vec<&'static str>,
    pub failures: Vec<Failure>,
    /// Whether Jobs go on for ever.
    pub endless_jobs: bool,
    /// Whether nothing ever becomes ready.
    pub frozen: bool,
    /// Whether the time until the next attempt passes at once.
    pub patient: bool,
}

pub(crate) struct World {
    pub state: Shared,
    pub manners: Manners,
    context: Context,
}

fn context(state: &Shared) -> Context {
    let client = client(state);
    let reporter = Reporter {
        controller: "event-platform-operator".into(),
        instance: Some("test".into()),
    };
    Context {
        recorder: Recorder::new(client.clone(), reporter),
        client,
    }
}

impl World {
    pub(crate) fn of(state: State, manners: Manners) -> Self {
        let state = Arc::new(Mutex::new(state));
        Self {
            context: context(&state),
            state,
            manners,
        }
    }

    /// With a platform that nobody has looked at yet.
    pub(crate) fn with(spec: &Value) -> Self {
        let world = Self::of(State::default(), Manners::default());
        world.spec(spec);
        world
    }

    /// With a platform at rest.
    pub(crate) async fn running(spec: &Value) -> Self {
        let key = spec.to_string();
        let known = lock(&RUNNING).get(&key).cloned();
        if let Some(state) = known {
            return Self::of(state, Manners::default());
        }
        let mut world = Self::with(spec);
        world.rest().await;
        world.is_ready();
        lock(&RUNNING).insert(key, world.copy());
        world
    }

    pub(crate) fn copy(&self) -> State {
        lock(&self.state).clone()
    }

    /// Kills the operator and starts another one.
    pub(crate) fn restart(&mut self) {
        lock(&self.state).dead = false;
        self.context = context(&self.state);
    }

    /// `kubectl replace` of the platform.
    pub(crate) fn spec(&self, spec: &Value) {
        let wanted = object(NAME, spec);
        lock(&self.state).change(PLATFORMS, NAME, |platform| {
            for field in ["apiVersion", "kind", "spec"] {
                platform[field] = wanted[field].clone();
            }
        });
    }

    /// Makes or replaces a Secret.
    pub(crate) fn secret(&self, name: &str, data: &[(&str, &str)]) {
        let data: serde_json::Map<_, _> = data
            .iter()
            .map(|(key, value)| ((*key).to_owned(), BASE64.encode(value).into()))
            .collect();
        self.change("secrets", name, |secret| secret["data"] = data.into());
    }

    /// With a dump on record, which it asks for.
    pub(crate) fn restore(&self, name: &str) {
        self.change(PLATFORMS, NAME, |platform| {
            platform["status"]["lastBackup"] = json!({
                "name": "20260101T030000Z", "time": chrono::Utc::now(), "message": "1.2M, 3 kept",
            });
        });
        self.change(RESTORES, name, |restore| {
            restore["apiVersion"] = "eventplatform.dev/v1alpha1".into();
            restore["kind"] = "EventPlatformRestore".into();
            restore["spec"] = json!({"platform": NAME});
        });
    }

    pub(crate) fn change(&self, plural: &str, name: &str, change: impl FnOnce(&mut Value)) {
        lock(&self.state).change(plural, name, change);
    }

    pub(crate) fn delete(&self, plural: &str, name: &str) {
        lock(&self.state).remove(plural, name);
    }

    pub(crate) fn find(&self, plural: &str, name: &str) -> Option<Value> {
        lock(&self.state).value(plural, name).cloned()
    }

    pub(crate) fn get(&self, plural: &str, name: &str) -> Value {
        self.find(plural, name).unwrap_or_else(|| {
            panic!(
                "there is no {name} among {plural}: {:?}",
                lock(&self.state).names(plural)
            )
        })
    }

    pub(crate) fn names(&self, plural: &str) -> Vec<String> {
        lock(&self.state).names(plural)
    }

    pub(crate) fn status(&self) -> Value {
        self.get(PLATFORMS, NAME)["status"].clone()
    }

    /// Status, reason and message of a condition.
    pub(crate) fn condition(&self, name: &str) -> (String, String, String) {
        let status = self.status();
        let condition = status["conditions"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|condition| condition["type"] == name)
            .unwrap_or_else(|| panic!("no condition {name} in {status:#}"));
        let text = |field: &str| condition[field].as_str().unwrap_or_default().to_owned();
        (text("status"), text("reason"), text("message"))
    }

    #[track_caller]
    pub(crate) fn says(&self, condition: &str, status: &str, reason: &str, message: &str) {
        assert_eq!(
            self.condition(condition),
            (status.to_owned(), reason.to_owned(), message.to_owned())
        );
    }

    #[track_caller]
    pub(crate) fn is_ready(&self) {
        self.says(
            "Ready",
            "True",
            "AllReady",
            &format!(
                "{} serves on all six services; payments are not real (sandbox)",
                self.status()["version"].as_str().unwrap_or_default()
            ),
        );
    }

    /// What a key of a Secret says.
    pub(crate) fn secret_value(&self, name: &str, key: &str) -> String {
        let encoded = self.get("secrets", name)["data"][key]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        String::from_utf8(BASE64.decode(encoded).expect("base64")).expect("text")
    }

    /// The image of a Deployment's container.
    pub(crate) fn image(&self, service: &str) -> String {
        let deployment = self.get("deployments", &format!("{NAME}-{service}"));
        deployment["spec"]["template"]["spec"]["containers"][0]["image"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) async fn look(&self) -> Result<Duration, Error> {
        reconcile(&self.context, NAMESPACE, NAME).await
    }

    /// Writes of one look.
    pub(crate) async fn writes(&self) -> usize {
        let before = lock(&self.state).writes;
        self.look().await.expect("a look");
        lock(&self.state).writes - before
    }

    /// Looks until nothing moves. A look that fails is repeated, an operator that was killed is started anew.
    pub(crate) async fn rest(&mut self) {
        for _ in 0..200 {
            if !self.round().await {
                return;
            }
        }
        let state = lock(&self.state);
        let last: Vec<_> = state
            .log
            .iter()
            .rev()
            .take(8)
            .map(|write| {
                format!(
                    "{} {}/{}: changed {}",
                    write.verb, write.plural, write.name, write.changed
                )
            })
            .collect();
        panic!("no rest: {last:#?}");
    }

    /// One look, and what the cluster does upon it; whether anything moved.
    pub(crate) async fn round(&mut self) -> bool {
        let before = lock(&self.state).log.len();
        let result = self.look().await;
        let mut moved = result.is_err() && lock(&self.state).forbidden.is_none();
        if lock(&self.state).dead {
            self.restart();
            moved = true;
        }
        moved |= lock(&self.state).log.len() != before;
        moved |= self.step();
        if !moved && self.manners.patient {
            moved = self.pass_time();
        }
        moved
    }

    /// Lets everything that waits for a time wait no more; whether anything does.
    pub(crate) fn pass_time(&self) -> bool {
        let mut state = lock(&self.state);
        let Some(next) = state
            .value(PLATFORMS, NAME)
            .map(|platform| platform["status"]["migration"]["nextAttemptAt"].clone())
        else {
            return false;
        };
        let past = json!("2026-01-01T00:00:00Z");
        if next.is_null() || next == past {
            return false;
        }
        state.change(PLATFORMS, NAME, |platform| {
            platform["status"]["migration"]["nextAttemptAt"] = past;
        });
        true
    }

    /// One step of every controller; whether anything changed.
    pub(crate) fn step(&self) -> bool {
        let mut state = lock(&self.state);
        let before = state.objects.len();
        let mut moved = collect_garbage(&mut state);
        if !self.manners.frozen {
            for name in state.names("statefulsets") {
                moved |= stateful_set(&mut state, &name);
            }
            for name in state.names("deployments") {
                moved |= deployment(&mut state, &self.manners, &name);
            }
            for name in state.names("jobs") {
                moved |= job(&mut state, &self.manners, &name);
            }
        }
        moved || state.objects.len() != before
    }
}

/// Everything whose owners are gone goes; claims that were deleted go when no pod mounts them.
fn collect_garbage(state: &mut State) -> bool {
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

fn stateful_set(state: &mut State, name: &str) -> bool {
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

fn deployment(state: &mut State, manners: &Manners, name: &str) -> bool {
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

fn job(state: &mut State, manners: &Manners, name: &str) -> bool {
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
