//! What a write tells the world once it is durable.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use crate::{Rev, RoomId, Seq, TenantId, Time, UserId};

/// A stream of changes: a room's, or a user's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamId {
    /// A room's.
    Room(RoomId),
    /// A user's: rooms gained and lost, settings.
    User(UserId),
}

impl StreamId {
    /// The 16 bytes as stored; UUIDv7s of rooms and users never meet.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Room(id) => id.bytes(),
            Self::User(id) => id.bytes(),
        }
    }
}

/// Whom an event reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The room's present members. With `seq`, only those who may see that message; a new message's seq lies in
    /// every open span, so it needs no look.
    Room {
        /// Which room.
        room: RoomId,
        /// Which message changed, if one did.
        seq: Option<Seq>,
        /// Whether `seq` has only now come to be.
        new: bool,
    },
    /// One user's sockets.
    User(UserId),
    /// The sockets that have the room on screen: reads, typing. Not kept, not resumed.
    Watchers {
        /// Which room.
        room: RoomId,
        /// If set, only those of these users.
        only: Option<Vec<UserId>>,
    },
    /// Nobody's socket: something falls due at this moment. Whoever keeps the time hears of it.
    Timer(Time),
}

/// A body that can be put on the wire; encoded at most once, after the commit, off the writer.
pub trait Frame: Send + Sync {
    /// The JSON text.
    fn encode(&self) -> Bytes;
}

impl<T: Serialize + Send + Sync> Frame for T {
    fn encode(&self) -> Bytes {
        Bytes::from(serde_json::to_vec(self).expect("a frame is plain data"))
    }
}

/// What the hub must change in its own picture of who is where, before it delivers what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipChange {
    /// In which room.
    pub room: RoomId,
    /// Whose.
    pub user: UserId,
    /// All spans of that user there, `(visible_from_seq, left_seq)`, as they now stand; no open one: has left.
    pub spans: Vec<(Seq, Option<Seq>)>,
    /// The room's rev with this change, and its last seq.
    pub head: (Rev, Seq),
}

/// What a write tells the world once it is durable.
#[derive(Clone)]
pub struct Event {
    /// Of which tenant.
    pub tenant: TenantId,
    /// Whom it reaches.
    pub reach: Reach,
    /// Its stream's rev; 0 for what belongs to no stream (read, typing, presence).
    pub rev: Rev,
    /// What the hub must know first.
    pub membership: Vec<MembershipChange>,
    /// The body; none where the event only tells the hub.
    pub frame: Option<Arc<dyn Frame>>,
}

/// Where the store hands events after the commit; `live` fulfils it. Must not block.
pub trait EventSink: Send + Sync {
    /// These have just become durable, in this order.
    fn committed(&self, events: Vec<Event>);
}

/// A sink for commands that serve nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSink;

impl EventSink for NoSink {
    fn committed(&self, _events: Vec<Event>) {}
}
