//! Accepting connections, with limits on their headers, and draining them.

use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use crate::{config::ServerConfig, process::Shutdown};

/// A client that takes longer to send its headers is cut off; it also bounds an idle connection between two requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);
const MAX_HEADERS: usize = 100;
/// Most bytes of one request's line and headers.
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// How long to wait when the process has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn serve(
    listener: TcpListener,
    config: &ServerConfig,
    app: Router,
    shutdown: Shutdown,
) {
    let connections = TaskTracker::new();
    let drain = CancellationToken::new();
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, app.clone(), drain.clone()));
                }
                Err(error) => {
                    tracing::warn!("can't accept a connection: {error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    let end = async {
        shutdown.cancelled().await;
        tokio::time::sleep(*config.shutdown_delay).await;
    };
    tokio::select! {
        () = end => {}
        () = accept => {}
    }
    drop(listener);
    drain.cancel();
    connections.close();
    if tokio::time::timeout(*config.drain_timeout, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            "{} connections were still open and are cut",
            connections.len()
        );
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, app: Router, drain: CancellationToken) {
    // Answers are small; waiting to fill packets only delays them. It fails only on a closed socket.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = drain.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        // Clients that go away are no fault of ours.
        tracing::debug!(%peer, "connection ended: {error}");
    }
}
