//! Query strings and path parameters.

use axum::{
    extract::{FromRequestParts, path::ErrorKind, rejection::PathRejection},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::{NUL, message};
use crate::problem::Problem;

/// The query string as a `T`; else 422 with `?name` as the pointer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    if let Some((name, _)) = form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name.contains('\0') || value.contains('\0'))
    {
        return Err(Problem::invalid(
            format!("?{}", name.replace('\0', "")),
            NUL,
        ));
    }
    let pairs = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|error| {
        let text = message(&error.inner().to_string());
        let path = error.path().to_string();
        let name = text
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'))
            .unwrap_or(if path == "." { "" } else { &path });
        Problem::invalid(format!("?{name}"), text)
    })
}

/// Path parameters as a `T`; 404 when they can't be, since no such thing exists.
#[derive(Clone, Copy, Debug, Default)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // PostgreSQL can't store NUL, so nothing has it in its name.
        if parts.uri.path().contains("%00") {
            return Err(Problem::not_found("thing"));
        }
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(error))
                if !matches!(
                    error.kind(),
                    ErrorKind::WrongNumberOfParameters { .. } | ErrorKind::UnsupportedType { .. }
                ) =>
            {
                Err(Problem::not_found("thing"))
            }
            Err(error) => Err(Problem::internal(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Filter {
        q: Option<String>,
        limit: u32,
    }

    #[test]
    fn points_at_the_parameter() {
        let filter: Filter = parse("limit=3&q=a%20b").unwrap();
        assert_eq!((filter.limit, filter.q.as_deref()), (3, Some("a b")));
        for (query, pointer) in [
            ("limit=x", "?limit"),
            ("q=1", "?limit"),
            ("limit=1&q=%00", "?q"),
        ] {
            let problem = format!("{:?}", parse::<Filter>(query).unwrap_err());
            assert!(
                problem.contains(&format!("pointer: \"{pointer}\"")),
                "{query}: {problem}"
            );
        }
    }
}
