//! Errors as RFC 9457 `application/problem+json`.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use metrics::counter;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{db, telemetry};

pub const CONTENT_TYPE: &str = "application/problem+json";

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer into the body, or `?name` for a query parameter.
    pub pointer: String,
    pub message: String,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

/// An error answer. `code` is stable and what clients decide by; `title` is the same for every problem of a code.
///
/// The answer carries the trace id of the request that is being handled.
#[derive(Clone, Debug)]
#[must_use]
pub struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    retry_after: Option<u64>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self(Box::new(Inner {
            status,
            code,
            title,
            detail: None,
            errors: Vec::new(),
            members: Map::new(),
            retry_after: None,
        }))
    }

    /// What happened this time and what to do, for a person.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// A further member of the body. A value that can't be JSON is left out.
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.0.members.insert(name.to_owned(), value);
        }
        self
    }

    pub fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Sends `Retry-After`.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// 401: no token, or one that can't be accepted.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Unauthorized")
            .detail("Send a valid access token as \"Authorization: Bearer …\".")
    }

    /// 403: the caller is known, but lacks the role.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Forbidden")
            .detail("Your role does not allow this.")
    }

    /// 404 for a thing that does not exist or is somebody else's, with the code `<what>_not_found`.
    pub fn not_found(what: &'static str) -> Self {
        let (code, title) = match what {
            "event" => ("event_not_found", "Event not found"),
            "organisation" => ("organisation_not_found", "Organisation not found"),
            "venue" => ("venue_not_found", "Venue not found"),
            "seating_plan" => ("seating_plan_not_found", "Seating plan not found"),
            "member" => ("member_not_found", "Member not found"),
            "user" => ("user_not_found", "User not found"),
            "session" => ("session_not_found", "Session not found"),
            "booking" => ("booking_not_found", "Booking not found"),
            "ticket" => ("ticket_not_found", "Ticket not found"),
            "ticket_type" => ("ticket_type_not_found", "Ticket type not found"),
            "check_in" => ("check_in_not_found", "Check-in not found"),
            "waiting_list_entry" => (
                "waiting_list_entry_not_found",
                "Waiting-list entry not found",
            ),
            "payment" => ("payment_not_found", "Payment not found"),
            "refund" => ("refund_not_found", "Refund not found"),
            "receipt" => ("receipt_not_found", "Receipt not found"),
            "credit_note" => ("credit_note_not_found", "Credit note not found"),
            _ => ("not_found", "Not found"),
        };
        Self::new(StatusCode::NOT_FOUND, code, title)
    }

    pub fn conflict(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, title)
    }

    pub fn gone(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::GONE, code, title)
    }

    /// 422 with every fault of a body or query.
    pub fn unprocessable(errors: Vec<FieldError>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request",
            "Invalid request",
        )
        .errors(errors)
    }

    /// 422 with one fault.
    pub fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::unprocessable(vec![FieldError::new(pointer, message)])
    }

    pub fn too_many_requests(seconds: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many requests",
        )
        .detail(format!("Try again in {seconds} s."))
        .retry_after(seconds)
    }

    /// 503: this can't be done now, and it is not the client's fault.
    pub fn unavailable(seconds: u64) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Temporarily unavailable",
        )
        .detail(format!("Try again in {seconds} s."))
        .retry_after(seconds)
    }

    /// A 503 by choice, because there are too many: it is counted apart, for it is no fault.
    pub fn shed(self) -> Self {
        counter!("http_server_requests_shed_total").increment(1);
        self
    }

    /// 500. The cause is logged here, once, and never sent.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        let cause = cause.into();
        tracing::error!("internal error: {cause:#}");
        Self::unexplained()
    }

    /// 500 whose cause is already logged.
    pub(crate) fn unexplained() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "Internal error",
        )
        .detail("Something went wrong on our side. Quote the trace_id when you report it.")
    }

    fn body(&self) -> Value {
        let inner = &*self.0;
        // RFC 9457 says what the members after these mean; an extension never takes their place.
        let mut body = inner.members.clone();
        body.insert(
            "type".into(),
            format!("/problems/{}", inner.code.replace('_', "-")).into(),
        );
        body.insert("title".into(), inner.title.into());
        body.insert("status".into(), inner.status.as_u16().into());
        body.insert("code".into(), inner.code.into());
        if let Some(detail) = &inner.detail {
            body.insert("detail".into(), detail.as_str().into());
        }
        if !inner.errors.is_empty() {
            let errors = inner.errors.iter().map(
                |error| serde_json::json!({"pointer": error.pointer, "message": error.message}),
            );
            body.insert("errors".into(), errors.collect());
        }
        if let Some(trace_id) = telemetry::trace_id() {
            body.insert("trace_id".into(), trace_id.into());
        }
        Value::Object(body)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.0.status, self.body().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.0.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::PoolTimedOut = error {
            db::timeouts().increment(1);
        }
        let away = match &error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::WorkerCrashed => true,
            // Class 08: connection; 28: our password is refused; 57P: the server shuts down or starts; 53300: too many connections.
            sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                ["08", "28", "57P", "53300"]
                    .iter()
                    .any(|class| code.starts_with(class))
            }),
            _ => false,
        };
        if away {
            tracing::warn!("PostgreSQL is not available: {error}");
            Self::unavailable(1)
        } else {
            Self::internal(error)
        }
    }
}

/// As its cause would be, when that is PostgreSQL or Redis; else 500.
impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        error
            .downcast::<sqlx::Error>()
            .map(Self::from)
            .or_else(|error| error.downcast::<redis::RedisError>().map(Self::from))
            .unwrap_or_else(Self::internal)
    }
}

/// Redis that is away is 503; a command that is wrong is our fault.
impl From<redis::RedisError> for Problem {
    fn from(error: redis::RedisError) -> Self {
        if error.is_io_error() || error.is_timeout() || error.is_connection_dropped() {
            tracing::warn!("Redis is not available: {error}");
            Self::unavailable(1)
        } else {
            Self::internal(error)
        }
    }
}
