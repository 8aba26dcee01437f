//! How connections come to an end: a stay that is left however its task ends, and the end of all when the server stops.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Hub;
use super::connection::{Close, Connection};

/// A connection's stay in the hub. It leaves when this is dropped: its task may end, panic or be cancelled anywhere.
pub(crate) struct Stay {
    hub: Arc<Hub>,
    connection: Option<Arc<Connection>>,
}

impl Stay {
    /// Made before the connection enters, so that nothing lies between.
    pub fn of(hub: &Arc<Hub>, connection: &Arc<Connection>) -> Self {
        Self { hub: Arc::clone(hub), connection: Some(Arc::clone(connection)) }
    }

    /// The stay goes on without this: an event stream waits for its reader, for as long as the hub's grace lasts.
    pub fn until_read(mut self) {
        self.connection = None;
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.hub.leave(&connection);
        }
    }
}

/// An open socket, counted until it is dropped.
pub(crate) struct CountedSocket(Arc<Hub>);

impl Drop for CountedSocket {
    fn drop(&mut self) {
        self.0.sockets.send_modify(|open| *open -= 1);
    }
}

/// An event stream that is read, counted until it is dropped.
pub(crate) struct CountedStream(Arc<Hub>);

impl Drop for CountedStream {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hub {
    pub(crate) fn count_socket(self: &Arc<Self>) -> CountedSocket {
        self.sockets.send_modify(|open| *open += 1);
        CountedSocket(Arc::clone(self))
    }

    pub(crate) fn count_stream(self: &Arc<Self>) -> CountedStream {
        self.streams.fetch_add(1, Ordering::Relaxed);
        CountedStream(Arc::clone(self))
    }

    pub(crate) fn open_sockets(&self) -> usize {
        *self.sockets.borrow()
    }

    pub(crate) fn open_streams(&self) -> usize {
        self.streams.load(Ordering::Relaxed)
    }

    /// Ends all connections, and those that still come: the server stops.
    pub fn close_all(&self) {
        self.stopping.send_replace(true);
        for connection in self.connections() {
            connection.close(Close::Restart);
        }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Returns once the server stops.
    pub(crate) async fn stops(&self) {
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Returns once every socket has written what it had to say, and closed.
    pub async fn emptied(&self) {
        let _ = self.sockets.subscribe().wait_for(|open| *open == 0).await;
    }
}
