//! A WebSocket client as thin as the measure needs (RFC 6455): it counts frames without parsing them, so that the load
//! takes as little as it can of the cores that it shares with the server.

use std::collections::HashMap;
use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::Outcome;

/// Where sockets of a tenant are opened.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// The server's.
    pub address: SocketAddr,
    /// The first part of the tenant's paths.
    pub tenant: &'static str,
}

/// The half that reads.
pub struct Reading {
    stream: OwnedReadHalf,
    buffer: Vec<u8>,
    start: usize,
}

/// The half that writes.
pub struct Writing(OwnedWriteHalf);

/// What a client holds after its greeting, and names when it comes back.
#[derive(Default)]
pub struct Held {
    seqs: HashMap<String, i64>,
    revs: HashMap<String, i64>,
    me: i64,
}

impl Held {
    /// The greeting of a client that holds this.
    pub fn hello(&self) -> String {
        json!({ "type": "hello", "rooms": self.seqs, "revs": self.revs, "reads": self.seqs, "me": self.me }).to_string()
    }

    /// What it held so many changes of each room ago, all of them messages.
    pub fn before(&self, changes: i64) -> Self {
        let back = |heads: &HashMap<String, i64>| heads.iter().map(|(room, head)| (room.clone(), head - changes)).collect();
        Self { seqs: back(&self.seqs), revs: back(&self.revs), me: self.me }
    }

    fn note(&mut self, frame: &[u8]) -> Outcome<()> {
        let frame: Value = serde_json::from_slice(frame)?;
        if frame["type"] == "welcome" {
            self.me = frame["me"].as_i64().unwrap_or(0);
        }
        let room = &frame["room"];
        if let (Some(id), Some(seq), Some(rev)) = (room["id"].as_str(), room["lastSeq"].as_i64(), room["rev"].as_i64()) {
            self.seqs.insert(id.to_owned(), seq);
            self.revs.insert(id.to_owned(), rev);
        }
        Ok(())
    }
}

/// Opens the live socket of a tenant as a new client, and waits until the server says `ready`.
pub async fn connect(door: Door, token: &str) -> Outcome<(Reading, Writing)> {
    let (mut reading, mut writing) = open(door, token).await?;
    writing.send(r#"{"type":"hello"}"#).await?;
    while !starts(reading.frame().await?, r#"{"type":"ready""#) {}
    Ok((reading, writing))
}

/// As [`connect`]; gives what a client holds then.
pub async fn connect_noting(door: Door, token: &str) -> Outcome<(Reading, Writing, Held)> {
    let (mut reading, mut writing) = open(door, token).await?;
    writing.send(r#"{"type":"hello"}"#).await?;
    let mut held = Held::default();
    loop {
        let frame = reading.frame().await?;
        if starts(frame, r#"{"type":"ready""#) {
            break;
        }
        held.note(frame)?;
    }
    Ok((reading, writing, held))
}

/// Comes back with what is held, and waits until the server says `ready`.
pub async fn resume(door: Door, token: &str, hello: &str) -> Outcome<(Reading, Writing)> {
    let (mut reading, mut writing) = open(door, token).await?;
    writing.send(hello).await?;
    while !starts(reading.frame().await?, r#"{"type":"ready""#) {}
    Ok((reading, writing))
}

async fn open(door: Door, token: &str) -> Outcome<(Reading, Writing)> {
    let stream = TcpStream::connect(door.address).await?;
    stream.set_nodelay(true)?;
    let (reading, writing) = stream.into_split();
    let mut writing = Writing(writing);
    let mut reading = Reading { stream: reading, buffer: Vec::new(), start: 0 };
    writing.0.write_all(upgrade(door, token).as_bytes()).await?;
    reading.head().await?;
    Ok((reading, writing))
}

/// The request that asks for a socket.
pub fn upgrade(door: Door, token: &str) -> String {
    let Door { address, tenant } = door;
    format!(
        "GET /{tenant}/api/v1/live HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
}

/// Whether a frame's text begins so.
pub fn starts(frame: &[u8], text: &str) -> bool {
    frame.starts_with(text.as_bytes())
}

impl Writing {
    /// One text frame. The mask is zero: it hides nothing, and costs nothing.
    pub async fn send(&mut self, text: &str) -> Outcome<()> {
        let mut frame = Vec::with_capacity(text.len() + 14);
        frame.push(0x81);
        match text.len() {
            length @ 0..=125 => frame.push(0x80 | u8::try_from(length)?),
            length @ 126..=65_535 => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(length)?.to_be_bytes());
            }
            length => {
                frame.push(0x80 | 127);
                frame.extend(u64::try_from(length)?.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).await?;
        Ok(())
    }
}
impl Reading {
    /// The next text frame's bytes; pings are passed over.
    pub async fn frame(&mut self) -> Outcome<&[u8]> {
        loop {
            if let Some((opcode, from, to)) = self.whole()? {
                self.start = to;
                match opcode {
                    1 => return Ok(&self.buffer[from..to]),
                    8 => return Err("the server closed the socket".into()),
                    _ => continue,
                }
            }
            self.fill().await?;
        }
    }

    /// The frame at the front, if it is all there: opcode, and where its payload lies.
    fn whole(&self) -> Outcome<Option<(u8, usize, usize)>> {
        let bytes = &self.buffer[self.start..];
        let [first, second, ..] = *bytes else { return Ok(None) };
        let (length, head) = match second & 0x7f {
            126 if bytes.len() < 4 => return Ok(None),
            126 => (usize::from(u16::from_be_bytes([bytes[2], bytes[3]])), 4),
            127 if bytes.len() < 10 => return Ok(None),
            127 => (usize::try_from(u64::from_be_bytes(bytes[2..10].try_into()?))?, 10),
            length => (usize::from(length), 2),
        };
        let from = self.start + head;
        Ok((bytes.len() >= head + length).then_some((first & 0x0f, from, from + length)))
    }

    async fn fill(&mut self) -> Outcome<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err("the server went away".into());
        }
        Ok(())
    }

    /// Reads over the answer to the upgrade.
    async fn head(&mut self) -> Outcome<()> {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                self.buffer.drain(..end + 4);
                return if head.starts_with("HTTP/1.1 101") { Ok(()) } else { Err(format!("no upgrade: {head}").into()) };
            }
            self.fill().await?;
        }
    }
}
