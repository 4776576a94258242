//! The HTTP server: what every service answers, its limits, and its orderly end.

mod docs;
mod edge;
mod listen;
mod ready;

use std::sync::Arc;

use anyhow::Context as _;
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;

pub use self::ready::Readiness;
use crate::{
    config::ServerConfig,
    http::{ApiRouter, Json},
    openapi,
    problem::Problem,
    process::Shutdown,
};

/// Serves `api` until `shutdown`, then drains: `/ready` fails at once, connections go on being accepted for
/// `SHUTDOWN_DELAY`, and open requests have `DRAIN_TIMEOUT` to finish. Streams should end by themselves on `shutdown`.
pub async fn serve(
    config: ServerConfig,
    api: ApiRouter,
    readiness: Readiness,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let address = std::net::SocketAddr::new(config.host, config.port);
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("can't listen on {address}; is another process on that port?"))?;
    serve_on(listener, config, api, readiness, shutdown).await
}

/// [`serve`] on a socket that is already bound.
pub async fn serve_on(
    listener: TcpListener,
    config: ServerConfig,
    api: ApiRouter,
    readiness: Readiness,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let app = app(&config, api, readiness, shutdown.clone())?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    listen::serve(listener, &config, app, shutdown).await;
    Ok(())
}

/// All that a service answers, without a socket: `api` behind the limits, and the paths that every service has.
pub fn app(
    config: &ServerConfig,
    api: ApiRouter,
    readiness: Readiness,
    shutdown: Shutdown,
) -> anyhow::Result<Router> {
    let document = openapi::document(&api).to_json()?;
    let edge = Arc::new(edge::Edge::new(config, shutdown.clone()));
    let api = Router::from(api)
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "no_such_path", "No such path"))
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "Method not allowed",
            )
        })
        .layer(DefaultBodyLimit::max(config.max_body_bytes))
        .layer(middleware::from_fn_with_state(edge, edge::edge));
    // Outside the limits: they must answer while the service sheds load.
    let own = Router::new()
        .route(
            "/health",
            get(async || Json(serde_json::json!({"status": "ok"}))),
        )
        .route(
            "/ready",
            get(ready::ready).with_state((readiness, shutdown)),
        )
        .route("/metrics", get(metrics))
        .merge(docs::router(document));
    Ok(own.merge(api))
}

async fn metrics(State(()): State<()>) -> Response {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        crate::metrics::render(),
    )
        .into_response()
}
