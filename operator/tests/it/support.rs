//! What tests of single behaviours ask of a world.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    apiserver::{PLATFORMS, RESTORES, lock},
    world::{Failure, World},
};

/// What a migration to 0.1.1 fails with.
pub(crate) const LOCK_TIMEOUT: Failure = Failure {
    job: "migrate",
    container: "booking",
    image: ":0.1.1",
    exit: 1,
    said: "{\"level\":\"INFO\",\"message\":\"connected\"}\n{\"level\":\"ERROR\",\"message\":\"lock timeout\"}\n",
};

/// Names of objects of a kind that were written since the log was cleared, in order.
pub(crate) fn written(world: &World, plural: &str) -> Vec<String> {
    lock(&world.state)
        .log
        .iter()
        .filter(|write| write.plural == plural && !write.status && write.changed)
        .map(|write| write.name.trim_start_matches("demo-").to_owned())
        .collect()
}

pub(crate) fn forget(world: &World) {
    let mut state = lock(&world.state);
    state.log.clear();
    state.events.clear();
}

pub(crate) fn events(world: &World, reason: &str) -> Vec<String> {
    lock(&world.state)
        .events
        .iter()
        .filter(|(_, found, _)| found == reason)
        .map(|(_, _, note)| note.clone())
        .collect()
}

pub(crate) fn migration_jobs(world: &World) -> Vec<String> {
    let mut names = world.names("jobs");
    names.retain(|name| name.contains("-migrate-"));
    names
}

/// The specs of everything but the platform and the pods, by kind and name.
pub(crate) fn objects(world: &World) -> BTreeMap<(String, String), Value> {
    lock(&world.state)
        .objects
        .iter()
        .filter(|((plural, _), _)| plural != PLATFORMS && plural != "pods")
        .map(|(key, stored)| {
            (
                key.clone(),
                json!([
                    stored.value["spec"],
                    stored.value["data"],
                    stored.value["metadata"]["labels"]
                ]),
            )
        })
        .collect()
}

/// The same without what a restore is to change: Jobs, and what is emptied.
pub(crate) fn untouched_by_restores(world: &World) -> BTreeMap<(String, String), Value> {
    let touched = ["jobs", "configmaps", "statefulsets", RESTORES];
    let mut objects = objects(world);
    objects.retain(|(plural, _), _| !touched.contains(&plural.as_str()));
    objects
}

/// What was told of a restore, at the platform and at itself in the same words.
pub(crate) fn told_of_restore(world: &World, restore: &str, reason: &str) -> String {
    let told = events(world, reason);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], told[1]);
    let sentence = told[0].strip_prefix(&format!("{restore}: "));
    sentence
        .expect("it begins with the restore's name")
        .to_owned()
}

pub(crate) async fn is_idle(world: &World) {
    for _ in 0..3 {
        assert_eq!(world.writes().await, 0);
    }
}
