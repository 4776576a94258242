//! The operator killed after each of its writes: another one brings every platform to the same end.

use std::{collections::BTreeMap, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use regex::Regex;
use serde_json::{Value, json};

use crate::{
    apiserver::{Fault, PLATFORMS, State, lock},
    world::{Failure, Manners, NAME, World},
};

/// What the cluster looks like, but for what chance and time decide.
fn picture(state: &State) -> BTreeMap<String, String> {
    static DIGESTS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b[0-9a-f]{10,64}\b").expect("a pattern"));
    static TIMES: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z").expect("a pattern"));
    static UIDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"uid-[0-9]+").expect("a pattern"));
    let credentials: Vec<_> = state
        .value("secrets", "demo-credentials")
        .map(decoded)
        .into_iter()
        .flatten()
        .collect();
    let blurred = |text: &str| {
        let mut text = text.to_owned();
        for (name, value) in &credentials {
            text = text.replace(value, name);
        }
        for (pattern, word) in [(&DIGESTS, "DIGEST"), (&TIMES, "TIME"), (&UIDS, "UID")] {
            text = pattern.replace_all(&text, word).into_owned();
        }
        text
    };
    let mut pods: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = BTreeMap::new();
    for ((plural, name), stored) in &state.objects {
        let mut value = Value::clone(&stored.value);
        if plural == "pods" {
            let component = value["metadata"]["labels"]["app.kubernetes.io/component"].to_string();
            *pods.entry(component).or_default() += 1;
            continue;
        }
        if plural == "secrets" {
            value["data"] = decoded(&stored.value).into_iter().collect();
        }
        let metadata = value["metadata"].as_object_mut().expect("metadata");
        for field in ["generation", "resourceVersion"] {
            metadata.remove(field);
        }
        if let Some(status) = value["status"].as_object_mut() {
            status.remove("observedGeneration");
            for condition in status
                .get_mut("conditions")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                condition["observedGeneration"] = Value::Null;
            }
        }
        all.insert(
            blurred(&format!("{plural}/{name}")),
            blurred(&serde_json::to_string_pretty(&value).expect("JSON")),
        );
    }
    all.insert("pods".into(), format!("{pods:#?}"));
    all
}

fn decoded(secret: &Value) -> Vec<(String, String)> {
    secret["data"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| {
            let bytes = BASE64
                .decode(value.as_str().unwrap_or_default())
                .expect("base64");
            (key.clone(), String::from_utf8(bytes).expect("text"))
        })
        .collect()
}

/// Names of the migration Jobs that were made, in order.
fn migrations(state: &State) -> Vec<String> {
    state
        .log
        .iter()
        .filter(|write| write.verb == "create" && write.name.contains("-migrate-"))
        .map(|write| write.name.rsplit('-').next().unwrap_or_default().to_owned())
        .collect()
}

#[track_caller]
fn same(case: &str, found: &State, expected: &State) {
    assert_eq!(found.violations, [""; 0], "{case}");
    assert_eq!(
        migrations(found),
        migrations(expected),
        "{case}: attempts at migrations"
    );
    let (found, expected) = (picture(found), picture(expected));
    let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected), "{case}");
    for (name, text) in &found {
        let other = &expected[name];
        if text != other {
            let lines: Vec<_> = text
                .lines()
                .zip(other.lines())
                .filter(|(one, other)| one != other)
                .take(5)
                .map(|(one, other)| format!("found {one}, expected {other}"))
                .collect();
            panic!("{case}: {name}: {}", lines.join("\n"));
        }
    }
}

struct Scenario {
    name: &'static str,
    /// The world at rest, before the change.
    start: State,
    manners: Manners,
    /// The platform afterwards: `Ready`'s reason; `None` when it is to be gone.
    end: Option<&'static str>,
}

impl Scenario {
    async fn new(name: &'static str, start: World, end: Option<&'static str>) -> Self {
        let mut start = start;
        start.manners = Manners::default();
        if lock(&start.state)
            .value(PLATFORMS, NAME)
            .is_some_and(|platform| platform["status"].is_object())
        {
            start.rest().await;
        }
        Self {
            name,
            start: start.copy(),
            manners: Manners {
                patient: true,
                ..Manners::default()
            },
            end,
        }
    }

    fn begin(&self, change: impl Fn(&World)) -> World {
        let world = World::of(self.start.clone(), self.manners.clone());
        change(&world);
        let mut state = lock(&world.state);
        state.log.clear();
        state.events.clear();
        (state.writes, state.reads) = (0, 0);
        drop(state);
        world
    }

    /// Without any fault: the end, and what was before each look.
    async fn undisturbed(&self, change: impl Fn(&World)) -> (State, Vec<State>) {
        let mut world = self.begin(change);
        let mut looks = Vec::new();
        loop {
            looks.push(world.copy());
            if !world.round().await {
                break;
            }
            assert!(
                looks.len() < 200,
                "{}: no rest: {:#}",
                self.name,
                world.status()
            );
        }
        let found = world
            .find(PLATFORMS, NAME)
            .map(|_| world.condition("Ready").1);
        assert_eq!(found.as_deref(), self.end, "{}", self.name);
        let state = world.copy();
        assert_eq!(state.violations, [""; 0], "{}", self.name);
        (state, looks)
    }

    /// Each write meets each fault, once.
    async fn each_write(&self, change: impl Fn(&World)) {
        let (end, looks) = self.undisturbed(change).await;
        assert!(end.writes > 0, "{}", self.name);
        for number in 1..=end.writes {
            let before = looks
                .iter()
                .rfind(|look| look.writes < number)
                .expect("a look");
            for fault in [Fault::Refused, Fault::AnswerLost, Fault::Killed] {
                let mut state = before.clone();
                state.fail_write = Some((number, fault));
                let case = format!("{}: write {number} of {}: {fault:?}", self.name, end.writes);
                self.ends_alike(&case, state, &end).await;
            }
        }
    }

    async fn each_read(&self, change: impl Fn(&World)) {
        let (end, looks) = self.undisturbed(change).await;
        for number in 1..=end.reads {
            let mut state = looks
                .iter()
                .rfind(|look| look.reads < number)
                .expect("a look")
                .clone();
            state.fail_read = Some(number);
            let case = format!("{}: read {number} of {}", self.name, end.reads);
            self.ends_alike(&case, state, &end).await;
        }
    }

    async fn ends_alike(&self, case: &str, state: State, end: &State) {
        let mut world = World::of(state, self.manners.clone());
        world.rest().await;
        same(case, &world.copy(), end);
    }
}

fn failing_migration() -> Failure {
    Failure {
        job: "migrate",
        container: "booking",
        image: ":0.1.1",
        exit: 1,
        said: "lock timeout",
    }
}

#[tokio::test]
async fn install() {
    let world = World::with(&json!({}));
    Scenario::new("install", world, Some("AllReady"))
        .await
        .each_write(|_| {})
        .await;
}

#[tokio::test]
async fn install_with_each_read_failing() {
    let world = World::with(&json!({}));
    Scenario::new("install", world, Some("AllReady"))
        .await
        .each_read(|_| {})
        .await;
}

#[tokio::test]
async fn upgrade() {
    let world = World::running(&json!({"backup": {}})).await;
    Scenario::new("upgrade", world, Some("AllReady"))
        .await
        .each_write(|world| world.spec(&json!({"version": "0.1.1", "backup": {}})))
        .await;
}

#[tokio::test]
async fn rollback_of_a_bad_release() {
    let world = World::running(&json!({})).await;
    let mut scenario = Scenario::new("rollback", world, Some("RolledBack")).await;
    scenario.manners.broken = vec!["booking:0.1.1"];
    scenario
        .each_write(|world| world.spec(&json!({"version": "0.1.1"})))
        .await;
}

#[tokio::test]
async fn failing_migrations() {
    let world = World::running(&json!({})).await;
    let mut scenario = Scenario::new("failing migration", world, Some("MigrationFailed")).await;
    scenario.manners.failures = vec![failing_migration()];
    scenario
        .each_write(|world| world.spec(&json!({"version": "0.1.1"})))
        .await;
}

#[tokio::test]
async fn an_external_secret_appears() {
    let mut world = World::with(&json!({"redis": {"external": {"secretRef": {"name": "cache"}}}}));
    world.rest().await;
    Scenario::new("external Secret", world, Some("AllReady"))
        .await
        .each_write(|world| {
            world.secret(
                "cache",
                &[("REDIS_URL", "redis://:hidden@cache.example.com:6380")],
            )
        })
        .await;
}

#[tokio::test]
async fn restore() {
    let world = World::running(&json!({"backup": {}})).await;
    Scenario::new("restore", world, Some("AllReady"))
        .await
        .each_write(|world| world.restore("yesterday"))
        .await;
}

#[tokio::test]
async fn deletion() {
    for policy in ["Retain", "Delete"] {
        let world = World::running(&json!({"deletionPolicy": policy, "backup": {}})).await;
        let scenario = Scenario::new(policy, world, None).await;
        scenario
            .each_write(|world| world.delete(PLATFORMS, NAME))
            .await;
        let (end, _) = scenario
            .undisturbed(|world| world.delete(PLATFORMS, NAME))
            .await;
        let left: Vec<_> = end.objects.keys().map(|(_, name)| name.as_str()).collect();
        if policy == "Retain" {
            assert_eq!(
                left,
                [
                    "demo-backups",
                    "demo-postgres",
                    "demo-rabbitmq",
                    "demo-redis",
                    "demo-credentials"
                ]
            );
        } else {
            assert_eq!(left, [""; 0]);
        }
    }
}
