//! `/openapi.json` and, to read and try it, `/docs`; all links are relative, so that both work behind the entrance.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa_swagger_ui::Config;

use crate::problem::Problem;

pub(super) fn router(document: String) -> Router {
    let document = Bytes::from(document);
    let config = Arc::new(
        Config::from("../openapi.json")
            .deep_linking(true)
            .display_request_duration(true)
            .persist_authorization(true)
            .try_it_out_enabled(true),
    );
    let page = config.clone();
    Router::new()
        .route(
            "/openapi.json",
            get(async move || {
                (
                    [(header::CONTENT_TYPE, "application/json")],
                    document.clone(),
                )
            }),
        )
        .route(
            "/docs",
            get(async || {
                (
                    StatusCode::TEMPORARY_REDIRECT,
                    [(header::LOCATION, "docs/")],
                )
            }),
        )
        .route("/docs/", get(async move || file("", page.clone())))
        .route(
            "/docs/{*file}",
            get(async move |Path(path): Path<String>| file(&path, config.clone())),
        )
}

fn file(path: &str, config: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(path, config) {
        Ok(Some(file)) => {
            let kind = [(header::CONTENT_TYPE, file.content_type)];
            if file.gzpipped {
                (
                    kind,
                    [(header::CONTENT_ENCODING, "gzip")],
                    file.bytes.into_owned(),
                )
                    .into_response()
            } else {
                (kind, file.bytes.into_owned()).into_response()
            }
        }
        Ok(None) => {
            Problem::new(StatusCode::NOT_FOUND, "no_such_path", "No such path").into_response()
        }
        Err(error) => Problem::internal(anyhow::anyhow!("swagger-ui: {error}")).into_response(),
    }
}
