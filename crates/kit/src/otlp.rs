//! The HTTP client of the span exporter.

use std::{pin::Pin, time::Duration};

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

/// A collector that takes longer has lost this batch.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The exporter's thread has no runtime of its own, so its requests run on the process's.
#[derive(Debug)]
pub(crate) struct RuntimeClient {
    runtime: Handle,
    client: reqwest::Client,
}

impl RuntimeClient {
    pub(crate) fn new(runtime: Handle) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self { runtime, client })
    }
}

impl HttpClient for RuntimeClient {
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        let client = self.client.clone();
        let sent = self
            .runtime
            .spawn(async move { client.send_bytes(request).await });
        Box::pin(async move { sent.await? })
    }
}
