//! A mail server (RFC 5321) that keeps what it gets and misbehaves on demand.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// How the next mail is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 451 to its RCPT: try again later.
    Temporary,
    /// 550 to its RCPT: never.
    Permanent,
    /// The mail is taken, and the connection ends before its 250 is sent.
    LostAnswer,
    /// The connection ends at once.
    Drop,
}

/// A mail as it was taken.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: Vec<String>,
    /// Header and body as they came, dot-unstuffed.
    pub data: String,
}

impl Mail {
    /// The value of the first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (headers, _) = self.data.split_once("\r\n\r\n")?;
        headers.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn message_id(&self) -> Option<&str> {
        self.header("message-id")
    }
}

#[derive(Debug, Default)]
struct Mailbox {
    mails: Vec<Mail>,
    headers_only: bool,
    faults: VecDeque<Fault>,
}

/// The server; it listens as long as its runtime lives.
#[derive(Clone, Debug)]
pub struct Sink {
    port: u16,
    mailbox: Arc<Mutex<Mailbox>>,
}

impl Sink {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let sink = Self {
            port: listener.local_addr()?.port(),
            mailbox: Arc::default(),
        };
        let server = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                // A client that hangs up is no fault of the test.
                tokio::spawn(async move { server.talk(stream).await.ok() });
            }
        });
        Ok(sink)
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// All mails taken so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.lock().mails.clone()
    }

    /// From now on only the headers are kept: there will be too many mails for more.
    pub fn keep_headers_only(&self) {
        self.lock().headers_only = true;
    }

    /// The mails to one address.
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to.iter().any(|to| to.eq_ignore_ascii_case(address)));
        mails
    }

    /// Answers one of the next mails so; several are used up in order.
    pub fn misbehave(&self, fault: Fault) {
        self.lock().faults.push_back(fault);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn talk(&self, stream: TcpStream) -> Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 sink ESMTP\r\n").await?;
        let (mut to, mut fault) = (Vec::new(), None);
        let mut line = String::new();
        loop {
            line.clear();
            if (&mut stream).take(4096).read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let command = line.trim_end();
            let verb = command
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            let answer = match verb.as_str() {
                "EHLO" | "HELO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8",
                "MAIL" => {
                    to.clear();
                    fault = self.lock().faults.pop_front();
                    if fault == Some(Fault::Drop) {
                        return Ok(());
                    }
                    "250 go on"
                }
                "RCPT" => match fault {
                    Some(Fault::Temporary) => "451 try again later",
                    Some(Fault::Permanent) => "550 no such mailbox",
                    _ => {
                        let address = command.split(['<', '>']).nth(1).unwrap_or_default();
                        to.push(address.to_owned());
                        "250 go on"
                    }
                },
                "DATA" => {
                    stream.write_all(b"354 end with a dot\r\n").await?;
                    let mut data = read_data(&mut stream).await?;
                    let mut mailbox = self.lock();
                    if mailbox.headers_only {
                        let header = data.find("\r\n\r\n").map_or(data.len(), |at| at + 4);
                        data.truncate(header);
                        data.shrink_to_fit();
                    }
                    mailbox.mails.push(Mail {
                        to: std::mem::take(&mut to),
                        data,
                    });
                    drop(mailbox);
                    if fault == Some(Fault::LostAnswer) {
                        return Ok(());
                    }
                    "250 taken"
                }
                "RSET" | "NOOP" => "250 ok",
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "502 unknown",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
    }
}

async fn read_data(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut data = String::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        anyhow::ensure!(
            stream.read_until(b'\n', &mut line).await? > 0,
            "the mail was cut off"
        );
        if line == b".\r\n" {
            return Ok(data);
        }
        let text = String::from_utf8_lossy(&line);
        data.push_str(text.strip_prefix('.').unwrap_or(&text));
    }
}
