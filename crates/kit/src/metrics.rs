//! Metrics in Prometheus form. Record with the macros of the `metrics` crate, re-exported here.
//!
//! Histograms whose names end in `_seconds` are of durations, those in `_size` of counts; both have fixed buckets.

mod process;

use std::{sync::OnceLock, time::Duration};

pub use metrics::{
    counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// How often samples are moved from their buffers into buckets, so that a service nobody scrapes does not grow.
const UPKEEP: Duration = Duration::from_secs(5);

const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
const SIZES: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// Installs the process's recorder, once; call it inside a runtime. Without it, recording does nothing.
pub(crate) fn install() {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Suffix("_size".into()), &SIZES)
        });
    let recorder = match builder {
        Ok(builder) => builder.build_recorder(),
        Err(error) => {
            tracing::warn!("metrics are off: {error}");
            return;
        }
    };
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() || HANDLE.set(handle.clone()).is_err() {
        return;
    }
    describe_histogram!(
        "http_server_request_duration_seconds",
        "How long requests took, by route template and status"
    );
    describe_gauge!("http_server_active_requests", "Requests being worked on");
    describe_counter!(
        "http_server_requests_shed_total",
        "Requests refused with 503 because there were too many"
    );
    // The first refusal must not be taken for where the counting began.
    counter!("http_server_requests_shed_total").increment(0);
    process::install();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            ticks.tick().await;
            handle.run_upkeep();
        }
    });
}

/// All metrics in Prometheus' text format; empty when none are collected.
pub fn render() -> String {
    let Some(handle) = HANDLE.get() else {
        return String::new();
    };
    process::sample();
    handle.render()
}
