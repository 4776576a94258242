//! Log lines: one JSON object an event, or text on a terminal; both with the trace id.

use std::{
    fmt::{self, Write as _},
    io::{IsTerminal as _, stdout},
};

use chrono::{SecondsFormat, Utc};
use serde_json::{Map, Value};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use crate::{config::LogFormat, telemetry};

struct Format {
    service: &'static str,
    json: bool,
    colour: bool,
}

pub(crate) fn layer<S>(service: &'static str, format: LogFormat) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let terminal = stdout().is_terminal();
    let json = match format {
        LogFormat::Auto => !terminal,
        LogFormat::Json => true,
        LogFormat::Text => false,
    };
    let format = Format {
        service,
        json,
        colour: terminal && !json,
    };
    tracing_subscriber::fmt::layer().event_format(format)
}

impl<S, N> FormatEvent<S, N> for Format
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let now = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let level = *event.metadata().level();
        if self.json {
            let mut line = Map::new();
            line.insert("timestamp".into(), now.into());
            line.insert("level".into(), level.as_str().into());
            line.insert("service".into(), self.service.into());
            line.insert("target".into(), event.metadata().target().into());
            line.insert("message".into(), fields.message.into());
            line.extend(fields.others);
            if let Some(trace_id) = telemetry::trace_id() {
                line.insert("trace_id".into(), trace_id.into());
            }
            return writeln!(out, "{}", Value::Object(line));
        }
        let time = now.get(11..23).unwrap_or(&now);
        if self.colour {
            write!(
                out,
                "\x1b[2m{time}\x1b[0m {}{level:>5}\x1b[0m ",
                colour(level)
            )?;
        } else {
            write!(out, "{time} {level:>5} ")?;
        }
        write!(out, "{}: {}", self.service, fields.message)?;
        for (name, value) in &fields.others {
            match value {
                Value::String(text) => write!(out, " {name}={text}")?,
                value => write!(out, " {name}={value}")?,
            }
        }
        if let Some(trace_id) = telemetry::trace_id() {
            write!(out, " trace_id={trace_id}")?;
        }
        writeln!(out)
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        _ => "\x1b[2m",
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        self.others.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Writing to a String can't fail.
            let _ = write!(self.message, "{value:?}");
        } else {
            self.put(field, format!("{value:?}").into());
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            self.put(field, value.into());
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(json: bool) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer()
            .event_format(Format {
                service: "auth",
                json,
                colour: false,
            })
            .with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::warn!(tries = 3, host = "db\n\"x\"", "can't connect");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_is_one_line_an_event() {
        let text = logged(true);
        assert_eq!(text.lines().count(), 1);
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["level"], "WARN");
        assert_eq!(line["service"], "auth");
        assert_eq!(line["message"], "can't connect");
        assert_eq!(line["tries"], 3);
        assert_eq!(line["host"], "db\n\"x\"");
    }

    #[test]
    fn text_is_for_people() {
        assert!(logged(false).contains(" WARN auth: can't connect "));
    }
}
