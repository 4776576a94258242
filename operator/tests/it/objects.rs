//! Every object as it is built: typed, bounded, harmless, and without a secret where none belongs.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use k8s_openapi::api::{
    apps::v1::{Deployment, StatefulSet},
    autoscaling::v2::HorizontalPodAutoscaler,
    batch::v1::{CronJob, Job},
    core::v1::{ConfigMap, PersistentVolumeClaim, Secret, Service, ServiceAccount},
    networking::v1::{Ingress, NetworkPolicy},
    policy::v1::PodDisruptionBudget,
};
use operator::build::{self, Kind, Referenced};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::plans::{PLANS, containers, each, objects, plan, pod};

/// A field that the API does not know is lost on the way through its type.
#[test]
fn every_field_is_one_that_the_api_knows() {
    fn through<T: DeserializeOwned + Serialize>(value: &Value) -> Value {
        let typed: T = serde_json::from_value(value.clone()).expect("of its kind");
        serde_json::to_value(typed).expect("JSON")
    }
    each(|case, _, object| {
        let value = &object.value;
        let typed = match object.kind {
            Kind::ServiceAccount => through::<ServiceAccount>(value),
            Kind::Secret => through::<Secret>(value),
            Kind::ConfigMap => through::<ConfigMap>(value),
            Kind::PersistentVolumeClaim => through::<PersistentVolumeClaim>(value),
            Kind::Service => through::<Service>(value),
            Kind::NetworkPolicy => through::<NetworkPolicy>(value),
            Kind::PodDisruptionBudget => through::<PodDisruptionBudget>(value),
            Kind::StatefulSet => through::<StatefulSet>(value),
            Kind::Job => through::<Job>(value),
            Kind::CronJob => through::<CronJob>(value),
            Kind::Deployment => through::<Deployment>(value),
            Kind::HorizontalPodAutoscaler => through::<HorizontalPodAutoscaler>(value),
            Kind::Ingress => through::<Ingress>(value),
        };
        assert_eq!(&typed, value, "{case}");
    });
}

#[test]
fn names_are_labels_and_unique() {
    for (case, plan) in PLANS.iter() {
        let mut seen = BTreeSet::new();
        for object in objects(plan) {
            let name = object.name().to_owned();
            assert!(
                name.starts_with("demo-") && name.len() - "demo".len() + 40 <= 63,
                "{case}: {name}"
            );
            assert_eq!(
                object.value["metadata"]["namespace"], "shop",
                "{case}: {name}"
            );
            assert!(
                seen.insert((object.kind, name.clone())),
                "{case}: {name} is built twice"
            );
        }
    }
}

/// What has data outlives the platform, all else ends with it, and everything is found by its labels.
#[test]
fn owners_and_labels() {
    each(|case, plan, object| {
        let metadata = &object.value["metadata"];
        let kept =
            object.kind == Kind::PersistentVolumeClaim || object.name() == "demo-credentials";
        let owner = &metadata["ownerReferences"][0];
        assert_eq!(
            owner["uid"] == plan.uid.as_str() && owner["controller"] == true,
            !kept,
            "{case}"
        );
        let labels = &metadata["labels"];
        assert_eq!(labels["app.kubernetes.io/instance"], "demo", "{case}");
        assert_eq!(
            labels["app.kubernetes.io/managed-by"], "event-platform-operator",
            "{case}"
        );
    });
}

/// Kubernetes' pod security standard, profile restricted, and what goes beyond it here.
#[test]
fn pods_are_harmless() {
    each(|case, plan, object| {
        let Some(pod) = pod(object) else { return };
        for field in ["hostNetwork", "hostPID", "hostIPC", "hostUsers"] {
            assert!(pod[field].is_null(), "{case}: {field}");
        }
        for volume in pod["volumes"].as_array().into_iter().flatten() {
            let sources: Vec<_> = volume
                .as_object()
                .expect("a volume")
                .keys()
                .filter(|key| *key != "name")
                .collect();
            assert!(
                matches!(sources.as_slice(), [source] if ["emptyDir", "secret", "configMap", "persistentVolumeClaim"].contains(&source.as_str())),
                "{case}: {volume}"
            );
            assert!(
                volume["emptyDir"].is_null() || volume["emptyDir"]["sizeLimit"].is_string(),
                "{case}: {volume}"
            );
        }
        let security = &pod["securityContext"];
        assert_eq!(security["runAsNonRoot"], true, "{case}");
        assert_eq!(
            security["seccompProfile"]["type"], "RuntimeDefault",
            "{case}"
        );
        assert_eq!(pod["automountServiceAccountToken"], false, "{case}");
        let login = pod["imagePullSecrets"][0]["name"] == "login";
        assert_eq!(login, !plan.spec.image_pull_secrets.is_empty(), "{case}");
        assert_eq!(pod["enableServiceLinks"], false, "{case}");
        assert!(!containers(pod).is_empty(), "{case}");
        for container in containers(pod) {
            let case = format!("{case}: {}", container["name"]);
            let own = &container["securityContext"];
            assert_eq!(own["allowPrivilegeEscalation"], false, "{case}");
            assert_eq!(own["readOnlyRootFilesystem"], true, "{case}");
            assert_eq!(own["capabilities"], json!({"drop": ["ALL"]}), "{case}");
            assert!(
                own["privileged"].is_null()
                    && own["procMount"].is_null()
                    && own["seccompProfile"].is_null(),
                "{case}"
            );
            let user = if own["runAsUser"].is_null() {
                &security["runAsUser"]
            } else {
                &own["runAsUser"]
            };
            assert!(user.as_i64().is_some_and(|user| user > 0), "{case}");
            for port in container["ports"].as_array().into_iter().flatten() {
                assert!(port["hostPort"].is_null(), "{case}");
            }
        }
    });
}

/// What runs before others, and what ends by itself when it can't do its work.
const UNPROBED: [&str; 2] = ["begin-anew", "archive"];

#[test]
fn pods_are_bounded_and_looked_after() {
    each(|case, _, object| {
        let Some(pod) = pod(object) else { return };
        for container in containers(pod) {
            let case = format!("{case}: {}", container["name"]);
            let resources = &container["resources"];
            assert!(resources["limits"]["memory"].is_string(), "{case}");
            assert!(
                resources["requests"]["cpu"].is_string()
                    && resources["requests"]["memory"].is_string(),
                "{case}"
            );
            assert_eq!(
                container["terminationMessagePolicy"], "FallbackToLogsOnError",
                "{case}"
            );
            assert!(
                container["image"]
                    .as_str()
                    .is_some_and(|image| image.contains(':')),
                "{case}"
            );
            let served = matches!(object.kind, Kind::Deployment | Kind::StatefulSet)
                && !UNPROBED.contains(&container["name"].as_str().unwrap_or_default());
            assert_eq!(
                container["startupProbe"].is_object() && container["readinessProbe"].is_object(),
                served,
                "{case}"
            );
            if object.kind == Kind::Deployment && served {
                assert!(container["livenessProbe"].is_object(), "{case}");
            }
            for mount in container["volumeMounts"].as_array().into_iter().flatten() {
                let volumes = pod["volumes"].as_array().expect("volumes");
                assert!(
                    volumes.iter().any(|volume| volume["name"] == mount["name"]),
                    "{case}: {mount}"
                );
            }
        }
        if matches!(object.kind, Kind::Job | Kind::CronJob) {
            assert_eq!(pod["restartPolicy"], "Never", "{case}");
            let spec = object
                .value
                .pointer("/spec/jobTemplate/spec")
                .unwrap_or(&object.value["spec"]);
            assert!(
                spec["activeDeadlineSeconds"].is_i64() && spec["backoffLimit"].is_i64(),
                "{case}"
            );
        }
    });
}

/// Accounts, Secrets and Services that pods name are built, too.
#[test]
fn what_pods_refer_to_is_there() {
    for (case, plan) in PLANS.iter() {
        let all = objects(plan);
        let has = |kind: Kind, name: &Value| {
            all.iter()
                .any(|object| object.kind == kind && *name == object.name())
        };
        let given = ["extra", "admin", "nfs"];
        let built = |kind: Kind, name: &Value| {
            has(kind, name) || name.as_str().is_some_and(|name| given.contains(&name))
        };
        for object in &all {
            let Some(pod) = pod(object) else { continue };
            let case = format!("{case}: {}", object.name());
            assert!(
                has(Kind::ServiceAccount, &pod["serviceAccountName"]),
                "{case}"
            );
            for volume in pod["volumes"].as_array().into_iter().flatten() {
                let secret = &volume["secret"]["secretName"];
                assert!(
                    secret.is_null() || built(Kind::Secret, secret),
                    "{case}: {secret}"
                );
                let config = &volume["configMap"]["name"];
                assert!(
                    config.is_null() || has(Kind::ConfigMap, config),
                    "{case}: {config}"
                );
                let claim = &volume["persistentVolumeClaim"]["claimName"];
                assert!(
                    claim.is_null() || built(Kind::PersistentVolumeClaim, claim),
                    "{case}: {claim}"
                );
            }
            for container in containers(pod) {
                for source in container["envFrom"].as_array().into_iter().flatten() {
                    assert!(
                        has(Kind::Secret, &source["secretRef"]["name"]),
                        "{case}: {source}"
                    );
                }
                let mut names = BTreeSet::new();
                for variable in container["env"].as_array().into_iter().flatten() {
                    assert!(
                        names.insert(variable["name"].as_str()),
                        "{case}: {variable} is there twice"
                    );
                    let secret = &variable["valueFrom"]["secretKeyRef"]["name"];
                    assert!(
                        secret.is_null() || built(Kind::Secret, secret),
                        "{case}: {variable}"
                    );
                }
            }
        }
    }
}

#[test]
fn secrets_are_in_secrets_alone() {
    let values = credential_values();
    each(|case, _, object| {
        let text = object.value.to_string();
        if object.kind != Kind::Secret {
            assert!(!text.contains("hidden"), "{case}");
            for value in &values {
                assert!(!text.contains(&BASE64.encode(value)), "{case}: {value}");
            }
        }
    });
}

fn credential_values() -> Vec<String> {
    let (_, plan) = &PLANS[0];
    let secret = plan.credentials.secret(plan);
    secret.value["data"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, value)| {
            let bytes = BASE64
                .decode(value.as_str().unwrap_or_default())
                .expect("base64");
            String::from_utf8(bytes).expect("text")
        })
        .collect()
}

/// Each process is told its own secrets and nobody else's.
#[test]
fn services_know_only_what_they_need() {
    let (_, plan) = &PLANS[0];
    let known: BTreeMap<_, Vec<_>> = build::foundation(plan)
        .into_iter()
        .filter(|object| object.kind == Kind::Secret)
        .map(|object| {
            let data = object.value["data"]
                .as_object()
                .expect("data")
                .keys()
                .cloned()
                .collect();
            (object.name().trim_start_matches("demo-").to_owned(), data)
        })
        .collect();
    let expected: [(&str, &[&str]); 9] = [
        (
            "auth",
            &[
                "DATABASE_URL",
                "KEY_ENCRYPTION_KEY",
                "RABBITMQ_URL",
                "REDIS_URL",
            ],
        ),
        (
            "booking",
            &[
                "DATABASE_URL",
                "RABBITMQ_URL",
                "REDIS_URL",
                "TICKET_SIGNING_KEY",
            ],
        ),
        ("catalog", &["DATABASE_URL", "RABBITMQ_URL", "REDIS_URL"]),
        (
            "payment",
            &[
                "DATABASE_URL",
                "RABBITMQ_URL",
                "REDIS_URL",
                "SANDBOX_API_KEY",
                "SANDBOX_WEBHOOK_SECRET",
            ],
        ),
        ("postgres", &["POSTGRES_PASSWORD"]),
        (
            "rabbitmq",
            &["20-platform.conf", "definitions.json", "enabled_plugins"],
        ),
        ("redis", &["redis.conf"]),
        (
            "sandbox",
            &["DATABASE_URL", "SANDBOX_API_KEY", "SANDBOX_WEBHOOK_SECRET"],
        ),
        ("worker", &["DATABASE_URL", "RABBITMQ_URL"]),
    ];
    let expected: BTreeMap<_, Vec<_>> = expected
        .into_iter()
        .map(|(name, keys)| {
            (
                name.to_owned(),
                keys.iter().map(|key| (*key).to_owned()).collect(),
            )
        })
        .collect();
    assert_eq!(known, expected);
}

/// A few objects to the letter. `UPDATE_SNAPSHOTS=1` writes them anew.
#[test]
fn central_objects_are_these() {
    let (_, plan) = &PLANS[0];
    let all = objects(plan);
    let mut differing = Vec::new();
    for (kind, name) in [
        (Kind::Deployment, "demo-booking"),
        (Kind::Deployment, "demo-frontend"),
        (Kind::Job, "demo-migrate-0123456789-1"),
        (Kind::StatefulSet, "demo-postgres"),
        (Kind::NetworkPolicy, "demo-booking"),
        (Kind::NetworkPolicy, "demo-rabbitmq"),
        (Kind::StatefulSet, "demo-rabbitmq"),
    ] {
        let object = all
            .iter()
            .find(|object| object.kind == kind && object.name() == name)
            .expect("the object is built");
        let text = serde_json::to_string_pretty(&object.value).expect("JSON") + "\n";
        let file = format!("{}-{name}.json", kind.name().to_lowercase());
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/it/snapshots")
            .join(&file);
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&path, &text).expect("a file that can be written");
            continue;
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        if kept != text {
            differing.push(format!("{file}:\n{}", changes(&kept, &text)));
        }
    }
    assert!(
        differing.is_empty(),
        "{}\nif that is meant: UPDATE_SNAPSHOTS=1",
        differing.join("\n")
    );
}

/// Lines between what both begin and end with.
fn changes(old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..]
        .iter()
        .rev()
        .zip(new[head..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let lines = |sign: &str, lines: &[&str]| {
        lines
            .iter()
            .fold(String::new(), |text, line| text + sign + " " + line + "\n")
    };
    format!(
        "from line {}\n{}{}",
        head + 1,
        lines("-", &old[head..old.len() - tail]),
        lines("+", &new[head..new.len() - tail])
    )
}

/// A Service may lead to another port than its own, and policies see that one.
#[test]
fn services_of_the_cluster_are_reached_at_any_port() {
    let any = json!([{"protocol": "TCP"}]);
    for (endpoint, ports) in [
        ("http://collector:4318", any.clone()),
        ("http://collector.observability.svc", any.clone()),
        (
            "http://collector.observability.svc.cluster.local:80",
            any.clone(),
        ),
        (
            "http://collector.example.com:4318",
            json!([{"port": 4318, "protocol": "TCP"}]),
        ),
        (
            "https://collector.example.com",
            json!([{"port": 443, "protocol": "TCP"}]),
        ),
        (
            "http://[fd00::1]:4318",
            json!([{"port": 4318, "protocol": "TCP"}]),
        ),
        (
            "http://192.0.2.1:4318",
            json!([{"port": 4318, "protocol": "TCP"}]),
        ),
    ] {
        let plan = plan(
            &json!({"tracing": {"endpoint": endpoint}}),
            Referenced::default(),
        );
        let policy = build::foundation(&plan)
            .into_iter()
            .find(|object| object.kind == Kind::NetworkPolicy && object.name() == "demo-worker")
            .expect("a policy");
        let egress = policy.value["spec"]["egress"].as_array().expect("rules");
        let open: Vec<_> = egress.iter().filter(|rule| rule["to"].is_null()).collect();
        assert_eq!(open, [&json!({"ports": ports})], "{endpoint}");
    }
}
