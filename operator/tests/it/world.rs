//! A cluster: people who change things, controllers, and the operator, which can be started anew.

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
    apiserver::{NAMESPACE, PLATFORMS, RESTORES, Shared, State, client, lock},
    controllers::{collect_garbage, deployment, job, stateful_set},
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

    /// Asks for a recovery to a moment.
    pub(crate) fn recover(&self, name: &str, target: &str) {
        self.change(RESTORES, name, |restore| {
            restore["apiVersion"] = "eventplatform.dev/v1alpha1".into();
            restore["kind"] = "EventPlatformRestore".into();
            restore["spec"] = json!({"platform": NAME, "targetTime": target});
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
