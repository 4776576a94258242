//! The operator killed after each of its writes: another one brings every platform to the same end.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use regex::Regex;
use serde_json::{Value, json};

use crate::{
    apiserver::{Fault, PLATFORMS, State, lock},
    world::{Failure, Manners, NAME, World},
};

/// In which the time until the next attempt is over.
const PAST: &str = "2026-01-01T00:00:00Z";

/// Fields that say when and how often, not what.
const IGNORED: [&str; 6] = [
    "creationTimestamp",
    "generation",
    "managedFields",
    "observedGeneration",
    "resourceVersion",
    "uid",
];

/// What two clusters differ in, but for what chance and time decide.
fn difference(found: &State, expected: &State) -> Option<String> {
    if migrations(found) != migrations(expected) {
        return Some(format!(
            "attempts {:?}, not {:?}",
            migrations(found),
            migrations(expected)
        ));
    }
    let credentials = |state: &State| {
        state
            .value("secrets", "demo-credentials")
            .map(|secret| secret["data"].clone())
    };
    if credentials(found) != credentials(expected) {
        return blurred_difference(found, expected);
    }
    if !found.objects.keys().eq(expected.objects.keys()) {
        let all: BTreeSet<_> = found.objects.keys().collect();
        let others: BTreeSet<_> = expected.objects.keys().collect();
        return Some(format!(
            "{:?} differ",
            all.symmetric_difference(&others).collect::<Vec<_>>()
        ));
    }
    found.objects.iter().find_map(|(key, stored)| {
        let (one, other) = (&stored.value, &expected.objects[key].value);
        let rolls = |value: &Value| {
            value["status"]["observedGeneration"] == value["metadata"]["generation"]
        };
        if Arc::ptr_eq(one, other) {
            None
        } else if rolls(one) == rolls(other) {
            place("", one, other).map(|place| format!("{key:?} differs at {place}"))
        } else {
            Some(format!("{key:?} rolls in one of them"))
        }
    })
}

/// Where two values differ.
fn place(here: &str, one: &Value, other: &Value) -> Option<String> {
    if one == other {
        return None;
    }
    let differs = match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            return names
                .into_iter()
                .filter(|name| !IGNORED.contains(&name.as_str()))
                .find_map(|name| {
                    place(
                        &format!("{here}/{name}"),
                        one.get(name).unwrap_or(&Value::Null),
                        other.get(name).unwrap_or(&Value::Null),
                    )
                });
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            return one
                .iter()
                .zip(other)
                .enumerate()
                .find_map(|(index, (one, other))| place(&format!("{here}/{index}"), one, other));
        }
        (Value::String(one), Value::String(other)) => {
            one != other && !(is_time(one) && is_time(other) && one != PAST && other != PAST)
        }
        (one, other) => one != other,
    };
    differs.then(|| format!("{here}: {one}, not {other}"))
}

fn is_time(text: &str) -> bool {
    chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

/// The same where credentials differ, and with them every digest.
fn blurred_difference(found: &State, expected: &State) -> Option<String> {
    let (found, expected) = (blurred(found), blurred(expected));
    let names: BTreeSet<_> = found.keys().chain(expected.keys()).collect();
    names.into_iter().find_map(|name| {
        let (one, other) = (found.get(name)?, expected.get(name)?);
        place(name, one, other)
    })
}

fn blurred(state: &State) -> BTreeMap<String, Value> {
    static DIGESTS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b[0-9a-f]{10,64}\b").expect("a pattern"));
    let credentials: Vec<_> = state
        .value("secrets", "demo-credentials")
        .map(decoded)
        .unwrap_or_default();
    let blur = |text: &str| {
        let mut text = text.to_owned();
        for (name, value) in &credentials {
            text = text.replace(value, name);
        }
        DIGESTS.replace_all(&text, "DIGEST").into_owned()
    };
    state
        .objects
        .iter()
        .map(|((plural, name), stored)| {
            let mut value = Value::clone(&stored.value);
            if plural == "secrets" {
                value["data"] = decoded(&stored.value).into_iter().collect();
            }
            value["metadata"]["managedFields"].take();
            let value = serde_json::from_str(&blur(&value.to_string())).expect("JSON");
            (blur(&format!("{plural}/{name}")), value)
        })
        .collect()
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

/// Numbers of the attempts at migrations whose Jobs were made, in order.
fn migrations(state: &State) -> Vec<&str> {
    state
        .log
        .iter()
        .filter(|write| write.verb == "create" && write.name.contains("-migrate-"))
        .filter_map(|write| write.name.rsplit('-').next())
        .collect()
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
                looks.push(world.copy());
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

    /// After each write the operator is killed; each is refused, too, and its answer lost. Of many writes, which are much alike, every
    /// third is refused and every third one's answer lost.
    async fn each_write(&self, change: impl Fn(&World)) {
        let (end, looks) = self.undisturbed(change).await;
        assert!(end.writes > 0, "{}", self.name);
        for number in 1..=end.writes {
            let first = looks.partition_point(|look| look.writes < number) - 1;
            let every = if end.writes > 40 { 3 } else { 1 };
            for (turn, fault) in [
                (0, Fault::Killed),
                (number, Fault::Refused),
                (number + 1, Fault::AnswerLost),
            ] {
                if turn % every != 0 {
                    continue;
                }
                let mut state = looks[first].clone();
                state.fail_write = Some((number, fault));
                let case = format!("{}: write {number} of {}: {fault:?}", self.name, end.writes);
                self.ends_alike(&case, state, &looks[first..]).await;
            }
        }
    }

    async fn each_read(&self, change: impl Fn(&World)) {
        let (end, looks) = self.undisturbed(change).await;
        for number in 1..=end.reads {
            let first = looks.partition_point(|look| look.reads < number) - 1;
            let mut state = looks[first].clone();
            state.fail_read = Some(number);
            let case = format!("{}: read {number} of {}", self.name, end.reads);
            self.ends_alike(&case, state, &looks[first..]).await;
        }
    }

    /// All that decides stands in the cluster: once it is as it was before one of the undisturbed looks, all goes on as it did then.
    async fn ends_alike(&self, case: &str, state: State, looks: &[State]) {
        let mut world = World::of(state, self.manners.clone());
        for _ in 0..2 * looks.len() + 10 {
            let moved = world.round().await;
            let state = world.copy();
            assert_eq!(state.violations, [""; 0], "{case}");
            if looks.iter().any(|look| difference(&state, look).is_none()) {
                return;
            }
            assert!(
                moved,
                "{case}: another end: {:?}",
                difference(&state, &looks[looks.len() - 1])
            );
        }
        panic!("{case}: no rest");
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
            );
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
async fn recovery() {
    let world = World::running(&json!({"backup": {"pointInTime": {}}})).await;
    Scenario::new("recovery", world, Some("AllReady"))
        .await
        .each_write(|world| world.recover("back", "2026-01-01T12:00:00Z"))
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
