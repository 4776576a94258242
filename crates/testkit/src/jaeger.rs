//! A real Jaeger, which keeps what it is sent in memory: OTLP over HTTP in, its query API out.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::{
    eventually,
    platform::{free_ports, logs_of},
};

/// Services send their spans once a second.
const ARRIVAL: Duration = Duration::from_secs(30);

/// A running Jaeger; dropping it ends it.
pub struct Jaeger {
    _child: Child,
    otlp: String,
    query: String,
    http: reqwest::Client,
}

impl Jaeger {
    /// Starts the program that the variable `JAEGER` names, for the platform of that name.
    pub async fn start(platform: &str) -> Result<Self> {
        let program = std::env::var("JAEGER").context("JAEGER names no program")?;
        let ports = free_ports(7)?;
        let address = |place: usize| format!("127.0.0.1:{}", ports[place]);
        let log = File::create(logs_of(platform)?.join("jaeger.log"))?;
        let child = Command::new(program)
            .arg(format!("--collector.otlp.http.host-port={}", address(0)))
            .arg(format!("--query.http-server.host-port={}", address(1)))
            // What it listens on besides, so that it takes no port that is another's.
            .arg(format!("--collector.otlp.grpc.host-port={}", address(2)))
            .arg(format!("--query.grpc-server.host-port={}", address(3)))
            .arg(format!("--collector.grpc-server.host-port={}", address(4)))
            .arg(format!("--collector.http-server.host-port={}", address(5)))
            .arg(format!("--admin.http.host-port={}", address(6)))
            .env_clear()
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let jaeger = Self {
            _child: child,
            otlp: format!("http://{}", address(0)),
            query: format!("http://{}", address(1)),
            http: reqwest::Client::new(),
        };
        eventually("Jaeger answers", ARRIVAL, async || {
            let url = format!("{}/api/services", jaeger.query);
            Ok(jaeger.http.get(url).send().await.is_ok())
        })
        .await?;
        Ok(jaeger)
    }

    /// For `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn otlp_url(&self) -> &str {
        &self.otlp
    }

    /// The trace, once enough of it is there.
    pub async fn trace(&self, id: &str, is_whole: impl Fn(&Trace) -> bool) -> Result<Trace> {
        let mut trace = Trace::default();
        let whole = eventually("the trace is whole", ARRIVAL, async || {
            trace = self.read(id).await?;
            Ok(is_whole(&trace))
        })
        .await;
        whole.with_context(|| format!("what there is of it:\n{trace}"))?;
        Ok(trace)
    }

    async fn read(&self, id: &str) -> Result<Trace> {
        let url = format!("{}/api/traces/{id}", self.query);
        let answer = self.http.get(url).send().await?;
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(Trace::default());
        }
        let found: Found = answer.error_for_status()?.json().await?;
        ensure!(found.data.len() <= 1, "one id, several traces");
        Ok(found
            .data
            .into_iter()
            .next()
            .map(Trace::from)
            .unwrap_or_default())
    }
}

/// A trace as it was recorded.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub spans: Vec<Span>,
}

/// A span with what the tests look at.
#[derive(Clone, Debug)]
pub struct Span {
    pub id: String,
    pub service: String,
    pub name: String,
    pub parent: Option<String>,
    /// Trace and span of each link.
    pub links: Vec<(String, String)>,
    pub attributes: BTreeMap<String, Value>,
    /// Microseconds.
    pub duration: u64,
}

impl Span {
    /// An attribute as text; empty when there is none.
    pub fn attribute(&self, name: &str) -> String {
        match self.attributes.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }
}

impl Trace {
    pub fn span(&self, id: &str) -> Option<&Span> {
        self.spans.iter().find(|span| span.id == id)
    }

    /// Spans of that service and name.
    pub fn named<'a>(
        &'a self,
        service: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Span> + 'a {
        self.spans
            .iter()
            .filter(move |span| span.service == service && span.name == name)
    }

    pub fn children<'a>(&'a self, of: &'a Span) -> impl Iterator<Item = &'a Span> + 'a {
        self.spans
            .iter()
            .filter(move |span| span.parent.as_ref() == Some(&of.id))
    }

    /// `service: name` of a span and what caused it, the last cause last.
    pub fn causes(&self, span: &Span) -> Vec<String> {
        let mut causes = Vec::new();
        let mut next = Some(span);
        while let Some(span) = next {
            causes.push(format!("{}: {}", span.service, span.name));
            next = span.parent.as_deref().and_then(|id| self.span(id));
        }
        causes
    }
}

impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for span in &self.spans {
            writeln!(f, "{}", self.causes(span).join(" < "))?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Found {
    data: Vec<FoundTrace>,
}

#[derive(Deserialize)]
struct FoundTrace {
    spans: Vec<FoundSpan>,
    processes: HashMap<String, FoundProcess>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FoundSpan {
    #[serde(rename = "spanID")]
    id: String,
    operation_name: String,
    references: Vec<Reference>,
    tags: Vec<Tag>,
    duration: u64,
    #[serde(rename = "processID")]
    process: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    ref_type: String,
    #[serde(rename = "traceID")]
    trace: String,
    #[serde(rename = "spanID")]
    span: String,
}

#[derive(Deserialize)]
struct Tag {
    key: String,
    value: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FoundProcess {
    service_name: String,
}

impl From<FoundTrace> for Trace {
    fn from(found: FoundTrace) -> Self {
        let FoundTrace { spans, processes } = found;
        let spans = spans.into_iter().map(|span| {
            let (parents, links): (Vec<_>, Vec<_>) = span
                .references
                .into_iter()
                .partition(|reference| reference.ref_type == "CHILD_OF");
            Span {
                id: span.id,
                service: processes
                    .get(&span.process)
                    .map(|process| process.service_name.clone())
                    .unwrap_or_default(),
                name: span.operation_name,
                parent: parents.into_iter().next().map(|parent| parent.span),
                links: links
                    .into_iter()
                    .map(|link| (link.trace, link.span))
                    .collect(),
                attributes: span
                    .tags
                    .into_iter()
                    .map(|tag| (tag.key, tag.value))
                    .collect(),
                duration: span.duration,
            }
        });
        Self {
            spans: spans.collect(),
        }
    }
}
