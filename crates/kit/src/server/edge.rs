//! What happens around every request: load shedding, trace, time-out, panics, metrics.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt as _;
use metrics::{Gauge, gauge, histogram};
use tokio::sync::Semaphore;
use tracing::{Span, field, info_span};

use crate::{config::ServerConfig, problem::Problem, process::Shutdown, telemetry};

pub(super) struct Edge {
    timeout: Duration,
    in_flight: Semaphore,
    shutdown: Shutdown,
    active: Gauge,
}

impl Edge {
    pub(super) fn new(config: &ServerConfig, shutdown: Shutdown) -> Self {
        Self {
            timeout: config.request_timeout.into(),
            in_flight: Semaphore::new(config.max_in_flight as usize),
            shutdown,
            active: gauge!("http_server_active_requests"),
        }
    }
}

/// Counts a request for as long as it lives, also when its client goes away.
struct Active<'a>(&'a Gauge);

impl<'a> Active<'a> {
    fn new(gauge: &'a Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

pub(super) async fn edge(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route
        .as_ref()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let parent = request
        .headers()
        .get("traceparent")
        .and_then(|value| value.to_str().ok())
        .map(ToOwned::to_owned);
    let span = span(method, &route, &request);

    let mut response = telemetry::within(span.clone(), parent.as_deref(), async {
        // Held until the answer begins; a stream must not occupy a place for hours.
        let Ok(_permit) = edge.in_flight.try_acquire() else {
            return Problem::unavailable(1).shed().into_response();
        };
        let _active = Active::new(&edge.active);
        let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
        match tokio::time::timeout(edge.timeout, handled).await {
            Ok(Ok(response)) => response,
            Ok(Err(panic)) => {
                let text = panic
                    .downcast_ref::<&str>()
                    .copied()
                    .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
                    .unwrap_or("no message");
                tracing::error!(method, route, "a handler panicked: {text}");
                Problem::unexplained().into_response()
            }
            Err(_) => {
                tracing::warn!(method, route, "no answer within {:?}", edge.timeout);
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "timeout",
                    "The request took too long",
                )
                .retry_after(1)
                .into_response()
            }
        }
    })
    .await;

    let status = response.status();
    let elapsed = started.elapsed();
    histogram!(
        "http_server_request_duration_seconds",
        "http_request_method" => method,
        "http_route" => route,
        "http_response_status_code" => status.as_str().to_owned(),
    )
    .record(elapsed);
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", status.as_str());
    }
    if edge.shutdown.is_cancelled() {
        // The peer shall take its next request to another replica.
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A method's name; one label for all that are made up.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}

fn span(method: &'static str, route: &str, request: &Request) -> Span {
    if !telemetry::exporting() {
        return Span::none();
    }
    info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        url.scheme = "http",
        url.path = request.uri().path(),
        http.response.status_code = field::Empty,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    )
}
