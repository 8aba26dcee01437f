//! One WebSocket: greeted, then read and written in turn until it ends.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;
use futures_util::SinkExt as _;
use kernel::{Principal, Problem};
use tokio::time::{Instant, timeout};

use crate::frames::{self, ClientFrame};
use crate::hub::Hub;
use crate::hub::connection::{Close, Connection};
use crate::session;

/// The first frame must come within this time.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// The largest frame of a client, in bytes: 10,000 characters and their mentions fit well.
const FRAME_BYTES: usize = 256 * 1024;
/// Frames that a client may send at once, and a second; beyond it the socket is read more slowly.
const BURST: f64 = 1_000.0;
const A_SECOND: f64 = 500.0;

/// Answers the upgrade. Small buffers: the usual ones cost 135 kB a connection, these 4 (measured).
pub fn upgrade(hub: Arc<Hub>, principal: Principal, english: bool, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(512)
        // All that waits is fed below this and leaves in one write.
        .write_buffer_size(64 * 1024)
        .max_write_buffer_size(4 << 20)
        .max_message_size(FRAME_BYTES)
        .max_frame_size(FRAME_BYTES)
        .on_upgrade(move |socket| async move {
            // Boxed, so that the greeting's state is not kept for as long as the socket lives.
            if let Some((socket, connection)) = Box::pin(begin(Arc::clone(&hub), socket, principal, english)).await {
                let end = run(&hub, socket, &connection).await;
                hub.leave(&connection);
                if let Some(socket) = end {
                    Box::pin(say_goodbye(socket, connection.take().close)).await;
                }
            }
        })
}

/// Waits for `hello` and answers it.
async fn begin(
    hub: Arc<Hub>,
    mut socket: WebSocket,
    principal: Principal,
    english: bool,
) -> Option<(WebSocket, Arc<Connection>)> {
    let first = timeout(HELLO_WITHIN, socket.recv()).await.ok()??.ok()?;
    let Message::Text(text) = first else { return None };
    let (reference, frame) = frames::read(text.as_str());
    let connection = Arc::new(Connection::new(hub.new_id(), principal, english));
    let greeting = match frame {
        Ok(ClientFrame::Hello(hello)) => session::greet(&hub, &connection, &hello).await,
        Ok(_) => Err(Problem::malformed("type", "最初のフレームはhelloです。", "The first frame is hello.")),
        Err(problem) => Err(problem),
    };
    match greeting {
        Ok(greeting) => {
            let written = timeout(hub.config.stuck_after, write_all(&mut socket, greeting)).await;
            if !matches!(written, Ok(Ok(()))) {
                hub.leave(&connection);
                return None;
            }
            Some((socket, connection))
        }
        Err(problem) => {
            let _ = socket.send(Message::Text(frames::error(reference, &problem, english))).await;
            None
        }
    }
}

async fn write_all(socket: &mut WebSocket, frames: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), axum::Error> {
    for frame in frames {
        socket.feed(Message::Text(frame)).await?;
    }
    socket.flush().await
}

/// Reads and writes until the socket ends; gives it back where it can still be told why.
async fn run(hub: &Arc<Hub>, mut socket: WebSocket, connection: &Arc<Connection>) -> Option<WebSocket> {
    let mut allowance = Allowance::new();
    // One frame of a client at a time: its sends keep their order, and a slow database slows only its own reading.
    let mut handling: Option<Pin<Box<dyn Future<Output = ()> + Send>>> = None;
    loop {
        tokio::select! {
            () = connection.bell.notified() => match write(hub, &mut socket, connection).await {
                Written::All => {}
                Written::Goodbye => return Some(socket),
                Written::Gone => return None,
            },
            () = async { if let Some(handling) = &mut handling { handling.await } }, if handling.is_some() => handling = None,
            message = socket.recv(), if handling.is_none() => match message? {
                Ok(Message::Text(text)) => {
                    let (hub, connection, wait) = (Arc::clone(hub), Arc::clone(connection), allowance.take());
                    handling = Some(Box::pin(async move {
                        if !wait.is_zero() {
                            tokio::time::sleep(wait).await;
                        }
                        session::handle(hub, connection, text).await;
                    }));
                }
                Ok(Message::Binary(_)) => {
                    let problem = Problem::malformed("body", "テキストのフレームで送ってください。", "Frames are text.");
                    hub.push(connection, frames::error(None, &problem, connection.english));
                }
                Ok(Message::Ping(_) | Message::Pong(_)) => connection.heard(false),
                Ok(Message::Close(_)) | Err(_) => return None,
            },
        }
    }
}

enum Written {
    All,
    Goodbye,
    Gone,
}

/// Writes all that waits, in one go.
async fn write(hub: &Hub, socket: &mut WebSocket, connection: &Connection) -> Written {
    let outgoing = connection.take();
    let closing = outgoing.close;
    let writing = async {
        if outgoing.ping {
            socket.feed(Message::Ping(Bytes::new())).await?;
        }
        if outgoing.behind {
            socket.feed(Message::Text(hub.behind(connection))).await?;
        }
        write_all(socket, outgoing.frames).await
    };
    match timeout(hub.config.stuck_after, writing).await {
        Ok(Ok(())) if closing.is_some() => Written::Goodbye,
        Ok(Ok(())) => Written::All,
        Ok(Err(_)) | Err(_) => Written::Gone,
    }
}

async fn say_goodbye(mut socket: WebSocket, why: Option<Close>) {
    let (code, reason) = match why {
        Some(Close::SignedOut) => (4401, "signed out"),
        Some(Close::Policy) => (1008, "too many connections"),
        Some(Close::Restart) => (1012, "restarting"),
        Some(Close::Silent) | None => (1001, "silent"),
    };
    let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
    let _ = timeout(Duration::from_secs(1), socket.send(Message::Close(Some(frame)))).await;
}

/// A client's allowance of frames: a bucket that fills with time.
struct Allowance {
    frames: f64,
    since: Instant,
}

impl Allowance {
    fn new() -> Self {
        Self { frames: BURST, since: Instant::now() }
    }

    /// Takes one; how long to wait before it is acted upon.
    fn take(&mut self) -> Duration {
        let now = Instant::now();
        self.frames = (self.frames + (now - self.since).as_secs_f64() * A_SECOND).min(BURST) - 1.0;
        self.since = now;
        if self.frames >= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(-self.frames / A_SECOND) }
    }
}
