//! Calls to other services: short time-outs, and the trace goes along.

use std::time::Duration;

use reqwest::{Method, Response, Url, header::HeaderName};
use serde::{Serialize, de::DeserializeOwned};
use tracing::{Instrument as _, Span, field, info_span};

use crate::{problem::Problem, telemetry};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_secs(5);
/// Less than the servers' own, so that a connection is not closed just as it is used again.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// An HTTP client for the other services. Clones share connections.
#[derive(Clone, Debug)]
pub struct Client(reqwest::Client);

impl Client {
    /// Fails only when TLS can't be set up.
    pub fn new() -> reqwest::Result<Self> {
        Self::with_timeout(TIMEOUT)
    }

    /// A client whose whole calls may take `timeout`.
    pub fn with_timeout(timeout: Duration) -> reqwest::Result<Self> {
        reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("event-platform/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
    }

    pub fn get(&self, url: impl AsRef<str>) -> Call {
        self.call(Method::GET, url.as_ref())
    }

    pub fn post(&self, url: impl AsRef<str>) -> Call {
        self.call(Method::POST, url.as_ref())
    }

    pub fn put(&self, url: impl AsRef<str>) -> Call {
        self.call(Method::PUT, url.as_ref())
    }

    pub fn delete(&self, url: impl AsRef<str>) -> Call {
        self.call(Method::DELETE, url.as_ref())
    }

    fn call(&self, method: Method, url: &str) -> Call {
        Call {
            method: method.clone(),
            url: url.to_owned(),
            request: self.0.request(method, url),
        }
    }
}

/// A call that is being put together.
#[derive(Debug)]
#[must_use = "it is sent by `send` or `json`"]
pub struct Call {
    method: Method,
    url: String,
    request: reqwest::RequestBuilder,
}

impl Call {
    /// Acts with the caller's own access token.
    pub fn bearer(mut self, token: &str) -> Self {
        self.request = self.request.bearer_auth(token);
        self
    }

    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn idempotency_key(self, key: &str) -> Self {
        self.header(HeaderName::from_static("idempotency-key"), key)
    }

    pub fn body(mut self, body: &impl Serialize) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Sends raw bytes of the given content type.
    pub fn bytes(mut self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        self.request = self
            .request
            .header(reqwest::header::CONTENT_TYPE, content_type)
            .body(body);
        self
    }

    /// The answer, whatever its status.
    pub async fn send(self) -> Result<Response, CallError> {
        let span = self.span();
        let (url, request) = (self.url, self.request);
        let record = span.clone();
        async move {
            let request = match telemetry::traceparent() {
                Some(traceparent) => request.header("traceparent", traceparent),
                None => request,
            };
            let response = request.send().await.map_err(|source| {
                record.record("otel.status_code", "ERROR");
                let kind = if source.is_timeout() {
                    "timeout"
                } else {
                    "unreachable"
                };
                record.record("error.type", kind);
                CallError::Unreachable {
                    url,
                    source: source.without_url(),
                }
            })?;
            let status = response.status();
            record.record("http.response.status_code", status.as_u16());
            if status.is_client_error() || status.is_server_error() {
                record.record("otel.status_code", "ERROR");
                record.record("error.type", status.as_str());
            }
            Ok(response)
        }
        .instrument(span)
        .await
    }

    /// The conventions for HTTP clients: <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>.
    fn span(&self) -> Span {
        if !telemetry::exporting() {
            return Span::current();
        }
        let url = Url::parse(&self.url).ok();
        info_span!(
            "call",
            otel.name = self.method.as_str(),
            otel.kind = "client",
            http.request.method = self.method.as_str(),
            server.address = url.as_ref().and_then(Url::host_str),
            server.port = url.as_ref().and_then(Url::port_or_known_default),
            url.full = self.url,
            http.response.status_code = field::Empty,
            error.type = field::Empty,
            otel.status_code = field::Empty,
        )
    }

    /// The answer's JSON when its status is 2xx.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, CallError> {
        let url = self.url.clone();
        let response = self.send().await?;
        let status = response.status();
        if status.is_success() {
            return response
                .json()
                .await
                .map_err(|source| CallError::Unreachable {
                    url,
                    source: source.without_url(),
                });
        }
        let body = response.json().await.unwrap_or_default();
        Err(CallError::Refused { url, status, body })
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No answer, or one that can't be read.
    #[error("{url} can't be reached: {source}")]
    Unreachable { url: String, source: reqwest::Error },
    /// Another status than 2xx; `body` is the problem, null when there was none.
    #[error("{url} answered {status}: {body}")]
    Refused {
        url: String,
        status: reqwest::StatusCode,
        body: serde_json::Value,
    },
}

impl CallError {
    /// The machine code of the problem that was answered.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { body, .. } => body.get("code").and_then(serde_json::Value::as_str),
            Self::Unreachable { .. } => None,
        }
    }

    pub fn status(&self) -> Option<reqwest::StatusCode> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Unreachable { .. } => None,
        }
    }
}

/// What could not be asked is 503; an answer that the caller did not foresee is our fault.
impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        match &error {
            CallError::Refused { status, .. } if !status.is_server_error() && *status != 429 => {
                Self::internal(error)
            }
            _ => {
                tracing::warn!("{error}");
                Self::unavailable(1)
            }
        }
    }
}
