//! Traces and logs. Every request and message has a trace id, whether or not traces are exported.
//!
//! The trace travels as a W3C `traceparent`. Export is by a bounded queue and a thread of its own: when the collector is
//! slow or away, spans are dropped and requests go on.

pub(crate) mod statements;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use opentelemetry::{
    Context, KeyValue,
    trace::{
        SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
        TracerProvider as _,
    },
};
use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider},
};
use rand::Rng as _;
use tokio::runtime::Handle;
use tracing::{Instrument as _, Span, level_filters::LevelFilter};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::{config::TelemetryConfig, log, otlp::RuntimeClient};

/// How long the last spans may take to leave when the process ends.
const FLUSH: Duration = Duration::from_secs(2);

static EXPORTING: AtomicBool = AtomicBool::new(false);

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// Where in which trace we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
}

impl TraceContext {
    /// Parses a `traceparent`; `None` when it isn't one.
    pub fn parse(traceparent: &str) -> Option<Self> {
        let mut parts = traceparent.trim().split('-');
        let (version, trace_id) = (parts.next()?, parts.next()?);
        let (span_id, flags) = (parts.next()?, parts.next()?);
        let lower_hex = |text: &str, length| {
            text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let well_formed = lower_hex(version, 2)
            && version != "ff"
            && (version != "00" || parts.next().is_none())
            && lower_hex(trace_id, 32)
            && lower_hex(span_id, 16)
            && lower_hex(flags, 2);
        if !well_formed {
            return None;
        }
        let context = Self {
            trace_id: u128::from_str_radix(trace_id, 16).ok()?,
            span_id: u64::from_str_radix(span_id, 16).ok()?,
            sampled: u8::from_str_radix(flags, 16).ok()? & 1 == 1,
        };
        (context.trace_id != 0 && context.span_id != 0).then_some(context)
    }

    fn random() -> Self {
        let mut rng = rand::rng();
        Self {
            trace_id: rng.random_range(1..=u128::MAX),
            span_id: rng.random_range(1..=u64::MAX),
            sampled: false,
        }
    }

    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }

    pub fn traceparent(self) -> String {
        format!(
            "00-{:032x}-{:016x}-{:02x}",
            self.trace_id,
            self.span_id,
            u8::from(self.sampled)
        )
    }

    fn of(context: &SpanContext) -> Option<Self> {
        context.is_valid().then(|| Self {
            trace_id: u128::from_be_bytes(context.trace_id().to_bytes()),
            span_id: u64::from_be_bytes(context.span_id().to_bytes()),
            sampled: context.is_sampled(),
        })
    }

    fn remote(self) -> SpanContext {
        SpanContext::new(
            TraceId::from(self.trace_id),
            SpanId::from(self.span_id),
            if self.sampled {
                TraceFlags::SAMPLED
            } else {
                TraceFlags::default()
            },
            true,
            TraceState::default(),
        )
    }
}

/// Whether spans are exported; when not, they need not be made.
pub fn exporting() -> bool {
    EXPORTING.load(Ordering::Relaxed)
}

/// Runs `future` in `span`, which continues the trace of `traceparent`, or begins one when that is absent or malformed.
pub async fn within<F: Future>(span: Span, traceparent: Option<&str>, future: F) -> F::Output {
    let parent = traceparent.and_then(TraceContext::parse);
    if exporting()
        && let Some(parent) = parent
    {
        // It fails only for a span that the log level leaves out: then the trace goes on with the caller's span.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent.remote()));
    }
    let context = exporting()
        .then(|| TraceContext::of(span.context().span().span_context()))
        .flatten()
        .or(parent)
        .unwrap_or_else(TraceContext::random);
    CURRENT.scope(context, future.instrument(span)).await
}

/// Gives the current trace to a future that is to be spawned.
pub fn carried<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let context = CURRENT.try_get().ok();
    let span = Span::current();
    async move {
        match context {
            Some(context) => CURRENT.scope(context, future.instrument(span)).await,
            None => future.instrument(span).await,
        }
    }
}

/// The `traceparent` that a message or call made now should carry.
pub fn traceparent() -> Option<String> {
    current().map(TraceContext::traceparent)
}

/// The trace id of what is being handled: 32 hexadecimal digits.
pub fn trace_id() -> Option<String> {
    CURRENT.try_get().ok().map(TraceContext::trace_id)
}

fn current() -> Option<TraceContext> {
    exporting()
        .then(|| TraceContext::of(Span::current().context().span().span_context()))
        .flatten()
        .or_else(|| CURRENT.try_get().ok())
}

/// The span of work that `causes` (their `traceparent`s) had done: a child of the first that is recorded, linked to the others.
/// No span when none is recorded.
pub fn caused_by<'a>(
    causes: impl IntoIterator<Item = &'a str>,
    span: impl FnOnce() -> Span,
) -> Span {
    if !exporting() {
        return Span::none();
    }
    let mut recorded = causes
        .into_iter()
        .filter_map(TraceContext::parse)
        .filter(|cause| cause.sampled);
    let Some(parent) = recorded.next() else {
        return Span::none();
    };
    let span = span();
    // It fails only for a span that the log level leaves out.
    let _ = span.set_parent(Context::new().with_remote_span_context(parent.remote()));
    for cause in recorded {
        span.add_link(cause.remote());
    }
    span
}

/// Links `span` to `other`, if both are recorded.
pub fn link(span: &Span, other: &Span) {
    if !span.is_none() && !other.is_none() {
        span.add_link(other.context().span().span_context().clone());
    }
}

/// The `traceparent` of what `span` causes; `None` when it isn't recorded.
pub fn traceparent_of(span: &Span) -> Option<String> {
    if span.is_none() {
        return None;
    }
    TraceContext::of(span.context().span().span_context()).map(TraceContext::traceparent)
}

/// Keeps the exporter; [`Guard::flush`] sends what it still has.
pub(crate) struct Guard(Option<SdkTracerProvider>);

impl Guard {
    /// Blocks for at most [`FLUSH`]; the runtime must still be running.
    pub(crate) fn flush(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown_with_timeout(FLUSH)
        {
            tracing::warn!("the last spans were not sent: {error}");
        }
    }
}

pub(crate) fn init(
    name: &'static str,
    config: &TelemetryConfig,
    runtime: &Handle,
) -> anyhow::Result<Guard> {
    let provider = config
        .otel_exporter_otlp_endpoint
        .as_ref()
        .map(|endpoint| provider(name, endpoint.join("/v1/traces"), config, runtime))
        .transpose()?;
    let spans = provider.as_ref().map(|provider| {
        // The exporter's own connections must not make spans, else each export would cause the next.
        let filter = Targets::new()
            .with_default(tracing::Level::INFO)
            .with_target("hyper", LevelFilter::OFF)
            .with_target("opentelemetry", LevelFilter::OFF)
            .with_target(statements::TARGET, LevelFilter::OFF);
        tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracer(provider.tracer(name))
            .with_filter(filter)
            .and_then(statements::layer(provider.tracer(name)))
    });
    let level = EnvFilter::builder().parse(config.log_level.as_str())?;
    tracing_subscriber::registry()
        .with(spans)
        .with(log::layer(name, config.log_format).with_filter(level))
        .try_init()?;
    EXPORTING.store(provider.is_some(), Ordering::Relaxed);
    Ok(Guard(provider))
}

fn provider(
    name: &'static str,
    endpoint: String,
    config: &TelemetryConfig,
    runtime: &Handle,
) -> anyhow::Result<SdkTracerProvider> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(RuntimeClient::new(runtime.clone())?)
        .with_endpoint(endpoint)
        .build()?;
    let batches = BatchConfigBuilder::default()
        .with_scheduled_delay(Duration::from_secs(1))
        .build();
    let resource = Resource::builder()
        .with_service_name(name)
        .with_attribute(KeyValue::new("service.namespace", "event-platform"))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder()
        .with_resource(resource)
        // By the trace's id alone: all services decide alike, and no client can have all of its traces recorded.
        .with_sampler(Sampler::TraceIdRatioBased(
            config.otel_traces_sampler_arg,
        ))
        .with_span_processor(
            BatchSpanProcessor::builder(exporter)
                .with_batch_config(batches)
                .build(),
        )
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn reads_what_it_writes() {
        assert_eq!(TraceContext::parse(PARENT).unwrap().traceparent(), PARENT);
    }

    #[test]
    fn refuses_what_is_no_traceparent() {
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceContext::parse(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn continues_a_trace_or_begins_one() {
        assert_eq!(traceparent(), None);
        within(Span::none(), Some(PARENT), async {
            assert_eq!(traceparent().as_deref(), Some(PARENT));
            let carried = tokio::spawn(carried(async { trace_id() })).await.unwrap();
            assert_eq!(carried.as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        })
        .await;
        within(Span::none(), Some("nonsense"), async {
            assert!(trace_id().is_some());
        })
        .await;
    }
}
