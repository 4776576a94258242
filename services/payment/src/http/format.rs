//! Which form of a document is wanted: `?format=` or `Accept`.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use kit::{
    Problem,
    http::{Json, Query},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    documents::{self, DocumentBody},
    domain::document::Document,
};

/// The page needs its own styles and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    Json,
    Html,
    Pdf,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FormatQuery {
    /// Goes before `Accept`, for links
    #[param(nullable = false, inline)]
    format: Option<Format>,
}

impl Format {
    /// What is offered, the most general first.
    const ALL: [Self; 3] = [Self::Json, Self::Html, Self::Pdf];

    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Html => "text/html",
            Self::Pdf => "application/pdf",
        }
    }

    /// What `Accept` wants most (RFC 9110, 12.5.1); among equals the first of [`Self::ALL`]. `None` when it wants none of them.
    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|range| !range.is_empty())
            .peekable();
        if ranges.peek().is_none() {
            return Some(Self::Json);
        }
        let ranges: Vec<_> = ranges.collect();
        let mut best = None;
        for format in Self::ALL {
            let weight = ranges
                .iter()
                .filter_map(|range| format.weight(range))
                .max_by_key(|(specific, _)| *specific)
                .map_or(0, |(_, weight)| weight);
            if weight > 0 && best.is_none_or(|(_, most)| weight > most) {
                best = Some((format, weight));
            }
        }
        best.map(|(format, _)| format)
    }

    /// How specific a media range is and how much it wants this format, in thousandths; `None` when it is about others.
    fn weight(self, range: &str) -> Option<(u8, u16)> {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next()?.to_ascii_lowercase();
        let specific = if kind == self.media_type() {
            2
        } else if kind.strip_suffix('*') == self.media_type().split_inclusive('/').next() {
            1
        } else if kind == "*/*" {
            0
        } else {
            return None;
        };
        let weight = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(Some(1.0), |q| q.parse::<f32>().ok())
            .filter(|q| (0.0..=1.0).contains(q))
            .unwrap_or(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 1000"
        )]
        let weight = (weight * 1000.0) as u16;
        Some((specific, weight))
    }

    /// The document in this form. It is somebody's personal data: no cache may keep it.
    pub(super) fn answer(self, document: Document) -> Result<Response, Problem> {
        let mut response = match self {
            Self::Json => Json(DocumentBody::from(document)).into_response(),
            Self::Html => {
                let page = documents::html(&document).map_err(Problem::internal)?;
                let headers = [
                    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                    (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
                ];
                (headers, page).into_response()
            }
            Self::Pdf => {
                let name = format!("inline; filename=\"{}.pdf\"", document.number);
                let headers = [
                    (header::CONTENT_TYPE, self.media_type()),
                    (header::CONTENT_DISPOSITION, name.as_str()),
                ];
                (headers, documents::pdf(&document)).into_response()
            }
        };
        let headers = response.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        Ok(response)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Format {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(query) = Query::<FormatQuery>::from_request_parts(parts, state).await?;
        query
            .format
            .or_else(|| Self::accepted(&parts.headers))
            .ok_or_else(|| {
                Problem::new(
                    StatusCode::NOT_ACCEPTABLE,
                    "not_acceptable",
                    "Not acceptable",
                )
                .detail("There are application/json, text/html and application/pdf.")
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &'static str) -> Option<Format> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        Format::accepted(&headers)
    }

    #[test]
    fn gives_what_is_wanted_most() {
        assert_eq!(Format::accepted(&HeaderMap::new()), Some(Format::Json));
        for (accept, format) in [
            ("", Some(Format::Json)),
            ("*/*", Some(Format::Json)),
            ("application/json", Some(Format::Json)),
            ("Application/PDF", Some(Format::Pdf)),
            ("application/*", Some(Format::Json)),
            ("text/*", Some(Format::Html)),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Some(Format::Html),
            ),
            (
                "application/json;q=0.5, application/pdf; q=0.9",
                Some(Format::Pdf),
            ),
            ("application/json;q=0, */*", Some(Format::Html)),
            ("image/png", None),
            ("application/json;q=0", None),
        ] {
            assert_eq!(accepted(accept), format, "{accept}");
        }
    }
}
