//! Clients that read server-sent events and only count them, on a thread of their own.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr},
    rc::Rc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    sync::{Semaphore, oneshot},
    task::{JoinSet, LocalSet},
};

use crate::{
    http::render,
    number::{as_f64, count},
};

/// Connections from one loopback address: it has some 28,000 ports.
const FROM_ONE_ADDRESS: usize = 10_000;
/// Being opened at once: less than a service takes in.
const OPENING: usize = 64;
const OPEN_WITHIN: Duration = Duration::from_secs(120);

/// What was received.
#[derive(Clone, Debug, Default)]
pub(super) struct Received {
    /// Events by the second since the streams were open.
    events: BTreeMap<u64, u64>,
    /// Streams that the other side ended.
    pub ended: u64,
}

impl Received {
    /// Events a second, in those seconds where something happened.
    pub(super) fn a_second(&self) -> f64 {
        as_f64(self.events.values().sum()) / count(self.events.len()).max(1.0)
    }
}

/// Open streams.
#[derive(Debug)]
pub(super) struct Watchers {
    open: usize,
    refusals: BTreeMap<String, u64>,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<Received>>,
}

/// How the opening went.
struct Opened {
    open: usize,
    refusals: BTreeMap<String, u64>,
}

impl Watchers {
    /// Opens as many as the service lets in.
    pub(super) async fn open(address: SocketAddr, path: &str, wanted: usize) -> Result<Self> {
        let (tell, opened) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let request = render("GET", path, None, None, None);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            LocalSet::new().block_on(&runtime, watch(address, request, wanted, tell, stopped))
        });
        let opened = tokio::time::timeout(OPEN_WITHIN, opened)
            .await
            .context("the streams were not open in time")?
            .context("the watchers ended early")?;
        Ok(Self {
            open: opened.open,
            refusals: opened.refusals,
            stop,
            thread,
        })
    }

    pub(super) fn open_count(&self) -> usize {
        self.open
    }

    /// Why some were not let in, in words.
    pub(super) fn refusals(&self) -> String {
        let mut words = String::new();
        for (why, count) in &self.refusals {
            let _ = write!(words, "{count} × {why} ");
        }
        words.trim_end().to_owned()
    }

    /// Closes them.
    pub(super) fn end(self) -> Result<Received> {
        // Gone already only if the thread is: then joining tells why.
        let _ = self.stop.send(());
        match self.thread.join() {
            Ok(received) => received,
            Err(_) => bail!("the watchers panicked"),
        }
    }
}

async fn watch(
    address: SocketAddr,
    request: Box<[u8]>,
    wanted: usize,
    tell: oneshot::Sender<Opened>,
    stopped: oneshot::Receiver<()>,
) -> Result<Received> {
    let request: Rc<[u8]> = request.into();
    let turns = Rc::new(Semaphore::new(OPENING));
    let mut opening = JoinSet::new();
    for index in 0..wanted {
        let (request, turns) = (request.clone(), turns.clone());
        opening.spawn_local(async move {
            let _turn = turns.acquire().await?;
            open(address, index, &request).await
        });
    }
    let mut streams = Vec::new();
    let mut refusals = BTreeMap::new();
    while let Some(opened) = opening.join_next().await {
        match opened? {
            Ok(stream) => streams.push(stream),
            Err(error) => *refusals.entry(format!("{error:#}")).or_default() += 1,
        }
    }
    let open = streams.len();
    let counts = Rc::new(RefCell::new(Received::default()));
    let start = Instant::now();
    let mut readers = JoinSet::new();
    for stream in streams {
        readers.spawn_local(read(stream, start, counts.clone()));
    }
    if tell.send(Opened { open, refusals }).is_err() {
        bail!("nobody waits for the watchers");
    }
    // Nobody stopping them is the same as being stopped: the other side is gone.
    let _ = stopped.await;
    readers.shutdown().await;
    Ok(counts.take())
}

/// Connects and reads up to the end of the answer's head.
async fn open(address: SocketAddr, index: usize, request: &[u8]) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let host = 2 + u8::try_from(index / FROM_ONE_ADDRESS)?;
    socket.bind((Ipv4Addr::new(127, 0, 0, host), 0).into())?;
    let mut stream = socket.connect(address).await?;
    stream.write_all(request).await?;
    let mut head = Vec::with_capacity(1024);
    loop {
        let read = stream.read_buf(&mut head).await?;
        let text = String::from_utf8_lossy(&head);
        if read == 0 || text.contains("\r\n\r\n") {
            let status = text.split_ascii_whitespace().nth(1).unwrap_or("no answer");
            if status == "200" {
                return Ok(stream);
            }
            bail!("{status}");
        }
    }
}

/// Counts events: each ends with an empty line.
async fn read(mut stream: TcpStream, start: Instant, counts: Rc<RefCell<Received>>) {
    let mut buffer = [0; 2048];
    let mut last = 0;
    loop {
        let read = match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => {
                counts.borrow_mut().ended += 1;
                return;
            }
            Ok(read) => read,
        };
        let events = empty_lines(&mut last, &buffer[..read]);
        if events > 0 {
            let second = start.elapsed().as_secs();
            *counts.borrow_mut().events.entry(second).or_default() += events;
        }
    }
}

/// How many empty lines end in `bytes`; `last` is the byte before.
fn empty_lines(last: &mut u8, bytes: &[u8]) -> u64 {
    let mut count = 0;
    for byte in bytes {
        count += u64::from(*byte == b'\n' && *last == b'\n');
        *last = *byte;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_wherever_the_bytes_are_cut() {
        let text = b"4\r\nid: 1\ndata: x\n\n\r\n4\r\n:\n\n\r\n";
        for cut in 0..text.len() {
            let mut last = 0;
            let (first, second) = text.split_at(cut);
            assert_eq!(
                empty_lines(&mut last, first) + empty_lines(&mut last, second),
                2
            );
        }
    }
}
