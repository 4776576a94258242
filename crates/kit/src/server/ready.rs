//! `/ready`: whether requests should be sent here.

use std::{collections::BTreeMap, pin::Pin, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures::future::join_all;
use serde_json::json;

use crate::{http::Json, process::Shutdown};

/// A dependency that answers later counts as away.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

type Check = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// The dependencies that `/ready` names. Only a required one that is away makes it fail: what blinks must not empty a Service.
#[derive(Clone, Default)]
pub struct Readiness(Vec<(&'static str, bool, Check)>);

impl Readiness {
    pub fn new() -> Self {
        Self::default()
    }

    /// A dependency without which requests are better sent elsewhere.
    #[must_use]
    pub fn required<F, T, E>(
        self,
        name: &'static str,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: 'static,
        E: std::fmt::Display + 'static,
    {
        self.add(name, true, check)
    }

    /// A dependency whose state is only shown.
    #[must_use]
    pub fn informative<F, T, E>(
        self,
        name: &'static str,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: 'static,
        E: std::fmt::Display + 'static,
    {
        self.add(name, false, check)
    }

    fn add<F, T, E>(
        mut self,
        name: &'static str,
        required: bool,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: 'static,
        E: std::fmt::Display + 'static,
    {
        let check: Check = Arc::new(move || {
            let checked = check();
            Box::pin(async move {
                match tokio::time::timeout(CHECK_TIMEOUT, checked).await {
                    Ok(Ok(_)) => true,
                    Ok(Err(error)) => {
                        tracing::warn!(dependency = name, "not ready: {error}");
                        false
                    }
                    Err(_) => {
                        tracing::warn!(dependency = name, "not ready: no answer within 1 s");
                        false
                    }
                }
            })
        });
        self.0.push((name, required, check));
        self
    }
}

pub(super) async fn ready(State((readiness, shutdown)): State<(Readiness, Shutdown)>) -> Response {
    let checks = readiness
        .0
        .iter()
        .map(async |(name, required, check)| (*name, *required, check().await));
    let results = join_all(checks).await;
    let up = results.iter().all(|(_, required, up)| *up || !*required);
    let status = match (shutdown.is_cancelled(), up) {
        (true, _) => "draining",
        (false, true) => "ready",
        (false, false) => "unavailable",
    };
    let dependencies: BTreeMap<_, _> = results
        .iter()
        .map(|(name, required, up)| {
            (
                *name,
                json!({"state": if *up { "up" } else { "down" }, "required": required}),
            )
        })
        .collect();
    let code = if status == "ready" {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        code,
        Json(json!({"status": status, "dependencies": dependencies})),
    )
        .into_response()
}
