//! Live: sockets, who is subscribed to what, and the delivery of one event to many.
//!
//! Events reach the [`Hub`] after their commit. Each is encoded once, into shared bytes, and put into the bounded queue of
//! every connection whose member may see it; what waits for a connection leaves in one write. Publishing may be lost: every
//! second the hub compares the revs that it has published with the database and fills gaps from the log, once for all its
//! sockets. A connection that can't keep up loses its queue, not its place.
//!
//! Nothing here knows a capability: what sockets ask of them are the traits of `kernel::live`. To add a frame that a
//! capability handles: nothing here. One that sockets handle themselves: a variant of [`frames::ClientFrame`].

mod bus;
mod config;
mod event_stream;
mod frames;
mod hub;
mod measures;
mod routes;
mod session;
mod socket;
mod wire;

pub use bus::{Bus, InProcess};
pub use config::LiveConfig;
pub use hub::{Counters, Hub};
pub use routes::routes;
