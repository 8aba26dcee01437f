//! The hub's picture of one tenant: who is connected, and which rooms they are in. A hint: the database decides.

use std::collections::{HashMap, HashSet};
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
    /// Which rooms name them: whoever goes looks in these alone.
    rooms: Vec<RoomId>,
}

impl UserState {
    /// As this user enters: what is here of them already may be in rooms that they have just left.
    fn add_rooms(&mut self, rooms: impl Iterator<Item = RoomId>) {
        if self.rooms.is_empty() {
            self.rooms = rooms.collect();
        } else {
            let held: HashSet<RoomId> = self.rooms.iter().copied().collect();
            self.rooms.extend(rooms.filter(|room| !held.contains(room)));
        }
    }
}

/// Takes a connection out of those, wherever it stands.
fn remove(connections: &mut Vec<Arc<Connection>>, connection: &Connection) {
    if let Some(at) = connections.iter().position(|other| std::ptr::eq(Arc::as_ptr(other), connection)) {
        connections.swap_remove(at);
    }
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
        let fresh = || UserState { rev: me, connections: Vec::new(), rooms: Vec::new() };
        let state = self.users.entry(user).or_insert_with(fresh);
        state.connections.push(Arc::clone(connection));
        state.add_rooms(memberships.iter().map(|membership| membership.room));
        for Membership { room, rev, last_seq, spans, .. } in memberships {
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
        // In order: which is the oldest, the bound on how many one may have goes by.
        state.connections.retain(|other| other.id != connection.id);
        let last = state.connections.is_empty();
        for id in &state.rooms {
            let Some(room) = self.rooms.get_mut(id) else { continue };
            remove(&mut room.connections, connection);
            if last {
                room.spans.remove(&user);
            }
            if room.connections.is_empty() {
                self.rooms.remove(id);
            }
        }
        if last {
            self.users.remove(&user);
        }
    }

    /// Somebody came into a room, left it, or sees further.
    pub fn change(&mut self, change: &MembershipChange) {
        let Some(user) = self.users.get_mut(&change.user) else { return };
        let connections = user.connections.clone();
        let present = change.spans.iter().any(|(_, left)| left.is_none());
        user.rooms.retain(|room| *room != change.room);
        if present {
            user.rooms.push(change.room);
        }
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
        let rooms = self.users.get(&user).map_or(&[][..], |state| &state.rooms);
        rooms.iter().filter_map(|id| Some((*id, self.rooms.get(id)?)))
    }
}
