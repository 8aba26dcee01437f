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

use crate::hub::Hub;
use crate::hub::connection::Connection;
use crate::session;

/// Opens a stream: its greeting waits in its queue until it is read.
pub async fn open(hub: &Arc<Hub>, principal: Principal, english: bool, hello: &Hello) -> Result<Uuid, Problem> {
    let connection = Arc::new(Connection::new(hub.new_id(), principal, english));
    let greeting = session::greet(hub, &connection, hello).await?;
    connection.greet_first(greeting);
    connection.set_read(false);
    Ok(connection.id)
}

/// The stream of this id, if it is this principal's.
pub fn find(hub: &Hub, principal: &Principal, id: Uuid) -> Result<Arc<Connection>, Problem> {
    let connection = hub.connection(id).ok_or_else(Problem::not_found)?;
    let own = connection.tenant == principal.tenant && connection.session == principal.session;
    if own { Ok(connection) } else { Err(Problem::not_found()) }
}

/// Reads a stream until either side ends it.
pub fn read(hub: Arc<Hub>, connection: Arc<Connection>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = async_stream::stream! {
        let reading = Reading::start(connection);
        let connection = &reading.0;
        loop {
            let outgoing = connection.take();
            if outgoing.behind {
                yield Ok(Event::default().data(hub.behind(connection).as_str()));
            }
            for frame in outgoing.frames {
                yield Ok(Event::default().data(frame.as_str()));
            }
            if let Some(why) = outgoing.close {
                tracing::debug!(?why, "an event stream ended");
                hub.leave(connection);
                return;
            }
            connection.bell.notified().await;
            connection.heard(false);
        }
    };
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// Notes that somebody reads, until dropped.
struct Reading(Arc<Connection>);

impl Reading {
    fn start(connection: Arc<Connection>) -> Self {
        connection.set_read(true);
        Self(connection)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.set_read(false);
    }
}
