//! JSON bodies.

use axum::{
    body::Bytes,
    extract::{FromRequest, OptionalFromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::error::Category;
use serde_path_to_error::Segment;

use super::{NUL, message};
use crate::problem::{FieldError, Problem};

/// A JSON body, in a request or an answer.
///
/// Refuses another content type (415), a body over the limit (413), malformed JSON (400 `malformed_json`), and JSON that is not
/// a `T` (422 with the JSON pointer of the fault).
#[derive(Clone, Copy, Debug, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Unsupported media type",
            )
            .detail("Send the body as application/json."));
        }
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    Problem::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        "body_too_large",
                        "Body too large",
                    )
                } else {
                    Problem::new(
                        StatusCode::BAD_REQUEST,
                        "unreadable_body",
                        "Unreadable body",
                    )
                }
            })?;
        from_slice(&body).map(Self)
    }
}

/// `None` for a request without `Content-Type`, which has no body.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            <Self as FromRequest<S>>::from_request(request, state)
                .await
                .map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase())
        .is_some_and(|kind| {
            kind == "application/json"
                || (kind.starts_with("application/") && kind.ends_with("+json"))
        })
}

fn from_slice<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if has_nul(body) {
        return Err(Problem::invalid("", NUL));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let text = message(&error.inner().to_string());
        match error.inner().classify() {
            Category::Data => {
                let pointer = pointer(error.path(), &text);
                Problem::unprocessable(vec![FieldError::new(pointer, text)])
            }
            Category::Syntax | Category::Eof | Category::Io => malformed(&error.into_inner()),
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// A value that was already parsed as a `T`; 422 with the JSON pointer of the fault.
pub fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let text = message(&error.inner().to_string());
        Problem::unprocessable(vec![FieldError::new(pointer(error.path(), &text), text)])
    })
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_json", "Malformed JSON")
        .detail(error.to_string())
}

/// Whether some string has the escape `\u0000`; the bare byte is no JSON.
fn has_nul(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        if rest[at..].starts_with(b"\\u0000") {
            return true;
        }
        // The escaped character may itself be a backslash.
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

/// The RFC 6901 pointer of a path; a missing field is named, though the path ends at its object.
fn pointer(path: &serde_path_to_error::Path, message: &str) -> String {
    let mut pointer = String::new();
    let mut push = |segment: &str| {
        pointer.push('/');
        pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
    };
    for segment in path {
        match segment {
            Segment::Seq { index } => push(&index.to_string()),
            Segment::Map { key } => push(key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    if let Some(field) = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        push(field);
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only its shape matters")]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    struct Item {
        #[expect(dead_code, reason = "only its absence and type matter")]
        quantity: u32,
    }

    fn fault(body: &str) -> (u16, Option<String>) {
        let problem = from_slice::<Body>(body.as_bytes()).unwrap_err();
        let response = problem.clone().into_response();
        let text = format!("{problem:?}");
        let pointer = text
            .split("pointer: \"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        (response.status().as_u16(), pointer.map(ToOwned::to_owned))
    }

    #[test]
    fn points_at_the_fault() {
        assert_eq!(
            fault(r#"{"items":[{"quantity":"x"}]}"#),
            (422, Some("/items/0/quantity".into()))
        );
        assert_eq!(
            fault(r#"{"items":[{}]}"#),
            (422, Some("/items/0/quantity".into()))
        );
        assert_eq!(fault(r"{}"), (422, Some("/items".into())));
        assert_eq!(
            fault(r#"{"items":[],"a/b":1}"#),
            (422, Some("/a~1b".into()))
        );
        assert_eq!(
            fault(r#"{"items":[{"quantity":-1}]}"#),
            (422, Some("/items/0/quantity".into()))
        );
        assert_eq!(fault(r"[]").0, 422);
    }

    #[test]
    fn tells_malformed_from_wrong() {
        for malformed in ["", "{", r#"{"items":[]} x"#, r#"{"items":}"#] {
            assert_eq!(fault(malformed).0, 400, "{malformed}");
        }
        assert_eq!(fault(r#"{"items":[],"x":"\u0000"}"#).0, 422);
        assert!(!has_nul(br#"{"x":"\\u0000"}"#));
        assert!(has_nul(br#"{"x":"\\\u0000"}"#));
    }
}
