//! Calling a service's router in the test's own process.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use kit::{
    config::{ServerConfig, Switch},
    http::ApiRouter,
    process::Shutdown,
    server::Readiness,
};
use serde_json::Value;
use tower::ServiceExt as _;
use utoipa::openapi::OpenApi;

/// Limits as in production, on a free port of this machine; rate limits on.
pub fn server_config() -> ServerConfig {
    ServerConfig {
        host: [127, 0, 0, 1].into(),
        port: 0,
        request_timeout: Duration::from_secs(15).into(),
        max_body_bytes: 1_048_576,
        max_in_flight: 512,
        shutdown_delay: Duration::ZERO.into(),
        drain_timeout: Duration::from_secs(25).into(),
        rate_limit: Switch::On,
    }
}

/// A service as it is served, without a socket.
pub fn app(api: ApiRouter) -> Router {
    kit::server::app(&server_config(), api, Readiness::new(), Shutdown::new())
        .expect("the router is sound")
}

/// A client of a router, with or without a token.
#[derive(Clone)]
pub struct Api {
    router: Router,
    token: Option<String>,
}

impl Api {
    /// Calls `api` as [`app`] serves it, without a token.
    pub fn new(api: ApiRouter) -> Self {
        Self::of(app(api))
    }

    pub fn of(router: Router) -> Self {
        Self {
            router,
            token: None,
        }
    }

    /// The same as somebody with this access token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            router: self.router.clone(),
            token: Some(token.into()),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path).send().await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.request(Method::POST, path).json(&body).send().await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.request(Method::PUT, path).json(&body).send().await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.request(Method::PATCH, path).json(&body).send().await
    }

    /// A request to add headers or another body to.
    pub fn request(&self, method: Method, path: &str) -> Call {
        let mut builder = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            builder = builder.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        Call {
            router: self.router.clone(),
            builder,
            body: Body::empty(),
        }
    }
}

#[must_use = "it must be sent"]
pub struct Call {
    router: Router,
    builder: axum::http::request::Builder,
    body: Body,
}

impl Call {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub async fn send(self) -> Answer {
        let request = self.builder.body(self.body).expect("the request is sound");
        let response = self
            .router
            .oneshot(request)
            .await
            .expect("a router can't fail");
        let (parts, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .expect("the body can be read")
            .to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// The answer with its body still to come, for streams.
    pub async fn stream(self) -> axum::response::Response {
        let request = self.builder.body(self.body).expect("the request is sound");
        self.router
            .oneshot(request)
            .await
            .expect("a router can't fail")
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The JSON of an answer with this status; anything else fails the test.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.json()
    }

    /// Demands a problem with this status and code, and gives it.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status, "{body}");
        body
    }
}

/// Every operation of an OpenAPI document with its path's parameters filled in by ids that nothing has.
pub fn operations(document: &Value) -> Vec<(Method, String, String)> {
    let methods = [
        Method::GET,
        Method::PUT,
        Method::POST,
        Method::PATCH,
        Method::DELETE,
    ];
    let paths = document["paths"].as_object().expect("a document has paths");
    paths
        .iter()
        .flat_map(|(template, item)| {
            let path = filled(template);
            methods
                .iter()
                .filter(|method| item.get(method.as_str().to_lowercase()).is_some())
                .map(move |method| (method.clone(), template.clone(), path.clone()))
        })
        .collect()
}

fn filled(template: &str) -> String {
    template
        .split('/')
        .map(|segment| match segment.split_once('{') {
            Some((before, rest)) => {
                let after = rest.split_once('}').map_or("", |(_, after)| after);
                format!("{before}{}{after}", uuid::Uuid::now_v7())
            }
            None => segment.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Calls every operation of `document` without a token: all answer 401 but the `public` ones (`"POST /login"`), which must
/// exist.
pub async fn assert_guarded(api: &Api, document: &OpenApi, public: &[&str]) {
    let document = serde_json::to_value(document).expect("it is JSON");
    let mut unseen: Vec<&str> = public.to_vec();
    for (method, template, path) in operations(&document) {
        let name = format!("{method} {template}");
        if let Some(at) = unseen.iter().position(|public| *public == name) {
            unseen.swap_remove(at);
            continue;
        }
        // With a body and without: what is checked first must not depend on it.
        for call in [
            api.request(method.clone(), &path),
            api.request(method, &path).json(&serde_json::json!({})),
        ] {
            let answer = call.send().await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{name}: {}",
                answer.text()
            );
        }
    }
    assert!(unseen.is_empty(), "public, but not there: {unseen:?}");
}

/// Demands what readers and generated clients need: each operation has a tag, an id of its own, a summary, a description,
/// and an example for its JSON body.
pub fn assert_described(document: &OpenApi) {
    let document = serde_json::to_value(document).expect("it is JSON");
    let mut ids = std::collections::BTreeSet::new();
    for (method, template, _) in operations(&document) {
        let operation = &document["paths"][&template][method.as_str().to_lowercase()];
        let name = format!("{method} {template}");
        for member in ["operationId", "summary", "description"] {
            let text = operation[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{name} has no {member}");
        }
        assert!(operation["tags"][0].is_string(), "{name} has no tag");
        assert!(
            ids.insert(operation["operationId"].to_string()),
            "{name} has the id of another"
        );
        let body = &operation["requestBody"]["content"]["application/json"];
        let example = body.get("example").is_some() || body.get("examples").is_some();
        assert!(body.is_null() || example, "{name} has no example body");
    }
}
