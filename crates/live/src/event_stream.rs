//! The same frames as server-sent events (WHATWG HTML, section 9.2), where a proxy breaks WebSockets.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use kernel::live::Hello;
use kernel::{Principal, Problem};
use uuid::Uuid;

use crate::hub::connection::Connection;
use crate::hub::{Hub, Stay};
use crate::session;

/// Opens a stream: its greeting waits until it is read.
pub async fn open(hub: &Arc<Hub>, principal: Principal, english: bool, hello: Hello) -> Result<Uuid, Problem> {
    let connection = Arc::new(Connection::new(hub.new_id(), principal, english));
    connection.await_reader();
    let (stay, greeting) = session::greet(hub, &connection, hello).await?;
    connection.greet_first(greeting);
    tracing::debug!(connection = %connection.id, "an event stream is open");
    stay.until_read();
    Ok(connection.id)
}

/// The stream of this id, if it is this principal's.
pub fn find(hub: &Hub, principal: &Principal, id: Uuid) -> Result<Arc<Connection>, Problem> {
    let connection = hub.connection(id).ok_or_else(Problem::not_found)?;
    let own = connection.tenant == principal.tenant && connection.session == principal.session;
    if own { Ok(connection) } else { Err(Problem::not_found()) }
}

/// Reads a stream until either side ends it. Once: what was on its way when a reader went is lost, so its next one opens
/// a stream of its own, and is told in the greeting what it missed.
///
/// # Errors
/// 404 where it has been read.
pub fn read(hub: Arc<Hub>, connection: Arc<Connection>) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    if !connection.begin_reading() {
        return Err(Problem::not_found());
    }
    let (stay, counted) = (Stay::of(&hub, &connection), hub.count_stream());
    let stream = async_stream::stream! {
        let (_stay, _counted) = (stay, counted);
        loop {
            let outgoing = connection.take();
            let behind = outgoing.frames.behind.then(|| hub.behind(&connection));
            for wire in outgoing.frames.greeting.into_iter().chain(behind).chain(outgoing.frames.frames) {
                for text in wire.texts() {
                    yield Ok(Event::default().data(text));
                }
            }
            if let Some(why) = outgoing.close {
                tracing::debug!(?why, "an event stream ended");
                return;
            }
            connection.bell.notified().await;
            connection.heard(false);
        }
    };
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
