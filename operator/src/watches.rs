//! Watches, each of which goes on after an error at a pace of its own.

use std::time::Duration;

use futures::Stream;
use kube::{
    Api, Client, Resource,
    core::PartialObjectMeta,
    runtime::{
        reflector::{self, Store},
        utils::{Backoff, WatchStreamExt as _},
        watcher,
    },
};
use serde::de::DeserializeOwned;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// How long a watch waits after an error: one that is refused for good must not be a stream of requests, and one that was cut off
/// must not be blind for long.
struct Growing(Duration);

impl Default for Growing {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Iterator for Growing {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let wait = self.0;
        self.0 = (wait * 2).min(LONGEST);
        Some(wait)
    }
}

impl Backoff for Growing {
    fn reset(&mut self) {
        self.0 = FIRST;
    }
}

/// A controller's watches are one stream to it, which waits as a whole after each error of any of them: hardly, since each watch
/// waits for itself.
pub(crate) struct Hardly;

impl Iterator for Hardly {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        Some(Duration::from_millis(20))
    }
}

impl Backoff for Hardly {
    fn reset(&mut self) {}
}

pub(crate) fn api<K>(client: &Client, namespace: Option<&str>) -> Api<K>
where
    K: Resource<Scope = kube::core::NamespaceResourceScope>,
    K::DynamicType: Default,
{
    match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    }
}

/// What is made, changed or deleted.
pub(crate) fn changes<K>(
    api: Api<K>,
    config: &watcher::Config,
) -> impl Stream<Item = watcher::Result<K>> + Send + 'static
where
    K: Resource + Clone + DeserializeOwned + std::fmt::Debug + Send + 'static,
{
    watcher(api, config.clone())
        .backoff(Growing::default())
        .touched_objects()
}

/// The same of objects of which only the owner matters.
pub(crate) fn metadata<K>(
    client: &Client,
    namespace: Option<&str>,
    config: &watcher::Config,
) -> impl Stream<Item = watcher::Result<PartialObjectMeta<K>>> + Send + 'static
where
    K: Resource<Scope = kube::core::NamespaceResourceScope, DynamicType = ()>
        + Clone
        + DeserializeOwned
        + std::fmt::Debug
        + Send
        + Sync
        + 'static,
{
    changes(api::<PartialObjectMeta<K>>(client, namespace), config)
}

/// What is made or changed, and all that there is.
pub(crate) fn all<K>(
    api: Api<K>,
) -> (
    Store<K>,
    impl Stream<Item = watcher::Result<K>> + Send + 'static,
)
where
    K: Resource<DynamicType = ()>
        + Clone
        + DeserializeOwned
        + std::fmt::Debug
        + Send
        + Sync
        + 'static,
{
    let (store, writer) = reflector::store();
    let changes = watcher(api, watcher::Config::default()).backoff(Growing::default());
    (
        store,
        reflector::reflector(writer, changes).applied_objects(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound_and_begin_anew_after_a_success() {
        let mut waits = Growing::default();
        let milliseconds: Vec<_> = waits
            .by_ref()
            .take(7)
            .map(|wait| wait.as_millis())
            .collect();
        assert_eq!(milliseconds, [200, 400, 800, 1600, 3200, 5000, 5000]);
        waits.reset();
        assert_eq!(waits.next(), Some(FIRST));
    }
}
