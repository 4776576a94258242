//! An API server in memory, as far as the operator can tell: it stores, applies, admits, deletes, counts, and fails when told to.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::{Method, Request, Response};
use kube::client::Body;
use serde_json::{Value, json};

use crate::{
    schema::{PLATFORM, RESTORE, admit, faults},
    ssa::Owners,
};

pub(crate) const NAMESPACE: &str = "shop";
pub(crate) const PLATFORMS: &str = "eventplatforms";
pub(crate) const RESTORES: &str = "eventplatformrestores";

/// Marks a body as a merge patch.
const MERGE: &str = "merge patch";

/// What happens to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is answered with 500 and changes nothing.
    Refused,
    /// It takes effect and is answered with 500.
    AnswerLost,
    /// It takes effect, and then the operator is no more.
    Killed,
}

/// A write that took effect.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub verb: &'static str,
    pub plural: String,
    pub name: String,
    /// Whether it was to the status.
    pub status: bool,
    /// The object after it; before it, where it was deleted.
    pub object: Arc<Value>,
    /// Whether it changed anything.
    pub changed: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub value: Arc<Value>,
    owners: Owners,
    status_owners: Owners,
}

/// Everything there is. A copy is another cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub objects: BTreeMap<(String, String), Stored>,
    /// Writes that arrived since it was set to 0, but for events.
    pub writes: usize,
    pub reads: usize,
    /// The write with this number, from 1, meets this fault.
    pub fail_write: Option<(usize, Fault)>,
    /// The read with this number is answered with 500.
    pub fail_read: Option<usize>,
    /// Whether the operator was killed.
    pub dead: bool,
    /// Writes to these are forbidden.
    pub forbidden: Option<String>,
    pub log: Vec<Write>,
    /// Events: type, reason, note.
    pub events: Vec<(String, String, String)>,
    /// What must never be, and was.
    pub violations: Vec<String>,
    clock: u64,
}

pub(crate) type Shared = Arc<Mutex<State>>;

pub(crate) fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A client of the cluster; it works until the operator that holds it is killed.
pub(crate) fn client(state: &Shared) -> kube::Client {
    let state = Arc::clone(state);
    let service = tower::service_fn(move |request: Request<Body>| {
        let state = Arc::clone(&state);
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect_bytes().await?;
            let body = if body.is_empty() {
                Value::Null
            } else {
                serde_json::from_slice(&body)?
            };
            let merges = parts
                .headers
                .get("content-type")
                .is_some_and(|kind| kind == "application/merge-patch+json");
            let merges = merges && !parts.uri.path().contains("/events");
            let body = if merges { json!({MERGE: body}) } else { body };
            let answer =
                lock(&state).answer(&parts.method, parts.uri.path(), parts.uri.query(), &body);
            let Some((code, answer)) = answer else {
                return Err("the process is no more".into());
            };
            let response = Response::builder()
                .status(code)
                .header("content-type", "application/json")
                .body(Body::from(serde_json::to_vec(&answer)?))?;
            Ok::<_, tower::BoxError>(response)
        }
    });
    kube::Client::new(service, NAMESPACE)
}

type Answer = Result<Value, Refusal>;

struct Refusal {
    code: u16,
    reason: &'static str,
    message: String,
}

fn refuse(code: u16, reason: &'static str, message: impl Into<String>) -> Answer {
    Err(Refusal {
        code,
        reason,
        message: message.into(),
    })
}

/// A request's path.
struct Target<'a> {
    plural: &'a str,
    name: Option<&'a str>,
    status: bool,
}

fn target(path: &str) -> Option<Target<'_>> {
    let (_, rest) = path.split_once("/namespaces/")?;
    let mut steps = rest.split('/');
    (steps.next() == Some(NAMESPACE)).then_some(())?;
    Some(Target {
        plural: steps.next()?,
        name: steps.next(),
        status: steps.next() == Some("status"),
    })
}

impl State {
    /// `None` when nobody is there to hear it.
    fn answer(
        &mut self,
        method: &Method,
        path: &str,
        query: Option<&str>,
        body: &Value,
    ) -> Option<(u16, Value)> {
        if self.dead {
            return None;
        }
        let target = target(path).unwrap_or_else(|| panic!("{method} {path} is not served here"));
        let query: BTreeMap<_, _> =
            url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
                .into_owned()
                .collect();
        let mut lost = false;
        let mut killed = false;
        if target.plural != "events" {
            let fault = if *method == Method::GET {
                self.reads += 1;
                (self.fail_read == Some(self.reads)).then_some(Fault::Refused)
            } else {
                self.writes += 1;
                self.fail_write
                    .filter(|(number, _)| *number == self.writes)
                    .map(|(_, fault)| fault)
            };
            match fault {
                Some(Fault::Refused) => return Some(failure(500, "InternalError", "etcd is away")),
                Some(Fault::AnswerLost) => lost = true,
                Some(Fault::Killed) => killed = true,
                None => {}
            }
        }
        let answer = match (method, target.name) {
            (&Method::GET, None) => Ok(self.list(target.plural, query.get("labelSelector"))),
            (&Method::GET, Some(name)) => self.get(target.plural, name),
            (&Method::POST | &Method::PATCH, _) if target.plural == "events" => {
                Ok(self.event(body))
            }
            _ if self.forbidden.as_deref() == Some(target.plural) => refuse(
                403,
                "Forbidden",
                format!(
                    "{} is forbidden: the operator's role lacks it",
                    target.plural
                ),
            ),
            (&Method::POST, None) => self.create(target.plural, body),
            (&Method::PATCH, Some(name)) if body.get(MERGE).is_some() => {
                Ok(self.merge(target.plural, name, &body[MERGE]))
            }
            (&Method::PATCH, Some(name)) => {
                let manager = query.get("fieldManager").cloned().unwrap_or_default();
                assert_eq!(
                    query.get("force").map(String::as_str),
                    Some("true"),
                    "{path}"
                );
                self.apply(&target, name, &manager, body)
            }
            (&Method::DELETE, Some(name)) => self.delete(target.plural, name, body),
            _ => panic!("{method} {path} is not served here"),
        };
        self.dead = killed;
        if killed {
            return None;
        }
        Some(match answer {
            _ if lost => failure(500, "InternalError", "the answer was lost"),
            Ok(value) => (if *method == Method::POST { 201 } else { 200 }, value),
            Err(refusal) => failure(refusal.code, refusal.reason, &refusal.message),
        })
    }

    fn list(&self, plural: &str, selector: Option<&String>) -> Value {
        let items: Vec<_> = self
            .all(plural)
            .filter(|value| {
                selector.is_none_or(|selector| {
                    selector
                        .split(',')
                        .filter_map(|pair| pair.split_once('='))
                        .all(|(key, wanted)| value["metadata"]["labels"][key] == wanted)
                })
            })
            .map(|value| {
                let mut value = value.clone();
                // Lists of built-in kinds say it once, for the list.
                if !plural.starts_with("eventplatform")
                    && let Some(fields) = value.as_object_mut()
                {
                    fields.remove("kind");
                    fields.remove("apiVersion");
                }
                value
            })
            .collect();
        json!({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": self.clock.to_string()}, "items": items})
    }

    fn get(&self, plural: &str, name: &str) -> Answer {
        match self.value(plural, name) {
            Some(value) => Ok(value.clone()),
            None => not_found(plural, name),
        }
    }

    fn event(&mut self, body: &Value) -> Value {
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        self.events
            .push((text("type"), text("reason"), text("note")));
        body.clone()
    }

    fn create(&mut self, plural: &str, body: &Value) -> Answer {
        let name = body["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if self.value(plural, &name).is_some() {
            return refuse(
                409,
                "AlreadyExists",
                format!("{plural} \"{name}\" already exists"),
            );
        }
        self.watch(plural, &name, &Value::Null, body);
        let mut owners = Owners::default();
        let mut value = json!({});
        owners.apply("create", &mut value, body);
        self.store(plural, &name, value, owners, Owners::default())?;
        self.wrote("create", plural, &name, false, true);
        self.get(plural, &name)
    }

    fn apply(&mut self, target: &Target<'_>, name: &str, manager: &str, body: &Value) -> Answer {
        let Target { plural, status, .. } = *target;
        let stored = self
            .objects
            .get(&(plural.to_owned(), name.to_owned()))
            .cloned();
        let uid = &body["metadata"]["uid"];
        let live = stored
            .as_ref()
            .map_or(Value::Null, |stored| Value::clone(&stored.value));
        if !uid.is_null() && live["metadata"]["uid"] != *uid {
            return refuse(
                409,
                "Conflict",
                format!("{plural} \"{name}\" is another one: uid {uid}"),
            );
        }
        if status && stored.is_none() {
            return not_found(plural, name);
        }
        let mut wanted = body.clone();
        let mut value = live.clone();
        let mut owners = stored
            .as_ref()
            .map(|stored| stored.owners.clone())
            .unwrap_or_default();
        let mut status_owners = stored
            .map(|stored| stored.status_owners)
            .unwrap_or_default();
        if value.is_null() {
            value = json!({});
        }
        normalise(plural, &mut wanted);
        if status {
            let wanted = json!({"status": wanted["status"]});
            status_owners.apply(manager, &mut value, &wanted);
        } else {
            if let Some(fields) = wanted.as_object_mut() {
                fields.remove("status");
            }
            if let Some(metadata) = wanted["metadata"].as_object_mut() {
                metadata.remove("uid");
            }
            self.watch(plural, name, &live, &wanted);
            owners.apply(manager, &mut value, &wanted);
        }
        let changed = self.store(plural, name, value, owners, status_owners)?;
        self.wrote("apply", plural, name, status, changed);
        match self.value(plural, name) {
            Some(value) => Ok(value.clone()),
            // The last finalizer was let go.
            None => Ok(body.clone()),
        }
    }

    /// A merge patch: lists are replaced as a whole.
    fn merge(&mut self, plural: &str, name: &str, patch: &Value) -> Value {
        self.change(plural, name, |value| merge(value, patch));
        self.wrote("merge", plural, name, false, true);
        self.value(plural, name).cloned().unwrap_or_default()
    }

    fn delete(&mut self, plural: &str, name: &str, options: &Value) -> Answer {
        let Some(value) = self.value(plural, name).cloned() else {
            return not_found(plural, name);
        };
        let uid = &options["preconditions"]["uid"];
        if !uid.is_null() && value["metadata"]["uid"] != *uid {
            return refuse(
                409,
                "Conflict",
                format!("the UID in the precondition ({uid}) does not match"),
            );
        }
        self.wrote("delete", plural, name, false, true);
        self.remove(plural, name);
        Ok(json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}))
    }

    fn wrote(&mut self, verb: &'static str, plural: &str, name: &str, status: bool, changed: bool) {
        let object = self
            .objects
            .get(&(plural.to_owned(), name.to_owned()))
            .map(|stored| Arc::clone(&stored.value))
            .unwrap_or_default();
        self.log.push(Write {
            verb,
            plural: plural.to_owned(),
            name: name.to_owned(),
            status,
            object,
            changed,
        });
    }

    /// What must never happen, whatever fails.
    fn watch(&mut self, plural: &str, name: &str, live: &Value, wanted: &Value) {
        match plural {
            "secrets" if name.ends_with("-credentials") => {
                for (key, old) in live["data"].as_object().into_iter().flatten() {
                    if wanted["data"][key] != *old {
                        self.violations
                            .push(format!("{key} of {name} was made anew"));
                    }
                }
            }
            "jobs" => {
                let migration = &wanted["metadata"]["annotations"]["eventplatform.dev/migration"];
                let other = self.all("jobs").find(|job| {
                    let other = &job["metadata"]["annotations"]["eventplatform.dev/migration"];
                    !migration.is_null() && !other.is_null() && !is_over(job)
                });
                if let Some(other) = other {
                    self.violations.push(format!(
                        "{name} was made while {} runs",
                        other["metadata"]["name"]
                    ));
                }
            }
            "deployments" => {
                let serves = self
                    .all("configmaps")
                    .any(|map| map["data"]["release"].is_string());
                // How many pods there are waits for nobody; which ones run does.
                let same = live["spec"]["template"] == wanted["spec"]["template"];
                let other = self
                    .all("deployments")
                    .find(|other| other["metadata"]["name"] != name && !is_complete(other))
                    .map(|other| other["metadata"]["name"].clone());
                if let Some(other) = other.filter(|_| serves && !same) {
                    self.violations
                        .push(format!("{name} was changed while {other} rolled"));
                }
            }
            _ => {}
        }
    }

    /// Admits an object and keeps it; whether it is another one than before.
    fn store(
        &mut self,
        plural: &str,
        name: &str,
        mut value: Value,
        owners: Owners,
        status_owners: Owners,
    ) -> Result<bool, Refusal> {
        let old = self.value(plural, name).cloned();
        normalise(plural, &mut value);
        default(plural, &mut value);
        Self::admitted(plural, &mut value, old.as_ref())?;
        match &old {
            None => {
                value["metadata"]["uid"] = format!("uid-{}", self.tick()).into();
                value["metadata"]["creationTimestamp"] = self.now().into();
                value["metadata"]["generation"] = 1.into();
                if plural == "persistentvolumeclaims" {
                    value["metadata"]["finalizers"] = json!(["kubernetes.io/pvc-protection"]);
                }
            }
            Some(old) if old["spec"] != value["spec"] => {
                let generation = old["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
                value["metadata"]["generation"] = generation.into();
            }
            Some(_) => {}
        }
        value["metadata"]["managedFields"] = owners.managed_fields();
        let ends = !value["metadata"]["deletionTimestamp"].is_null()
            && value["metadata"]["finalizers"]
                .as_array()
                .is_none_or(Vec::is_empty);
        let key = (plural.to_owned(), name.to_owned());
        if ends {
            self.objects.remove(&key);
            return Ok(true);
        }
        let changed = old.is_none_or(|old| old != value);
        if changed {
            value["metadata"]["resourceVersion"] = self.tick().to_string().into();
        }
        let value = Arc::new(value);
        self.objects.insert(
            key,
            Stored {
                value,
                owners,
                status_owners,
            },
        );
        Ok(changed)
    }

    fn admitted(plural: &str, value: &mut Value, old: Option<&Value>) -> Result<(), Refusal> {
        let schema = match plural {
            PLATFORMS => &*PLATFORM,
            RESTORES => &*RESTORE,
            _ => return Ok(()),
        };
        let invalid = |faults: Vec<String>| {
            Err(Refusal {
                code: 422,
                reason: "Invalid",
                message: faults.join("; "),
            })
        };
        if old.is_none_or(|old| old["spec"] != value["spec"]) {
            match admit(schema, value, old) {
                Ok(admitted) => *value = admitted,
                Err(faults) => return invalid(faults),
            }
        }
        let status = &value["status"];
        let faults = if status.is_null() {
            Vec::new()
        } else {
            faults(&schema["properties"]["status"], status)
        };
        if faults.is_empty() {
            Ok(())
        } else {
            invalid(faults)
        }
    }

    /// Deletes an object, or marks it where something holds it.
    pub(crate) fn remove(&mut self, plural: &str, name: &str) {
        let held = self.value(plural, name).is_some_and(|value| {
            value["metadata"]["finalizers"]
                .as_array()
                .is_some_and(|held| !held.is_empty())
        });
        if held {
            let now = self.now();
            self.change(plural, name, |value| {
                if value["metadata"]["deletionTimestamp"].is_null() {
                    value["metadata"]["deletionTimestamp"] = now.into();
                }
            });
        } else {
            self.objects.remove(&(plural.to_owned(), name.to_owned()));
        }
    }

    pub(crate) fn value(&self, plural: &str, name: &str) -> Option<&Value> {
        self.objects
            .get(&(plural.to_owned(), name.to_owned()))
            .map(|stored| &*stored.value)
    }

    pub(crate) fn all(&self, plural: &str) -> impl Iterator<Item = &Value> {
        self.objects
            .iter()
            .filter(move |((found, _), _)| found == plural)
            .map(|(_, stored)| &*stored.value)
    }

    pub(crate) fn names(&self, plural: &str) -> Vec<String> {
        self.all(plural)
            .filter_map(|value| Some(value["metadata"]["name"].as_str()?.to_owned()))
            .collect()
    }

    /// What anybody but the operator does to an object, made if it is not there. Admission applies.
    pub(crate) fn change(&mut self, plural: &str, name: &str, change: impl FnOnce(&mut Value)) {
        let (mut value, owners, status_owners) =
            match self.objects.get(&(plural.to_owned(), name.to_owned())) {
                Some(stored) => (
                    Value::clone(&stored.value),
                    stored.owners.clone(),
                    stored.status_owners.clone(),
                ),
                None => (
                    json!({"metadata": {"name": name, "namespace": NAMESPACE}}),
                    Owners::default(),
                    Owners::default(),
                ),
            };
        change(&mut value);
        if let Err(refusal) = self.store(plural, name, value, owners, status_owners) {
            panic!("{plural} {name}: {}", refusal.message);
        }
    }

    /// Keeps what no admission would let in now, but an older one did.
    pub(crate) fn keep(&mut self, plural: &str, name: &str, value: Value) {
        let stored = Stored {
            value: Arc::new(value),
            owners: Owners::default(),
            status_owners: Owners::default(),
        };
        self.objects
            .insert((plural.to_owned(), name.to_owned()), stored);
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// A time that only goes on.
    pub(crate) fn now(&mut self) -> String {
        let seconds = i64::try_from(self.tick()).unwrap_or_default();
        let start = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
        (start + chrono::TimeDelta::seconds(seconds))
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }
}

fn merge(value: &mut Value, patch: &Value) {
    let Some(fields) = patch.as_object() else {
        *value = patch.clone();
        return;
    };
    for (name, patch) in fields {
        merge(&mut value[name], patch);
    }
}

fn not_found(plural: &str, name: &str) -> Answer {
    refuse(404, "NotFound", format!("{plural} \"{name}\" not found"))
}

fn failure(code: u16, reason: &str, message: &str) -> (u16, Value) {
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code});
    (code, status)
}

/// The API server leaves out what is empty, and knows one spelling of a quantity; of custom resources it knows only their schema.
fn normalise(plural: &str, value: &mut Value) {
    if plural != PLATFORMS && plural != RESTORES {
        tidy(value);
    }
}

fn tidy(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| {
                let set = name == "finalizers";
                !(value.is_null() || !set && value.as_array().is_some_and(Vec::is_empty))
            });
            if fields.get("value").is_some_and(|value| value == "") && fields.contains_key("name") {
                fields.remove("value");
            }
            for (name, value) in fields {
                let quantity = value
                    .as_str()
                    .and_then(|text| text.strip_suffix("Mi")?.parse::<u64>().ok());
                if let Some(mebibytes) = quantity
                    && mebibytes % 1024 == 0
                    && matches!(name.as_str(), "memory" | "storage" | "sizeLimit")
                {
                    *value = format!("{}Gi", mebibytes / 1024).into();
                }
                tidy(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn default(plural: &str, value: &mut Value) {
    match plural {
        "deployments" if value["spec"]["replicas"].is_null() => {
            value["spec"]["replicas"] = 1.into();
        }
        // By the name, so that it is the same in every course of events.
        "services" if value["spec"]["clusterIP"].is_null() => {
            let name = value["metadata"]["name"].as_str().unwrap_or_default();
            let sum: usize = name.bytes().map(usize::from).sum();
            value["spec"]["clusterIP"] = format!("10.43.{}.{}", name.len(), sum % 256).into();
        }
        _ => {}
    }
}

/// Whether a Job has ended.
pub(crate) fn is_over(job: &Value) -> bool {
    job["status"]["conditions"].is_array()
}

/// Whether a Deployment's pods are all new and available.
pub(crate) fn is_complete(deployment: &Value) -> bool {
    let desired = &deployment["spec"]["replicas"];
    let status = &deployment["status"];
    status["observedGeneration"] == deployment["metadata"]["generation"]
        && ["replicas", "updatedReplicas", "availableReplicas"]
            .into_iter()
            .all(|count| status[count] == *desired)
}
