//! HTTP/1.1 with as little work as possible: requests are rendered beforehand and sent as they are, of an answer only the
//! status and the body's length are read.

use std::{fmt::Write as _, net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const MAX_HEADERS: usize = 32;
/// What an answer takes at most, most of the time.
const USUAL_ANSWER: usize = 4 * 1024;
/// An answer that takes longer is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// Renders a request. `body` is JSON.
pub(crate) fn render(
    method: &str,
    path: &str,
    token: Option<&str>,
    idempotency_key: Option<&str>,
    body: Option<&str>,
) -> Box<[u8]> {
    let mut text = String::with_capacity(1024);
    let _ = write!(text, "{method} {path} HTTP/1.1\r\nhost: bench\r\n");
    if let Some(token) = token {
        let _ = write!(text, "authorization: Bearer {token}\r\n");
    }
    if let Some(key) = idempotency_key {
        let _ = write!(text, "idempotency-key: {key}\r\n");
    }
    if let Some(body) = body {
        let length = body.len();
        let _ = write!(
            text,
            "content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
    } else {
        text.push_str("\r\n");
    }
    text.into_bytes().into()
}

/// A kept connection, with one request at a time.
#[derive(Debug)]
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// An answer; its body lies in the connection's buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Answer<'_> {
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_slice(self.body).context("the answer is no JSON")
    }

    /// The body of a success.
    pub(crate) fn ok(&self) -> Result<Value> {
        ensure!(
            (200..300).contains(&self.status),
            "{}: {}",
            self.status,
            String::from_utf8_lossy(self.body)
        );
        self.json()
    }
}

/// What the head of an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Bytes of the head, and of the body after it.
    length: usize,
    body: usize,
    close: bool,
}

impl Connection {
    /// Connects with the first request.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            buffer: Vec::with_capacity(USUAL_ANSWER),
        }
    }

    /// Connects now.
    pub(crate) async fn open(&mut self) -> Result<()> {
        let stream = TcpStream::connect(self.address)
            .await
            .with_context(|| format!("{} can't be reached", self.address))?;
        stream.set_nodelay(true)?;
        self.stream = Some(stream);
        Ok(())
    }

    /// Sends a rendered request and reads its answer. After an error the next request connects anew.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        if self.stream.is_none() {
            self.open().await?;
        }
        let talked = tokio::time::timeout(PATIENCE, self.talk(request)).await;
        match talked.map_err(Into::into).flatten() {
            Ok(head) => {
                if head.close {
                    self.stream = None;
                }
                Ok(Answer {
                    status: head.status,
                    body: &self.buffer[head.length..head.length + head.body],
                })
            }
            Err(error) => {
                self.stream = None;
                Err(error)
            }
        }
    }

    async fn talk(&mut self, request: &[u8]) -> Result<Head> {
        let stream = self.stream.as_mut().context("not connected")?;
        stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            let read = stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the connection was closed");
            if let Some(head) = parse(&self.buffer)? {
                while self.buffer.len() < head.length + head.body {
                    let read = stream.read_buf(&mut self.buffer).await?;
                    ensure!(read > 0, "the connection was closed");
                }
                return Ok(head);
            }
        }
    }
}

/// Sends one request on a connection of its own; for what is not measured.
pub(crate) async fn call(address: SocketAddr, request: &[u8]) -> Result<Value> {
    Connection::new(address).exchange(request).await?.ok()
}

fn parse(buffer: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(buffer)? else {
        return Ok(None);
    };
    let status = response.code.context("an answer without status")?;
    let mut body = None;
    let mut close = false;
    for header in response.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            body = Some(std::str::from_utf8(header.value)?.parse()?);
        } else if header.name.eq_ignore_ascii_case("connection") {
            close = header.value.eq_ignore_ascii_case(b"close");
        }
    }
    let body = match body {
        Some(body) => body,
        None if status == 204 || status == 304 => 0,
        None => bail!("an answer without a length"),
    };
    Ok(Some(Head {
        status,
        length: head,
        body,
        close,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_once_its_head_is_there() {
        let text = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        assert_eq!(parse(&text[..30]).unwrap(), None);
        let head = parse(text).unwrap().unwrap();
        assert_eq!((head.status, head.body, head.close), (201, 2, true));
        assert_eq!(&text[head.length..], b"{}");
    }

    #[test]
    fn an_answer_without_a_length_is_an_error() {
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert_eq!(
            parse(b"HTTP/1.1 204 No Content\r\n\r\n")
                .unwrap()
                .unwrap()
                .body,
            0
        );
    }

    #[test]
    fn requests_carry_what_they_are_given() {
        let request = render("POST", "/bookings", Some("t"), Some("k"), Some("{}"));
        let text = String::from_utf8(request.into()).unwrap();
        assert!(text.starts_with("POST /bookings HTTP/1.1\r\n"));
        assert!(text.contains("\r\nauthorization: Bearer t\r\nidempotency-key: k\r\n"));
        assert!(text.ends_with("\r\ncontent-length: 2\r\n\r\n{}"));
    }
}
