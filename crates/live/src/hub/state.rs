//! The hub's picture of one tenant: who is connected, and which rooms they are in. A hint: the database decides.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::live::Membership;
use kernel::{MembershipChange, Rev, RoomId, Seq, UserId};

use super::connection::Connection;

/// `(visible_from_seq, left_seq)`.
type Spans = Vec<(Seq, Option<Seq>)>;

/// One tenant's.
#[derive(Default)]
pub(super) struct TenantState {
    pub rooms: HashMap<RoomId, RoomState>,
    pub users: HashMap<UserId, UserState>,
}

/// A room with at least one connected member.
pub(super) struct RoomState {
    /// What has been published.
    pub rev: Rev,
    pub last_seq: Seq,
    spans: HashMap<UserId, Spans>,
    /// The connections of its present members.
    pub connections: Vec<Arc<Connection>>,
}

/// A user with at least one connection.
pub(super) struct UserState {
    /// What has been published of their own stream.
    pub rev: Rev,
    pub connections: Vec<Arc<Connection>>,
}

impl RoomState {
    /// Whether this user may see the message.
    pub fn sees(&self, user: UserId, seq: Seq) -> bool {
        self.spans
            .get(&user)
            .is_some_and(|spans| spans.iter().any(|(from, left)| *from <= seq && left.is_none_or(|left| seq <= left)))
    }
}

impl TenantState {
    /// A connection comes, with the rooms that its user is in.
    pub fn enter(&mut self, connection: &Arc<Connection>, memberships: Vec<Membership>, me: Rev) {
        let user = connection.user;
        let state = self.users.entry(user).or_insert_with(|| UserState { rev: me, connections: Vec::new() });
        state.connections.push(Arc::clone(connection));
        for Membership { room, rev, last_seq, spans } in memberships {
            let state = self.room(room, rev, last_seq);
            state.spans.insert(user, spans);
            state.connections.push(Arc::clone(connection));
        }
    }

    fn room(&mut self, room: RoomId, rev: Rev, last_seq: Seq) -> &mut RoomState {
        let fresh = || RoomState { rev, last_seq, spans: HashMap::new(), connections: Vec::new() };
        self.rooms.entry(room).or_insert_with(fresh)
    }

    /// A connection goes; rooms and users that nobody here is in are forgotten.
    pub fn leave(&mut self, connection: &Connection) {
        let user = connection.user;
        let Some(state) = self.users.get_mut(&user) else { return };
        state.connections.retain(|other| other.id != connection.id);
        let last = state.connections.is_empty();
        if last {
            self.users.remove(&user);
        }
        self.rooms.retain(|_, room| {
            if room.spans.contains_key(&user) {
                room.connections.retain(|other| other.id != connection.id);
                if last {
                    room.spans.remove(&user);
                }
            }
            !room.connections.is_empty()
        });
    }

    /// Somebody came into a room, left it, or sees further.
    pub fn change(&mut self, change: &MembershipChange) {
        let Some(user) = self.users.get(&change.user) else { return };
        let connections = user.connections.clone();
        let present = change.spans.iter().any(|(_, left)| left.is_none());
        if !present && !self.rooms.contains_key(&change.room) {
            return;
        }
        let room = self.room(change.room, change.head.0, change.head.1);
        room.connections.retain(|connection| connections.iter().all(|own| own.id != connection.id));
        room.spans.remove(&change.user);
        if present {
            room.spans.insert(change.user, change.spans.clone());
            room.connections.extend(connections);
        }
        if room.connections.is_empty() {
            self.rooms.remove(&change.room);
        }
    }

    /// The rooms that a user is in, with where they stand.
    pub fn rooms_of(&self, user: UserId) -> impl Iterator<Item = (RoomId, &RoomState)> {
        self.rooms.iter().filter(move |(_, room)| room.spans.contains_key(&user)).map(|(id, room)| (*id, room))
    }
}
