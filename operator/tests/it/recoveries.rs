//! PostgreSQL is taken back to a moment.

use operator::build::{self, Kind, Referenced};
use serde_json::{Value, json};

use crate::{
    apiserver::{PLATFORMS, RESTORES, lock},
    plans::plan,
    support::{forget, is_idle, told_of_restore, untouched_by_restores, written},
    world::{Failure, NAME, World},
};

const MOMENT: &str = "2026-01-01T12:00:00Z";

async fn running() -> World {
    World::running(&json!({"backup": {"pointInTime": {}}})).await
}

fn phase(world: &World, name: &str) -> String {
    let status = &world.get(RESTORES, name)["status"];
    status["phase"].as_str().unwrap_or_default().to_owned()
}

/// What was applied, made and deleted since the log was cleared, as far as it is about Jobs, PostgreSQL and one service.
fn steps(world: &World) -> Vec<String> {
    let told = ["demo-booking", "demo-postgres", "demo-archive"];
    let state = lock(&world.state);
    state
        .log
        .iter()
        .filter(|write| !write.status && write.changed)
        .filter(|write| match write.plural.as_str() {
            "jobs" => true,
            "deployments" | "statefulsets" => told.contains(&write.name.as_str()),
            _ => false,
        })
        .map(|write| {
            let what = write.name.split('-').nth(1).unwrap_or_default();
            format!("{} {what} {}", write.verb, write.object["spec"]["replicas"])
        })
        .collect()
}

#[tokio::test]
async fn postgres_is_stopped_after_the_services_and_starts_before_them() {
    let mut world = running().await;
    let before = untouched_by_restores(&world);
    forget(&world);
    world.recover("back", MOMENT);
    world.rest().await;
    world.is_ready();
    assert_eq!(
        steps(&world),
        [
            "create look null",
            "apply booking 0",
            "apply archive 0",
            "apply postgres 0",
            "create recovery null",
            "apply archive 1",
            "apply postgres 1",
            "delete migrate null",
            "create migrate null",
            "apply booking 2",
        ]
    );
    let status = &world.get(RESTORES, "back")["status"];
    assert_eq!(status["phase"], "Succeeded");
    assert_eq!(status["backup"], "2026-01-01 03:30:00Z");
    assert_eq!(status["recoveredTo"], "2026-01-01 12:00:00.000Z");
    let sentence = "recovered to 2026-01-01 12:00:00.000Z, from the base backup of 2026-01-01 03:30:00Z: 7 confirmed bookings are there, at least 2 are gone (9 were there at 2026-01-01 12:30:00Z)";
    assert_eq!(status["message"], sentence);
    for (reason, end) in [("RestoreBegan", ""), ("RestoreSucceeded", sentence)] {
        assert!(told_of_restore(&world, "back", reason).ends_with(end));
    }
    assert_eq!(untouched_by_restores(&world), before);
    is_idle(&world).await;
}

#[tokio::test]
async fn what_cannot_be_stops_nothing() {
    let mut world = running().await;
    world.manners.failures = vec![Failure {
        job: "look",
        container: "look",
        image: "postgres",
        exit: 64,
        said: "there is no base backup from before 2001-01-01T00:00:00Z; the oldest ended at 2026-01-01 03:30:00Z",
    }];
    forget(&world);
    for (name, target, sentence) in [
        (
            "early",
            "2001-01-01T00:00:00Z",
            "nothing was changed: look: there is no base backup from before 2001-01-01T00:00:00Z; the oldest ended at 2026-01-01 03:30:00Z",
        ),
        (
            "late",
            "2999-01-01T00:00:00Z",
            "nothing was changed: 2999-01-01T00:00:00Z is in the future; write a time that has passed, or latest for all that was archived",
        ),
        (
            "wrong",
            "2026-02-30T00:00:00Z",
            "nothing was changed: 2026-02-30T00:00:00Z is no time; write one such as 2026-11-28T12:00:00Z",
        ),
    ] {
        world.recover(name, target);
        world.rest().await;
        world.is_ready();
        let status = &world.get(RESTORES, name)["status"];
        assert_eq!(status["phase"], "Failed");
        assert_eq!(status["message"], sentence);
    }
    assert_eq!(written(&world, "deployments"), [""; 0]);
    assert_eq!(written(&world, "statefulsets"), [""; 0]);
    is_idle(&world).await;
}

#[tokio::test]
async fn without_an_archive_there_is_nothing_to_recover_from() {
    let mut world = World::running(&json!({"backup": {}})).await;
    world.recover("back", "latest");
    world.rest().await;
    world.is_ready();
    assert_eq!(
        world.get(RESTORES, "back")["status"]["message"],
        "nothing was changed: demo has no spec.backup.pointInTime, so there is no archive to recover from; leave out targetTime to put a dump back"
    );
}

#[tokio::test]
async fn one_that_fails_says_whether_anything_was_changed_and_postgres_runs_again() {
    for (exit, ended, reason) in [
        (64, "Failed", "AllReady"),
        (137, "Incomplete", "RestoreIncomplete"),
    ] {
        let mut world = running().await;
        world.manners.failures = vec![Failure {
            job: "recovery",
            container: "recovery",
            image: "postgres",
            exit,
            said: "the archive ends before that",
        }];
        world.recover("back", MOMENT);
        world.rest().await;
        assert_eq!(phase(&world, "back"), ended);
        assert_eq!(world.condition("Ready").1, reason);
        assert_eq!(
            world.get("statefulsets", "demo-postgres")["spec"]["replicas"],
            1
        );
        assert_eq!(
            world.get("deployments", "demo-archive")["spec"]["replicas"],
            1
        );
        is_idle(&world).await;
        world.delete(RESTORES, "back");
        world.rest().await;
        world.is_ready();
    }
}

/// Whenever its EventPlatformRestore is deleted, PostgreSQL runs in the end; while its volume is worked on it does not.
#[tokio::test]
async fn one_that_is_deleted_never_leaves_postgres_stopped() {
    for rounds in (1..40).step_by(4) {
        let mut world = running().await;
        world.recover("back", MOMENT);
        for _ in 0..rounds {
            world.round().await;
        }
        world.delete(RESTORES, "back");
        for _ in 0..200 {
            let moved = world.round().await;
            let recovering = lock(&world.state).all("pods").any(|pod| {
                pod["metadata"]["labels"]["app.kubernetes.io/component"] == "recovery"
                    && pod["status"]["phase"] == "Running"
            });
            let runs = world.find("pods", "demo-postgres-0").is_some();
            assert!(!(recovering && runs), "two have the volume after {rounds}");
            if !moved {
                break;
            }
        }
        world.is_ready();
        assert_eq!(
            world.get("statefulsets", "demo-postgres")["spec"]["replicas"],
            1
        );
    }
}

/// This is how one comes back from a volume that is lost: PostgreSQL refuses to begin, and nothing was ever migrated.
#[tokio::test]
async fn postgres_need_not_run_for_it() {
    let mut world = World::with(&json!({"backup": {"pointInTime": {}}}));
    world.manners.frozen = true;
    world.rest().await;
    assert_eq!(world.condition("Ready").1, "WaitingForPostgres");
    world.recover("back", "latest");
    world.rest().await;
    assert_eq!(phase(&world, "back"), "Pending");
    world.manners.frozen = false;
    world.rest().await;
    assert_eq!(phase(&world, "back"), "Succeeded");
    world.is_ready();
}

/// What is switched on can be switched off: only the archive's claim stays.
#[tokio::test]
async fn switched_off_only_the_claim_stays() {
    let mut world = running().await;
    world.spec(&json!({"backup": {}}));
    world.rest().await;
    world.is_ready();
    for plural in [
        "deployments",
        "configmaps",
        "networkpolicies",
        "serviceaccounts",
    ] {
        assert!(world.find(plural, "demo-archive").is_none(), "{plural}");
    }
    assert!(
        world
            .find("persistentvolumeclaims", "demo-archive")
            .is_some()
    );
    let pod = &world.get("statefulsets", "demo-postgres")["spec"]["template"]["spec"];
    for part in [&pod["containers"], &pod["volumes"]] {
        assert!(!part.to_string().contains("archive"), "{part:#}");
    }
}

#[tokio::test]
async fn an_archive_that_is_unhealthy_is_told() {
    let mut world = running().await;
    world.change(PLATFORMS, NAME, |platform| {
        platform["status"]["lastBackup"] = json!({
            "name": "20261125T030000Z", "message": "1M, 1 kept", "time": chrono::Utc::now(),
        });
    });
    world.rest().await;
    world.says(
        "BackupHealthy",
        "True",
        "Succeeded",
        "20261125T030000Z (1M, 1 kept); WAL is archived",
    );
    let archive = lock(&world.state)
        .names("pods")
        .into_iter()
        .find(|name| name.starts_with("demo-archive"))
        .expect("a pod");
    world.change("pods", &archive, |pod| {
        pod["status"]["containerStatuses"] = json!([{"name": "archive", "lastState": {"terminated": {
            "exitCode": 1, "message": "the archive is full: WAL is not kept since 00000001000000000000000A",
        }}}]);
    });
    world.manners.frozen = true;
    world.change("deployments", "demo-archive", |deployment| {
        deployment["status"]["readyReplicas"] = 0.into();
    });
    world.rest().await;
    world.says(
        "BackupHealthy",
        "False",
        "ArchiveUnhealthy",
        "what is committed now could not be recovered: archive: the archive is full: WAL is not kept since 00000001000000000000000A; kubectl logs deployment/demo-archive --previous may tell more",
    );
    is_idle(&world).await;
}

fn object(spec: &Value, kind: Kind, name: &str) -> Value {
    build::foundation(&plan(spec, Referenced::default()))
        .into_iter()
        .find(|object| object.kind == kind && object.name() == name)
        .unwrap_or_else(|| panic!("there is no {} {name}", kind.name()))
        .value
}

fn variable(container: &Value, name: &str) -> Value {
    container["env"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|variable| variable["name"] == name)
        .unwrap_or_else(|| panic!("there is no {name} in {container:#}"))["value"]
        .clone()
}

#[test]
fn what_the_spec_says_reaches_postgres_and_its_archive() {
    let spec = json!({"backup": {"pointInTime": {
        "storage": "10Gi", "retention": 5, "at": "01:15", "archiveTimeoutSeconds": 7,
    }}});
    let claim = object(&spec, Kind::PersistentVolumeClaim, "demo-archive");
    assert_eq!(claim["spec"]["resources"]["requests"]["storage"], "10Gi");
    let postgres = object(&spec, Kind::StatefulSet, "demo-postgres");
    let pod = &postgres["spec"]["template"]["spec"];
    let server = &pod["containers"][0];
    for argument in [
        "archive_mode=on",
        "archive_command=bash /operator/archive/archive-wal.sh %p %f",
        "archive_timeout=7s",
        "hba_file=/operator/archive/pg_hba.conf",
    ] {
        let arguments = server["args"].as_array().expect("arguments");
        assert!(arguments.iter().any(|one| one == argument), "{argument}");
    }
    let guard = &pod["initContainers"][0];
    assert_eq!(
        guard["command"],
        json!(["bash", "/operator/archive/guard.sh"])
    );
    assert_eq!(
        variable(guard, "EMPTY_ADVICE"),
        "to have them back make an EventPlatformRestore of demo with targetTime: latest; to begin anew without them remove claim demo-archive"
    );
    let archive = object(&spec, Kind::Deployment, "demo-archive");
    let container = &archive["spec"]["template"]["spec"]["containers"][0];
    for one in [server, guard, container] {
        assert_eq!(variable(one, "ARCHIVE"), "/archive/shop.demo");
        assert_eq!(variable(one, "ARCHIVE_LIMIT_MB"), "9216");
    }
    assert_eq!(variable(container, "BACKUP_AT"), "01:15");
    assert_eq!(variable(container, "BACKUP_KEEP"), "5");
    let scripts = object(&spec, Kind::ConfigMap, "demo-archive");
    let files: Vec<_> = scripts["data"].as_object().expect("files").keys().collect();
    assert_eq!(
        files,
        [
            "archive-wal.sh",
            "base.sh",
            "guard.sh",
            "healthy.sh",
            "lib.sh",
            "loop.sh",
            "pg_hba.conf",
            "restore-wal.sh",
            "restore.sh"
        ]
    );
}

/// A recovery that allows fewer connections than there were ends at once, and one with less memory may not end at all.
#[test]
fn a_recovery_runs_postgres_as_it_ran() {
    let plan = plan(
        &json!({"backup": {"pointInTime": {}}, "memoryBudget": "8Gi", "postgres": {"managed": {"resources": {"limits": {"memory": "2Gi"}}}}}),
        Referenced::default(),
    );
    let server = object_of(&plan, "demo-postgres");
    let (Some(archive), Some(managed)) = (plan.spec.point_in_time(), &plan.spec.postgres.managed)
    else {
        panic!("there is an archive of its own PostgreSQL");
    };
    let job = build::recovery_job(&plan, managed, archive, &crate::plans::recovery("latest"));
    let recovery = &job.value["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(recovery["resources"], server["resources"]);
    assert_eq!(
        recovery["command"].as_array().expect("a command")[3..],
        server["args"].as_array().expect("arguments")[1..]
    );
    assert_eq!(variable(recovery, "TARGET_TIME"), "");
}

fn object_of(plan: &build::Plan, name: &str) -> Value {
    build::foundation(plan)
        .into_iter()
        .find(|object| object.kind == Kind::StatefulSet && object.name() == name)
        .expect("it is built")
        .value["spec"]["template"]["spec"]["containers"][0]
        .clone()
}
