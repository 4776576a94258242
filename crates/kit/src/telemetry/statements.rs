//! A span for each SQL statement, made of what sqlx tells when one is done.
//!
//! Names and attributes are those of OpenTelemetry's semantic conventions for PostgreSQL clients
//! (<https://opentelemetry.io/docs/specs/semconv/database/postgresql/>). The text has placeholders where values were.

use std::{
    fmt,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use opentelemetry::{
    Context, KeyValue,
    trace::{Span as _, SpanKind, TraceContextExt as _, Tracer},
};
use sqlx::postgres::PgConnectOptions;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    subscriber::Interest,
};
use tracing_subscriber::{Layer, filter::dynamic_filter_fn, layer, registry::LookupSpan};

pub(super) const TARGET: &str = "sqlx::query";
/// Longest summary, in bytes; the conventions allow 255.
const MAX_SUMMARY: usize = 120;

static SERVER: OnceLock<Vec<KeyValue>> = OnceLock::new();

/// Says whose statements they are: a process has one database.
pub(crate) fn are_of(database: &PgConnectOptions) {
    let mut server = vec![
        KeyValue::new("server.address", database.get_host().to_owned()),
        KeyValue::new("server.port", i64::from(database.get_port())),
    ];
    if let Some(name) = database.get_database() {
        server.push(KeyValue::new("db.namespace", name.to_owned()));
    }
    let _ = SERVER.set(server);
}

/// Makes the spans. A statement whose request is not sampled costs a look.
pub(super) fn layer<S, T>(tracer: T) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    T: Tracer + Send + Sync + 'static,
    T::Span: Send + Sync,
{
    let sampled = dynamic_filter_fn(|metadata, _| {
        metadata.target() == TARGET && Context::current().span().span_context().is_sampled()
    })
    .with_callsite_filter(|metadata| {
        if metadata.target() == TARGET {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    })
    .with_max_level_hint(LevelFilter::DEBUG);
    Statements(tracer).with_filter(sampled)
}

struct Statements<T>(T);

impl<S, T> Layer<S> for Statements<T>
where
    S: Subscriber,
    T: Tracer + 'static,
{
    fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let ended = SystemTime::now();
        let summary = summary(&statement.text);
        let mut attributes = SERVER.get().cloned().unwrap_or_default();
        attributes.extend([
            KeyValue::new("db.system.name", "postgresql"),
            KeyValue::new("db.query.summary", summary.clone()),
            KeyValue::new("db.query.text", statement.text),
            KeyValue::new("db.response.returned_rows", statement.returned),
        ]);
        let mut span = self
            .0
            .span_builder(summary)
            .with_kind(SpanKind::Client)
            .with_start_time(ended - statement.took)
            .with_attributes(attributes)
            .start_with_context(&self.0, &Context::current());
        span.end_with_timestamp(ended);
    }
}

/// What sqlx tells of one.
#[derive(Default)]
struct Statement {
    text: String,
    returned: i64,
    took: Duration,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            // The whole text, unless the summary is the whole.
            "db.statement" if !value.is_empty() => value.trim().clone_into(&mut self.text),
            "summary" if self.text.is_empty() => value.clone_into(&mut self.text),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.returned = i64::try_from(value).unwrap_or(i64::MAX);
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.took = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// What a statement does to which tables, in its order: `INSERT outbox SELECT bookings`.
fn summary(text: &str) -> String {
    let mut summary = String::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let word = word.trim_start_matches('(');
        let operation = matches!(word, "SELECT" | "INSERT" | "DELETE" | "UPDATE");
        let names_a_table = matches!(word, "FROM" | "INTO" | "UPDATE" | "JOIN");
        let table = words
            .peek()
            .filter(|_| names_a_table)
            .map(|next| next.trim_end_matches([';', ',', ')']))
            .filter(|next| next.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter(|next| !next.contains('('));
        // `FOR UPDATE` and `DO UPDATE SET` are no operations of their own.
        if word == "UPDATE" && table.is_none() {
            continue;
        }
        for part in operation.then_some(word).into_iter().chain(table) {
            if summary.len() + part.len() < MAX_SUMMARY {
                if !summary.is_empty() {
                    summary.push(' ');
                }
                summary.push_str(part);
            }
        }
    }
    if summary.is_empty() {
        // BEGIN, COMMIT, SET, …
        text.split_whitespace()
            .next()
            .unwrap_or_default()
            .trim_end_matches(';')
            .clone_into(&mut summary);
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn a_summary_names_operations_and_tables() {
        for (text, expected) in [
            ("BEGIN", "BEGIN"),
            (
                "SELECT id, (SELECT count(*) FROM tickets) FROM bookings b WHERE id = $1 FOR UPDATE SKIP LOCKED",
                "SELECT SELECT tickets bookings",
            ),
            (
                "INSERT INTO mails (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET status = 'x'",
                "INSERT mails",
            ),
            (
                "WITH gone AS (DELETE FROM outbox WHERE id = $1 RETURNING id) SELECT id FROM gone",
                "DELETE outbox SELECT gone",
            ),
            (
                "UPDATE seats SET state = 'held' FROM unnest($1::text[]) AS wanted",
                "UPDATE seats",
            ),
        ] {
            assert_eq!(summary(text), expected, "{text}");
        }
    }

    #[test]
    fn a_summary_has_a_bound() {
        let joins = "JOIN a_table_with_a_long_name ON true ".repeat(100);
        assert!(summary(&format!("SELECT * FROM x {joins}")).len() <= super::MAX_SUMMARY);
    }
}
