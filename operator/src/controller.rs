//! When to look at which platform: on its own changes, on those of anything it owns or refers to, and every few minutes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use futures::StreamExt as _;
use k8s_openapi::api::{
    apps::v1::{Deployment, StatefulSet},
    autoscaling::v2::HorizontalPodAutoscaler,
    batch::v1::{CronJob, Job},
    core::v1::{ConfigMap, Secret, Service, ServiceAccount},
    networking::v1::{Ingress, NetworkPolicy},
    policy::v1::PodDisruptionBudget,
};
use kit::{
    http::ApiRouter,
    metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram},
    process::Shutdown,
    server::Readiness,
};
use kube::{
    Client, Resource as _, ResourceExt as _,
    core::DeserializeGuard,
    runtime::{
        Controller,
        controller::{Action, Config as ControllerConfig},
        events::{EventType, Recorder, Reporter},
        reflector::ObjectRef,
        watcher,
    },
};
use tracing::info_span;

use crate::{
    Config,
    api::{EventPlatform, EventPlatformRestore, RestorePhase, RestoreStatus},
    build::part::MANAGED_BY,
    cluster::Error,
    leader::Leadership,
    reconcile::{self, Context},
    watches::{self, Hardly, api, changes, metadata},
};

type Guarded<K> = DeserializeGuard<K>;

/// Platforms that are looked at at once.
const CONCURRENCY: u16 = 4;
/// Changes that come together are looked at together.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// How soon a look that failed is repeated.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// Serves health and metrics, and works for as long as it leads.
pub async fn run(config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    describe_metrics();
    let client = Client::try_default()
        .await
        .context("no cluster to work on")?;
    let server = kit::server::serve(
        config.server.clone(),
        ApiRouter::new(),
        Readiness::new(),
        shutdown.clone(),
    );
    let work = async {
        let result = work(client, &config, &shutdown).await;
        shutdown.trigger();
        result
    };
    let (served, worked) = tokio::join!(server, work);
    worked.and(served)
}

async fn work(client: Client, config: &Config, shutdown: &Shutdown) -> anyhow::Result<()> {
    gauge!("operator_leader").set(0.0);
    let Some(mut leadership) = Leadership::gain(client.clone(), config, shutdown).await? else {
        return Ok(());
    };
    gauge!("operator_leader").set(1.0);
    tokio::select! {
        () = control(client, config, shutdown) => {}
        () = leadership.lost() => {
            // Another operator may work already: whatever is under way here must not go on.
            anyhow::bail!("the lease is lost");
        }
    }
    leadership.release().await;
    Ok(())
}

async fn control(client: Client, config: &Config, shutdown: &Shutdown) {
    let reporter = Reporter {
        controller: MANAGED_BY.into(),
        instance: Some(config.pod_name.clone()),
    };
    let context = Arc::new(Context {
        recorder: Recorder::new(client.clone(), reporter),
        client: client.clone(),
    });
    let namespace = config.watch_namespace.as_deref();
    let owned =
        watcher::Config::default().labels(&format!("app.kubernetes.io/managed-by={MANAGED_BY}"));

    let (store, platforms) = watches::all(api::<Guarded<EventPlatform>>(&client, namespace));
    let platforms = Controller::for_stream(platforms, store.clone());
    let secrets = metadata::<Secret>(&client, namespace, &watcher::Config::default());
    let platforms = platforms
        .with_config(ControllerConfig::default().concurrency(CONCURRENCY).debounce(DEBOUNCE))
        .trigger_backoff(Hardly)
        .owns_stream(changes(api::<Deployment>(&client, namespace), &owned))
        .owns_stream(changes(api::<StatefulSet>(&client, namespace), &owned))
        .owns_stream(changes(api::<Job>(&client, namespace), &owned))
        .owns_stream(metadata::<CronJob>(&client, namespace, &owned))
        .owns_stream(metadata::<Service>(&client, namespace, &owned))
        .owns_stream(metadata::<ConfigMap>(&client, namespace, &owned))
        .owns_stream(metadata::<ServiceAccount>(&client, namespace, &owned))
        .owns_stream(metadata::<NetworkPolicy>(&client, namespace, &owned))
        .owns_stream(metadata::<Ingress>(&client, namespace, &owned))
        .owns_stream(metadata::<PodDisruptionBudget>(&client, namespace, &owned))
        .owns_stream(metadata::<HorizontalPodAutoscaler>(&client, namespace, &owned))
        // Owned ones and those that specs refer to; never what is in them.
        .watches_stream(secrets, {
            let store = store.clone();
            move |secret| {
                let namespace = secret.namespace();
                let name = secret.name_any();
                store
                    .state()
                    .into_iter()
                    .filter(move |platform| platform.namespace() == namespace && concerns(platform, &name))
                    .map(|platform| ObjectRef::from_obj(platform.as_ref()))
                    .collect::<Vec<_>>()
            }
        })
        .watches_stream(
            changes(
                api::<Guarded<EventPlatformRestore>>(&client, namespace),
                &watcher::Config::default(),
            ),
            |restore| {
                let namespace = restore.namespace().unwrap_or_default();
                let restore = restore.0.as_ref().ok()?;
                Some(ObjectRef::<Guarded<EventPlatform>>::new(&restore.spec.platform).within(&namespace))
            },
        );
    let end = shutdown.clone();
    let platforms = platforms
        .graceful_shutdown_on(async move { end.cancelled().await })
        .run(look, error_policy, context.clone())
        .for_each(|_| std::future::ready(()));

    let end = shutdown.clone();
    let (known, restores) = watches::all(api::<Guarded<EventPlatformRestore>>(&client, namespace));
    let restores = Controller::for_stream(restores, known)
        .with_config(ControllerConfig::default().concurrency(1))
        .trigger_backoff(Hardly)
        .graceful_shutdown_on(async move { end.cancelled().await })
        .run(
            move |restore, context| lonely(restore, context, store.clone()),
            error_policy,
            context,
        )
        .for_each(|_| std::future::ready(()));
    tokio::join!(platforms, restores);
}

/// Whether a Secret is one of this platform's or one that its spec names.
fn concerns(platform: &Guarded<EventPlatform>, secret: &str) -> bool {
    let name = platform.name_any();
    secret
        .strip_prefix(&name)
        .is_some_and(|rest| rest.starts_with('-'))
        || platform.0.as_ref().is_ok_and(|platform| {
            crate::cluster::referenced(&name, &platform.spec)
                .iter()
                .any(|named| named == secret)
        })
}

async fn look(
    platform: Arc<Guarded<EventPlatform>>,
    context: Arc<Context>,
) -> Result<Action, Error> {
    let namespace = platform.namespace().unwrap_or_default();
    let name = platform.name_any();
    let span = info_span!(
        "reconcile",
        otel.name = "reconcile EventPlatform",
        k8s.namespace.name = namespace,
        event_platform.name = name,
        otel.status_code = tracing::field::Empty,
    );
    let told = span.clone();
    kit::telemetry::within(span, None, async move {
        if let Err(invalid) = &platform.0 {
            // Left alone until it changes: the others go on.
            tracing::error!(
                namespace,
                name,
                "this EventPlatform can't be read: {}",
                invalid.error
            );
            counter!("operator_reconciles_total", "result" => "malformed").increment(1);
            if invalid.metadata.deletion_timestamp.is_some() {
                reconcile::let_go(&context.client, &invalid.metadata).await?;
                return Ok(Action::await_change());
            }
            let message = format!(
                "this object can't be read and is left alone: {}",
                invalid.error
            );
            let about = platform.object_ref(&());
            reconcile::tell(&context, &about, EventType::Warning, "Malformed", &message).await;
            return Ok(Action::await_change());
        }
        let started = Instant::now();
        let result = Box::pin(reconcile::reconcile(&context, &namespace, &name)).await;
        histogram!("operator_reconcile_duration_seconds").record(started.elapsed());
        let label = match &result {
            Ok(_) => "ok",
            Err(error) => error.reason(),
        };
        counter!("operator_reconciles_total", "result" => label).increment(1);
        match result {
            Ok(wait) => Ok(Action::requeue(wait)),
            Err(error) => {
                told.record("otel.status_code", "ERROR");
                tracing::warn!(namespace, name, "{error}; next try in {AFTER_ERROR:?}");
                Err(error)
            }
        }
    })
    .await
}

/// A restore whose platform does not exist says so; any other is its platform's.
async fn lonely(
    restore: Arc<Guarded<EventPlatformRestore>>,
    context: Arc<Context>,
    platforms: kube::runtime::reflector::Store<Guarded<EventPlatform>>,
) -> Result<Action, Error> {
    let Ok(restore) = &restore.0 else {
        return Ok(Action::await_change());
    };
    // An error means that the process ends.
    let _ = platforms.wait_until_ready().await;
    let over = restore
        .status
        .as_ref()
        .and_then(|status| status.phase)
        .is_some_and(RestorePhase::is_over);
    let namespace = restore.namespace().unwrap_or_default();
    let reference =
        ObjectRef::<Guarded<EventPlatform>>::new(&restore.spec.platform).within(&namespace);
    if over || platforms.get(&reference).is_some() {
        return Ok(Action::await_change());
    }
    let message = format!(
        "there is no EventPlatform {} in this namespace",
        restore.spec.platform
    );
    let status = RestoreStatus {
        phase: Some(RestorePhase::Pending),
        message: Some(message),
        ..RestoreStatus::default()
    };
    reconcile::report_restore(&context, restore, None, status).await?;
    Ok(Action::await_change())
}

fn error_policy<K>(_object: Arc<K>, _error: &Error, _context: Arc<Context>) -> Action {
    Action::requeue(AFTER_ERROR)
}

fn describe_metrics() {
    describe_counter!(
        "operator_reconciles_total",
        "Looks at a platform, by result"
    );
    describe_histogram!(
        "operator_reconcile_duration_seconds",
        "How long a look took"
    );
    describe_counter!(
        "operator_writes_total",
        "Objects created, changed or deleted"
    );
    describe_counter!(
        "operator_drift_repaired_total",
        "Objects that somebody had changed and that were put right"
    );
    describe_gauge!("operator_leader", "1 while this operator leads");
    reconcile::describe_gauges();
}
