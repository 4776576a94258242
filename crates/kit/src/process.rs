//! The life of a process: runtime, telemetry, signals, orderly end.

use std::{process::ExitCode, time::Duration};

use tokio::{
    runtime::Builder,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::{config::TelemetryConfig, metrics, telemetry};

/// How long a finished process waits for threads that block (a password being hashed, a name being resolved).
const BLOCKING_GRACE: Duration = Duration::from_secs(2);

/// How long a process may take to say that it is alive.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(2);

/// Most threads for work that blocks; password hashing, the heaviest, has its own lower cap.
const BLOCKING_THREADS: usize = 16;

/// Told to all parts of a process when it is to end. Clones are the same token.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    pub fn new() -> Self {
        Self::default()
    }

    /// Resolves once the process is to end; at once if that is already so.
    pub async fn cancelled(&self) {
        self.0.cancelled().await;
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Makes the process end as SIGTERM does.
    pub fn trigger(&self) {
        self.0.cancel();
    }

    /// `future`'s result, or `None` when the process is to end before that.
    pub async fn until<F: Future>(&self, future: F) -> Option<F::Output> {
        self.0.run_until_cancelled(future).await
    }
}

/// Runs `main` on a new runtime with logs, metrics and traces; SIGTERM and SIGINT trigger its [`Shutdown`].
///
/// The exit code is 0 when `main` succeeds, else 1, and the error is logged with its causes. Spans are flushed either way.
pub fn run<F>(name: &'static str, telemetry: &TelemetryConfig, main: F) -> ExitCode
where
    F: AsyncFnOnce(Shutdown) -> anyhow::Result<()>,
{
    // TLS has two providers linked in; without a choice the first handshake would panic. An error means that one is chosen.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match Builder::new_multi_thread()
        .enable_all()
        .thread_name(name)
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{name}: the runtime can't start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let guard = match telemetry::init(name, telemetry, runtime.handle()) {
        Ok(guard) => guard,
        Err(error) => {
            eprintln!("{name}: telemetry can't start: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        metrics::install();
        let shutdown = Shutdown::new();
        watch_signals(shutdown.clone())?;
        main(shutdown).await
    });
    let code = match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    };
    guard.flush();
    runtime.shutdown_timeout(BLOCKING_GRACE);
    code
}

/// Asks the process that listens on `port` of this host for `/health`: 0 when it answers 200 within [`HEALTH_TIMEOUT`].
///
/// For health checks of containers, whose image has no program that could ask.
pub fn check_health(port: u16) -> ExitCode {
    match ask_health(port) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn ask_health(port: u16) -> anyhow::Result<()> {
    Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            reqwest::Client::builder()
                .no_proxy()
                .timeout(HEALTH_TIMEOUT)
                .build()?
                .get(format!("http://127.0.0.1:{port}/health"))
                .send()
                .await?
                .error_for_status()?;
            Ok(())
        })
}

fn watch_signals(shutdown: Shutdown) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!("{name}: ending");
        shutdown.trigger();
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        thread,
    };

    use super::*;

    /// A port that answers one request with `status`.
    fn answering(status: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            assert!(request[..length].starts_with(b"GET /health HTTP/1.1\r\n"));
            write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            .unwrap();
        });
        port
    }

    #[test]
    fn a_process_is_healthy_when_it_says_so() {
        ask_health(answering("200 OK")).unwrap();
        ask_health(answering("500 Internal Server Error")).unwrap_err();
    }

    #[test]
    fn nobody_listening_is_not_healthy() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        ask_health(port).unwrap_err();
    }
}
