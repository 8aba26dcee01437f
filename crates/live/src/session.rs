//! What sockets and event streams have in common: the greeting, and what is done with a frame.

use std::sync::Arc;

use kernel::Problem;
use kernel::live::{Handled, Hello};
use serde_json::{Value, json};

use crate::frames::{self, ClientFrame};
use crate::hub::connection::{Close, Connection};
use crate::hub::{Entered, Hub, Stay};
use crate::wire::Wire;

/// The largest `hello`, in bytes: it names each of one's rooms three times, and some are in thousands.
pub const HELLO_BYTES: usize = 1 << 20;
/// The largest frame after it: 10,000 characters and their mentions fit well.
pub const FRAME_BYTES: usize = 256 * 1024;

/// What is larger is refused.
pub fn too_large() -> Problem {
    Problem::new(413, "too-large", "送る内容が大きすぎます。", "The request is too large.")
}

/// Lets a connection in, and gives what it must hear first: `welcome`, what it missed, `ready`. Events that arrive
/// meanwhile wait in its queue.
pub async fn greet(hub: &Arc<Hub>, connection: &Arc<Connection>, mut hello: Hello) -> Result<(Stay, Vec<Wire>), Problem> {
    ensure_countable(&hello)?;
    let stay = Stay::of(hub, connection);
    let Entered { me, is_current } = hub.enter(connection, &mut hello).await?;
    // Whoever enters while the server stops may have been missed when it closed all.
    if hub.is_stopping() {
        connection.close(Close::Restart);
    }
    // As whom its session now acts: that may have changed since it knocked, when nobody knew the connection and could tell it.
    if !hub.renew(connection).await? {
        return Err(Problem::unauthenticated());
    }
    let missed = if is_current { Vec::new() } else { hub.attached()?.reader.catch_up(&connection.principal(), &hello).await? };
    let welcome = frames::welcome(&hub.config.node, connection.user, me, hub.clock.now());
    let greeting =
        std::iter::once(welcome).chain(missed.into_iter().filter_map(|frame| frames::shared(&frame))).chain([frames::ready()]);
    Ok((stay, greeting.collect()))
}

/// Seqs and revs count from 0.
fn ensure_countable(hello: &Hello) -> Result<(), Problem> {
    let fields = [
        ("rooms", hello.rooms.values().min()),
        ("revs", hello.revs.values().min()),
        ("reads", hello.reads.values().min()),
        ("me", Some(&hello.me)),
    ];
    match fields.into_iter().find(|(_, least)| least.is_some_and(|least| *least < 0)) {
        Some((field, _)) => Err(Problem::invalid(field, "0以上で指定してください。", "Must be 0 or more.")),
        None => Ok(()),
    }
}

/// Does what a frame asks for; its answer goes into the connection's queue.
pub async fn handle(hub: &Hub, connection: &Arc<Connection>, text: &str) {
    let (reference, frame) = frames::read(text);
    // A client says by itself what is on screen, again and again; what it hands to a capability a person has done.
    connection.heard(matches!(frame, Ok(ClientFrame::Other(..))));
    let done = match frame {
        Ok(frame) => act(hub, connection, reference.clone(), frame).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(Some(answer)) => hub.answer(connection, answer),
        Ok(None) => {}
        Err(problem) => {
            let (status, kind) = (problem.status, problem.kind);
            if status >= 500 {
                tracing::warn!(connection = %connection.id, tenant = connection.tenant.0, status, kind, "a frame failed");
            } else {
                tracing::debug!(status, kind, "a frame was refused");
            }
            hub.answer(connection, frames::error(reference, &problem, connection.english));
        }
    }
}

async fn act(
    hub: &Hub,
    connection: &Arc<Connection>,
    reference: Option<Value>,
    frame: ClientFrame,
) -> Result<Option<Wire>, Problem> {
    match frame {
        ClientFrame::Hello(_) => Err(Problem::malformed("type", "helloは最初の1回だけです。", "hello comes once, and first.")),
        ClientFrame::Ping => Ok(Some(frames::answer("pong", reference, json!({})))),
        ClientFrame::Screen(None) => {
            Hub::set_screen(connection, None);
            Ok(None)
        }
        ClientFrame::Screen(Some((room, from, to))) => {
            // Set first: a read between the answer and the subscription would be missed.
            Hub::set_screen(connection, Some(room));
            let cursors = hub.attached()?.reader.subscribed(&connection.principal(), room, from, to).await?;
            let members = serde_json::from_slice(&cursors).unwrap_or_default();
            Ok(Some(frames::answer("cursors", reference, members)))
        }
        ClientFrame::Presence(users) => {
            hub.watch_presence(connection, &users);
            Ok(None)
        }
        ClientFrame::Readers(room, seq) => {
            Hub::set_readers(connection, room, seq);
            Ok(None)
        }
        ClientFrame::Other(kind, body) => hand_on(hub, connection, reference, &kind, body).await,
    }
}

async fn hand_on(
    hub: &Hub,
    connection: &Arc<Connection>,
    reference: Option<Value>,
    kind: &str,
    body: Value,
) -> Result<Option<Wire>, Problem> {
    let principal = connection.principal();
    for handler in &hub.attached()?.handlers {
        match handler.handle(&principal, kind, body.clone()).await? {
            Handled::NotMine => {}
            Handled::Quietly => return Ok(None),
            Handled::Ack(members) => return Ok(Some(frames::answer("ack", reference, members))),
        }
    }
    Err(Problem::malformed("type", "知らない種類のフレームです。", "Unknown type of frame."))
}
