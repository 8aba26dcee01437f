//! One WebSocket: greeted, then read and written in turn until it ends.
//!
//! The codec reads, and answers pings and the close; text leaves past it, since it is framed already, once for all sockets
//! ([`crate::wire`]): a connection keeps no copy of what it writes.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::{Buf as _, Bytes};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::{OnUpgrade, Parts};
use hyper_util::rt::TokioIo;
use kernel::live::Hello;
use kernel::{Principal, Problem};
use serde_json::Value;
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};
use tracing::{Instrument as _, Span};

use crate::frames::{self, ClientFrame};
use crate::hub::connection::{Close, Connection, Outgoing};
use crate::hub::queue::Taken;
use crate::hub::{Hub, Stay};
use crate::measures::count;
use crate::session;
use crate::wire::{PING, Wire};

/// The first frame must come within this time.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// How long a frame under way may take once the socket is to end, and a last word to be written.
const FAREWELL: Duration = Duration::from_secs(2);
/// Frames that a client may send at once, and a second; beyond it the socket is read more slowly.
const BURST: f64 = 1_000.0;
const A_SECOND: f64 = 500.0;
/// Pieces given to one write, at most.
const PIECES: usize = 64;

type Socket = WebSocketStream<TcpStream>;

/// Answers the upgrade; none where the request asks for no WebSocket. The socket is served by the hub's runtime.
pub fn upgrade(hub: Arc<Hub>, principal: Principal, english: bool, request: Request) -> Option<Response> {
    let (mut parts, _) = request.into_parts();
    let upgrade = parts.extensions.remove::<OnUpgrade>()?;
    let response = create_response(&Request::from_parts(parts, ())).ok()?;
    let (counted, asked_by) = (hub.count_socket(), Span::current());
    hub.runtime.clone().spawn(async move {
        let _counted = counted;
        let Some(socket) = Box::pin(open(upgrade)).await else { return };
        // Boxed, so that the greeting's state is not kept for as long as the socket lives.
        let begun = Box::pin(begin(Arc::clone(&hub), socket, principal, english).instrument(asked_by)).await;
        if let Some((socket, connection, stay)) = begun {
            let end = run(&hub, socket, &connection).await;
            drop(stay);
            tracing::debug!(connection = %connection.id, "a socket ended");
            if let Some(socket) = end {
                Box::pin(say_goodbye(socket, connection.take().close)).await;
            }
        }
    });
    Some(response.map(|()| Body::empty()))
}

/// The socket below the upgraded connection. Small buffers: the usual ones cost 135 kB a connection, these 4 (measured).
async fn open(upgrade: OnUpgrade) -> Option<Socket> {
    let upgraded = upgrade.await.inspect_err(|error| tracing::debug!(%error, "an upgrade failed")).ok()?;
    let Ok(Parts { io, read_buf, .. }) = upgraded.downcast::<TokioIo<TcpStream>>() else {
        tracing::error!("sockets are served over TCP alone");
        return None;
    };
    // The thread that took the request has others to take: from here on the hub's own serve the socket.
    let moved = io.into_inner().into_std().and_then(TcpStream::from_std);
    let stream = moved.inspect_err(|error| tracing::warn!(%error, "a socket could not be served")).ok()?;
    let config = WebSocketConfig::default()
        .read_buffer_size(512)
        .write_buffer_size(0)
        .max_write_buffer_size(64 * 1024)
        .max_message_size(Some(session::HELLO_BYTES))
        .max_frame_size(Some(session::HELLO_BYTES));
    // Copied: a piece of hyper's buffer would keep all 8 kB of it for as long as the socket lives.
    Some(WebSocketStream::from_partially_read(stream, read_buf.to_vec(), Role::Server, Some(config)).await)
}

/// Waits for `hello` and answers it.
async fn begin(
    hub: Arc<Hub>,
    mut socket: Socket,
    principal: Principal,
    english: bool,
) -> Option<(Socket, Arc<Connection>, Stay)> {
    let first = tokio::select! {
        first = timeout(HELLO_WITHIN, socket.next()) => first.ok()??,
        () = hub.stops() => {
            say_goodbye(socket, Some(Close::Restart)).await;
            return None;
        }
    };
    let (reference, hello) = read_hello(first)?;
    let connection = Arc::new(Connection::new(hub.new_id(), principal, english));
    let greeting = match hello {
        Ok(hello) => session::greet(&hub, &connection, hello).await,
        Err(problem) => Err(problem),
    };
    match greeting {
        Ok((stay, greeting)) => {
            tracing::debug!(connection = %connection.id, "a socket is open");
            let greeted = write(&mut socket, hub.config.stuck_after, bytes_of(greeting)).await;
            greeted.inspect_err(|gone| note(&hub, &connection, gone)).ok()?;
            Some((socket, connection, stay))
        }
        Err(problem) => {
            let _ = write(&mut socket, FAREWELL, bytes_of([frames::error(reference, &problem, english)])).await;
            None
        }
    }
}

/// The first message's `ref` and what it says; none where it is no frame at all.
fn read_hello(first: Result<Message, tungstenite::Error>) -> Option<(Option<Value>, Result<Hello, Problem>)> {
    match first {
        Ok(Message::Text(text)) => {
            let (reference, frame) = frames::read(text.as_str());
            let hello = frame.and_then(|frame| match frame {
                ClientFrame::Hello(hello) => Ok(hello),
                _ => Err(Problem::malformed("type", "最初のフレームはhelloです。", "The first frame is hello.")),
            });
            Some((reference, hello))
        }
        Ok(_) => None,
        Err(_) => {
            let (ja, en) = ("1 MiBまでのUTF-8のテキストで送ってください。", "Frames are text in UTF-8, of at most 1 MiB.");
            Some((None, Err(Problem::malformed("body", ja, en))))
        }
    }
}

fn bytes_of(frames: impl IntoIterator<Item = Wire>) -> VecDeque<Bytes> {
    frames.into_iter().map(|wire| wire.bytes().clone()).collect()
}

/// Writes all of it past the codec, once what the codec has begun (a pong) has left whole.
async fn write(socket: &mut Socket, patience: Duration, pieces: VecDeque<Bytes>) -> Result<(), Gone> {
    timeout(patience, socket.flush()).await.map_err(|_| Gone::Stuck)?.map_err(|_| Gone::Away)?;
    write_all(socket.get_mut(), patience, pieces).await
}

/// Writes all; `Err` where the other side is gone, or takes nothing for as long as `patience` lasts.
async fn write_all<S: AsyncWrite + Unpin>(stream: &mut S, patience: Duration, mut pieces: VecDeque<Bytes>) -> Result<(), Gone> {
    while !pieces.is_empty() {
        // Each write that takes something is progress.
        let writing = poll_fn(|context| poll_write(Pin::new(&mut *stream), context, &pieces));
        let written = timeout(patience, writing).await.map_err(|_| Gone::Stuck)?.map_err(|_| Gone::Away)?;
        if written == 0 {
            return Err(Gone::Away);
        }
        drop_front(&mut pieces, written);
    }
    Ok(())
}

/// The list of slices lives while they are written, not while the socket waits.
fn poll_write<S: AsyncWrite>(
    stream: Pin<&mut S>,
    context: &mut Context<'_>,
    pieces: &VecDeque<Bytes>,
) -> Poll<io::Result<usize>> {
    let mut slices = [IoSlice::new(&[]); PIECES];
    let many = pieces.len().min(PIECES);
    for (slice, piece) in slices.iter_mut().zip(pieces) {
        *slice = IoSlice::new(piece);
    }
    stream.poll_write_vectored(context, &slices[..many])
}

fn drop_front(pieces: &mut VecDeque<Bytes>, mut written: usize) {
    while let Some(front) = pieces.front_mut() {
        if front.len() > written {
            front.advance(written);
            return;
        }
        written -= front.len();
        pieces.pop_front();
    }
}

/// The other side is gone, or as good as.
#[derive(Debug, PartialEq, Eq)]
enum Gone {
    Away,
    /// It took nothing for as long as we waited.
    Stuck,
}

/// Counts a slow client that is cut off.
fn note(hub: &Hub, connection: &Connection, gone: &Gone) {
    if *gone == Gone::Stuck {
        count(&hub.counters.stuck);
        tracing::info!(connection = %connection.id, tenant = connection.tenant.0, "a slow client was cut off");
    }
}

type Handling = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Reads and writes until the socket ends; gives it back where it can still be told why.
async fn run(hub: &Arc<Hub>, mut socket: Socket, connection: &Arc<Connection>) -> Option<Socket> {
    let mut allowance = Allowance::new();
    // One message of a client at a time: its sends keep their order, and a slow database slows only its own reading.
    let mut handling: Option<Handling> = None;
    loop {
        tokio::select! {
            () = connection.bell.notified() => {
                if write_waiting(hub, &mut socket, connection).await.ok()?.is_some() {
                    if let Some(handling) = handling {
                        // What it does may be durable by now: its answer still leaves.
                        let _ = timeout(FAREWELL, handling).await;
                        write_waiting(hub, &mut socket, connection).await.ok()?;
                    }
                    return Some(socket);
                }
            },
            () = async { if let Some(handling) = &mut handling { handling.await } }, if handling.is_some() => handling = None,
            message = socket.next(), if handling.is_none() => match message? {
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(message) => {
                    let wait = allowance.take();
                    let taken_in = take_in(Arc::clone(hub), Arc::clone(connection), message, wait);
                    handling = Some(Box::pin(taken_in.instrument(connection.span())));
                }
            },
        }
    }
}

/// Acts upon a message once it is its turn.
async fn take_in(hub: Arc<Hub>, connection: Arc<Connection>, message: Message, wait: Duration) {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    match message {
        Message::Text(text) if text.len() > session::FRAME_BYTES => {
            let (reference, _) = frames::read(text.as_str());
            hub.answer(&connection, frames::error(reference, &session::too_large(), connection.english));
        }
        Message::Text(text) => session::handle(&hub, &connection, text.as_str()).await,
        Message::Binary(_) => {
            let problem = Problem::malformed("body", "テキストのフレームで送ってください。", "Frames are text.");
            hub.answer(&connection, frames::error(None, &problem, connection.english));
        }
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => connection.heard(false),
    }
}

/// Writes all that waits, in one go; why the connection is to end, where it is.
async fn write_waiting(hub: &Hub, socket: &mut Socket, connection: &Connection) -> Result<Option<Close>, Gone> {
    let Outgoing { frames: Taken { greeting, behind, frames }, ping, close } = connection.take();
    let mut pieces = bytes_of(greeting);
    pieces.extend(ping.then_some(PING));
    pieces.extend(behind.then(|| hub.behind(connection).bytes().clone()));
    pieces.extend(bytes_of(frames));
    write(socket, hub.config.stuck_after, pieces).await.inspect_err(|gone| note(hub, connection, gone))?;
    Ok(close)
}

async fn say_goodbye(mut socket: Socket, why: Option<Close>) {
    let (code, reason) = match why {
        Some(Close::SignedOut) => (4401, "signed out"),
        Some(Close::Policy) => (1008, "too many connections"),
        Some(Close::Restart) => (1012, "restarting"),
        Some(Close::Silent) | None => (1001, "silent"),
    };
    let frame = CloseFrame { code: CloseCode::from(code), reason: Utf8Bytes::from_static(reason) };
    let _ = timeout(FAREWELL, socket.send(Message::Close(Some(frame)))).await;
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

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn pieces() -> VecDeque<Bytes> {
        (0..100_u8).map(|index| Bytes::from(vec![index; 10])).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_socket_that_takes_what_it_is_sent_stays_and_a_stuck_one_goes() {
        for (pause, end) in [(PATIENCE * 2 / 3, Ok(())), (PATIENCE * 2, Err(Gone::Stuck))] {
            let (mut near, mut far) = tokio::io::duplex(64);
            let reading = tokio::spawn(async move {
                let mut all = Vec::new();
                while tokio::io::AsyncReadExt::read_buf(&mut far, &mut all).await.is_ok_and(|count| count > 0) {
                    tokio::time::sleep(pause).await;
                }
                all
            });
            assert_eq!(write_all(&mut near, PATIENCE, pieces()).await, end);
            drop(near);
            if end.is_ok() {
                assert_eq!(reading.await.unwrap(), pieces().into_iter().flatten().collect::<Vec<_>>());
            }
        }
    }
}
