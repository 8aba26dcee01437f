//! One WebSocket: greeted, then read and written in turn until it ends.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Sink, SinkExt as _};
use kernel::live::Hello;
use kernel::{Principal, Problem};
use serde_json::Value;
use tokio::time::{Instant, timeout};

use crate::frames::{self, ClientFrame};
use crate::hub::connection::{Close, Connection, Outgoing};
use crate::hub::queue::Taken;
use crate::hub::{Hub, Stay};
use crate::session;

/// The first frame must come within this time.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// How long a frame under way may take once the socket is to end, and a last word to be written.
const FAREWELL: Duration = Duration::from_secs(2);
/// Frames that a client may send at once, and a second; beyond it the socket is read more slowly.
const BURST: f64 = 1_000.0;
const A_SECOND: f64 = 500.0;

/// Answers the upgrade. Small buffers: the usual ones cost 135 kB a connection, these 4 (measured).
pub fn upgrade(hub: Arc<Hub>, principal: Principal, english: bool, upgrade: WebSocketUpgrade) -> Response {
    let counted = hub.count_socket();
    upgrade
        .read_buffer_size(512)
        // All that waits is fed below this and leaves in one write.
        .write_buffer_size(64 * 1024)
        .max_write_buffer_size(4 << 20)
        .max_message_size(session::HELLO_BYTES)
        .max_frame_size(session::HELLO_BYTES)
        .on_upgrade(move |socket| async move {
            let _counted = counted;
            // Boxed, so that the greeting's state is not kept for as long as the socket lives.
            if let Some((socket, connection, stay)) = Box::pin(begin(Arc::clone(&hub), socket, principal, english)).await {
                let end = run(&hub, socket, &connection).await;
                drop(stay);
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
) -> Option<(WebSocket, Arc<Connection>, Stay)> {
    let first = tokio::select! {
        first = timeout(HELLO_WITHIN, socket.recv()) => first.ok()??,
        () = hub.stops() => {
            say_goodbye(socket, Some(Close::Restart)).await;
            return None;
        }
    };
    let (reference, hello) = read_hello(first)?;
    let connection = Arc::new(Connection::new(hub.new_id(), principal, english));
    let greeting = match hello {
        Ok(hello) => session::greet(&hub, &connection, &hello).await,
        Err(problem) => Err(problem),
    };
    match greeting {
        Ok((stay, greeting)) => {
            let greeting = greeting.into_iter().map(Message::Text);
            write_all(&mut socket, hub.config.stuck_after, greeting).await.ok()?;
            Some((socket, connection, stay))
        }
        Err(problem) => {
            let refusal = [Message::Text(frames::error(reference, &problem, english))];
            let _ = write_all(&mut socket, FAREWELL, refusal).await;
            None
        }
    }
}

/// The first message's `ref` and what it says; none where it is no frame at all.
fn read_hello(first: Result<Message, axum::Error>) -> Option<(Option<Value>, Result<Hello, Problem>)> {
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

/// Writes all; `Err` where the socket ends, or takes nothing for as long as `patience` lasts.
async fn write_all<S>(socket: &mut S, patience: Duration, messages: impl IntoIterator<Item = Message>) -> Result<(), Gone>
where
    S: Sink<Message> + Unpin,
{
    for message in messages {
        // Waits only while what was fed before is on its way: each step is progress.
        timeout(patience, socket.feed(message)).await.map_err(|_| Gone)?.map_err(|_| Gone)?;
    }
    timeout(patience, socket.flush()).await.map_err(|_| Gone)?.map_err(|_| Gone)
}

/// The other side is gone, or as good as.
#[derive(Debug, PartialEq, Eq)]
struct Gone;

type Handling = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Reads and writes until the socket ends; gives it back where it can still be told why.
async fn run(hub: &Arc<Hub>, mut socket: WebSocket, connection: &Arc<Connection>) -> Option<WebSocket> {
    let mut allowance = Allowance::new();
    // One message of a client at a time: its sends keep their order, and a slow database slows only its own reading.
    let mut handling: Option<Handling> = None;
    loop {
        tokio::select! {
            () = connection.bell.notified() => {
                if write(hub, &mut socket, connection).await.ok()?.is_some() {
                    if let Some(handling) = handling {
                        // What it does may be durable by now: its answer still leaves.
                        let _ = timeout(FAREWELL, handling).await;
                        write(hub, &mut socket, connection).await.ok()?;
                    }
                    return Some(socket);
                }
            },
            () = async { if let Some(handling) = &mut handling { handling.await } }, if handling.is_some() => handling = None,
            message = socket.recv(), if handling.is_none() => match message? {
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(message) => {
                    let wait = allowance.take();
                    handling = Some(Box::pin(take_in(Arc::clone(hub), Arc::clone(connection), message, wait)));
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
        Message::Text(text) => session::handle(hub, connection, text).await,
        Message::Binary(_) => {
            let problem = Problem::malformed("body", "テキストのフレームで送ってください。", "Frames are text.");
            hub.answer(&connection, frames::error(None, &problem, connection.english));
        }
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => connection.heard(false),
    }
}

/// Writes all that waits, in one go; why the connection is to end, where it is.
async fn write(hub: &Hub, socket: &mut WebSocket, connection: &Connection) -> Result<Option<Close>, Gone> {
    let Outgoing { frames: Taken { greeting, behind, frames }, ping, close } = connection.take();
    let ping = ping.then(|| Message::Ping(Bytes::new()));
    let behind = behind.then(|| hub.behind(connection));
    let texts = greeting.into_iter().chain(behind).chain(frames).map(Message::Text);
    write_all(socket, hub.config.stuck_after, ping.into_iter().chain(texts)).await?;
    Ok(close)
}

async fn say_goodbye(mut socket: WebSocket, why: Option<Close>) {
    let (code, reason) = match why {
        Some(Close::SignedOut) => (4401, "signed out"),
        Some(Close::Policy) => (1008, "too many connections"),
        Some(Close::Restart) => (1012, "restarting"),
        Some(Close::Silent) | None => (1001, "silent"),
    };
    let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
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

    /// Takes a message, then nothing for as long as told.
    fn taking_one_every(pause: Duration) -> impl Sink<Message, Error = ()> + Unpin {
        Box::pin(futures_util::sink::unfold((), move |(), _| async move {
            tokio::time::sleep(pause).await;
            Ok(())
        }))
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_socket_that_takes_what_it_is_sent_stays_and_a_stuck_one_goes() {
        let messages = || (0..10).map(|_| Message::Ping(Bytes::new()));
        let mut slow = taking_one_every(PATIENCE * 2 / 3);
        assert_eq!(write_all(&mut slow, PATIENCE, messages()).await, Ok(()));
        let mut stuck = taking_one_every(PATIENCE * 2);
        assert_eq!(write_all(&mut stuck, PATIENCE, messages()).await, Err(Gone));
    }
}
