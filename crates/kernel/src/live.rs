//! What sockets need of the capabilities, as traits: `live` drives them, `talk` and `directory` fulfil them, and
//! neither knows the other.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use serde::Deserialize;

use crate::{Event, Principal, Problem, Rev, RoomId, Seq, SessionId, StreamId, TenantId};

/// A future in a trait object.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a client says it holds when it connects.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// Last seq held, per room.
    #[serde(default)]
    pub rooms: HashMap<RoomId, Seq>,
    /// Last rev held, per room.
    #[serde(default)]
    pub revs: HashMap<RoomId, Rev>,
    /// How far one has read, per room: ordinary reads are not acknowledged, so they are named again here.
    #[serde(default)]
    pub reads: HashMap<RoomId, Seq>,
    /// Last rev held of one's own stream.
    #[serde(default)]
    pub me: Rev,
}

impl Hello {
    /// Forgets the reads that stand here already, and those of rooms that the user is not in.
    pub fn keep_new_reads(&mut self, rooms: &[Membership]) {
        let news = |room: &Membership| self.reads.get(&room.room).filter(|read| room.read_seq < room.last_seq.min(**read));
        self.reads = rooms.iter().filter_map(|room| Some((room.room, *news(room)?))).collect();
    }

    /// Whether the client holds all that stands here, and has read nothing that does not. After a restart or a short loss of the
    /// network thousands come back at once, and most are current.
    #[must_use]
    pub fn is_current(&self, rooms: &[Membership], me: Rev) -> bool {
        let holds_all = rooms.iter().all(|room| self.revs.get(&room.room) == Some(&room.rev));
        let names_others = self.revs.len() != rooms.len() || self.rooms.keys().any(|room| !self.revs.contains_key(room));
        holds_all && !names_others && self.me == me && self.reads.is_empty()
    }
}

/// A room that a user is in, as the hub keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which room.
    pub room: RoomId,
    /// Its rev.
    pub rev: Rev,
    /// Its last seq.
    pub last_seq: Seq,
    /// How far the user, or the person acting inside a shared account, has read.
    pub read_seq: Seq,
    /// The user's spans there, `(visible_from_seq, left_seq)`.
    pub spans: Vec<(Seq, Option<Seq>)>,
}

/// Where a stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its rev.
    pub rev: Rev,
    /// A room's last seq; 0 for a user's stream.
    pub last_seq: Seq,
}

/// Reads streams for sockets. `talk` fulfils it.
pub trait StreamReader: Send + Sync {
    /// The rooms that the user is in now, and the rev of the user's own stream.
    fn memberships<'a>(&'a self, principal: &'a Principal) -> Boxed<'a, Result<(Vec<Membership>, Rev), Problem>>;

    /// What the client of this hello missed, as ready frames in order: `message`s with a rev above the one named (or
    /// one `reset` where more than 200 changes lie between), `room` for those not named or changed, and `room` gone
    /// for those named that one may no longer see. Writes `reads` first.
    fn catch_up<'a>(&'a self, principal: &'a Principal, hello: &'a Hello) -> Boxed<'a, Result<Vec<Bytes>, Problem>>;

    /// Where these streams stand in the database: compared each second with what was published.
    fn heads<'a>(&'a self, tenant: TenantId, streams: &'a [StreamId]) -> Boxed<'a, Result<HashMap<StreamId, Head>, Problem>>;

    /// The events that the log holds for a stream with `after < rev`, to fill what a bus lost.
    fn events_after<'a>(&'a self, tenant: TenantId, stream: StreamId, after: Rev) -> Boxed<'a, Result<Vec<Event>, Problem>>;

    /// What `subscribe` answers for the messages on screen: the read cursors (rooms of up to 100), else their counts.
    fn subscribed<'a>(&'a self, principal: &'a Principal, room: RoomId, from: Seq, to: Seq) -> Boxed<'a, Result<Bytes, Problem>>;
}

/// Handles the frames that are a capability's: `send`, `read`, `typing`. `talk` fulfils it.
pub trait FrameHandler: Send + Sync {
    /// Answers with the frame to send back (without its `ref`, which the caller puts in), or nothing.
    /// `Err` becomes an `error` frame. An unknown `type` is `Ok(Handled::NotMine)`.
    fn handle<'a>(
        &'a self,
        principal: &'a Principal,
        kind: &'a str,
        body: serde_json::Value,
    ) -> Boxed<'a, Result<Handled, Problem>>;
}

/// What became of a frame.
#[derive(Clone, Debug)]
pub enum Handled {
    /// No capability knows this type.
    NotMine,
    /// Done; nothing to say.
    Quietly,
    /// Done; `ack` with this JSON object's members beside `type` and `ref`.
    Ack(serde_json::Value),
}

/// Turns a token into a principal, again and again: sessions are revoked while sockets are open. `directory` fulfils it.
pub trait Authenticates: Send + Sync {
    /// Whether the session still stands, with the rights as they now are; `None` closes the socket.
    fn still<'a>(&'a self, tenant: TenantId, session: SessionId) -> Boxed<'a, Result<Option<Principal>, Problem>>;
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const HERE: RoomId = RoomId(Uuid::from_u128(1));
    const ELSEWHERE: RoomId = RoomId(Uuid::from_u128(2));

    fn rooms() -> Vec<Membership> {
        vec![Membership { room: HERE, rev: 7, last_seq: 5, read_seq: 3, spans: vec![(1, None)] }]
    }

    fn hello(reads: Seq) -> Hello {
        let of = |here| HashMap::from([(HERE, here)]);
        Hello { rooms: of(5), revs: of(7), reads: of(reads), me: 4 }
    }

    #[test]
    fn only_reads_that_are_news_are_kept() {
        for (read, kept) in [(0, None), (3, None), (4, Some(4)), (9, Some(9))] {
            let mut hello = hello(read);
            hello.reads.insert(ELSEWHERE, 1);
            hello.keep_new_reads(&rooms());
            assert_eq!((hello.reads.get(&HERE).copied(), hello.reads.get(&ELSEWHERE)), (kept, None), "{read}");
        }
    }

    #[test]
    fn a_client_is_current_where_nothing_differs() {
        let current = |change: fn(&mut Hello)| {
            let mut hello = hello(3);
            hello.keep_new_reads(&rooms());
            change(&mut hello);
            hello.is_current(&rooms(), 4)
        };
        assert!(current(|_| {}));
        let changes: [fn(&mut Hello); 7] = [
            |hello| hello.me = 3,
            |hello| hello.revs = HashMap::from([(HERE, 6)]),
            |hello| hello.revs = HashMap::from([(HERE, 8)]),
            |hello| hello.revs = HashMap::new(),
            |hello| hello.revs.extend([(ELSEWHERE, 1)]),
            |hello| hello.rooms.extend([(ELSEWHERE, 1)]),
            |hello| hello.reads.extend([(HERE, 4)]),
        ];
        for change in changes {
            assert!(!current(change));
        }
        assert!(Hello::default().is_current(&[], 0));
    }
}
