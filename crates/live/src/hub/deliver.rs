//! Delivery: each event is encoded once and put into the queue of everybody whom it reaches. Messages that follow one
//! another in a room leave as one piece: what a connection costs is paid once for all of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use kernel::{Event, Reach, RoomId, StreamId, UserId};

use super::Hub;
use super::connection::Connection;
use super::state::TenantState;
use crate::frames;
use crate::measures::count;
use crate::wire::Wire;

/// An event, and its frame where it has one.
type Encoded = (Event, Option<Wire>);

impl Hub {
    /// Delivers events as if a bus had brought them.
    pub fn deliver_all(&self, events: Vec<Event>) {
        let encoded = |event: Event| {
            let frame = encode(&event);
            (event, frame)
        };
        let mut events = events.into_iter().map(encoded).peekable();
        while let Some(first) = events.next() {
            let mut run = vec![first];
            while let Some(next) = events.next_if(|(next, _)| goes_with(&run[0].0, next)) {
                run.push(next);
            }
            self.deliver(run);
        }
    }

    /// Delivers one event, or a run of new messages of one room.
    fn deliver(&self, run: Vec<Encoded>) {
        let mut state = self.lock();
        let Some(tenant) = state.tenants.get_mut(&run[0].0.tenant) else { return };
        let (mut frames, mut reach) = (Vec::with_capacity(run.len()), None);
        for (event, frame) in run {
            match place(tenant, &event) {
                Place::Next => {}
                Place::Known => continue,
                // Filled from the log, with all that follows it.
                Place::Gap(stream) => {
                    let _ = self.gaps.send((event.tenant, stream));
                    break;
                }
            }
            for change in &event.membership {
                tenant.change(change);
            }
            count(&self.counters.events);
            if let Some(frame) = frame {
                frames.push(frame);
                reach = Some(event.reach);
            }
        }
        if let Some(reach) = reach {
            self.reach(tenant, &reach, &Wire::joined(frames));
        }
    }

    fn reach(&self, tenant: &mut TenantState, reach: &Reach, wire: &Wire) {
        match reach {
            Reach::Room { room, seq, new } => {
                let Some(state) = tenant.rooms.get_mut(room) else { return };
                // A gap that is filled brings new messages as changes.
                state.last_seq = state.last_seq.max(seq.unwrap_or_default());
                // A new message lies in every open span; an older one may lie before what a member sees.
                let looked_at = seq.filter(|_| !*new);
                for connection in &state.connections {
                    if looked_at.is_none_or(|seq| state.sees(connection.user, seq)) {
                        self.tell(connection, wire.clone());
                    }
                }
            }
            Reach::User(user) => {
                for connection in tenant.users.get(user).iter().flat_map(|state| &state.connections) {
                    self.tell(connection, wire.clone());
                }
            }
            Reach::Watchers { room, only } => {
                for connection in tenant.rooms.get(room).iter().flat_map(|state| &state.connections) {
                    if watches(connection, *room, only.as_deref()) {
                        self.tell(connection, wire.clone());
                    }
                }
            }
            Reach::Timer(_) => {}
        }
    }

    /// Puts news into a connection's queue.
    pub(crate) fn tell(&self, connection: &Connection, wire: Wire) {
        self.counters.deliveries.fetch_add(wire.frames() as u64, Ordering::Relaxed);
        if connection.tell(wire, self.bounds()) {
            count(&self.counters.overflows);
        }
    }
}

/// Outside the lock, once for all. What can't be written counts as published all the same: it must not hold up what follows.
fn encode(event: &Event) -> Option<Wire> {
    let frame = event.frame.as_ref()?;
    let Ok(bytes) = catch_unwind(AssertUnwindSafe(|| frame.encode())) else {
        tracing::error!(reach = ?event.reach, rev = event.rev, "a frame could not be written");
        return None;
    };
    frames::shared(&bytes)
}

/// Whether both are new messages of one room, which the same connections get.
fn goes_with(first: &Event, next: &Event) -> bool {
    let room_of = |event: &Event| match event.reach {
        Reach::Room { room, new: true, .. } if event.membership.is_empty() => Some((event.tenant, room)),
        _ => None,
    };
    room_of(first).is_some_and(|room| room_of(next) == Some(room))
}

enum Place {
    Next,
    Known,
    Gap(StreamId),
}

/// Where an event stands in what has been published of its stream; the next one then counts as published.
fn place(tenant: &mut TenantState, event: &Event) -> Place {
    let published = match event.reach {
        Reach::Room { room, .. } => tenant.rooms.get_mut(&room).map(|state| (&mut state.rev, StreamId::Room(room))),
        Reach::User(user) => tenant.users.get_mut(&user).map(|state| (&mut state.rev, StreamId::User(user))),
        Reach::Watchers { .. } | Reach::Timer(_) => None,
    };
    match published {
        Some((published, _)) if event.rev != 0 && event.rev <= *published => Place::Known,
        Some((published, stream)) if event.rev > *published + 1 => Place::Gap(stream),
        Some((published, _)) if event.rev != 0 => {
            *published = event.rev;
            Place::Next
        }
        _ => Place::Next,
    }
}

fn watches(connection: &Connection, room: RoomId, only: Option<&[UserId]>) -> bool {
    let screen = connection.screen.lock().unwrap_or_else(PoisonError::into_inner);
    // Whoever has the list of readers open hears of all reads; on screen, those whom they concern.
    screen.readers == Some(room) || (screen.room == Some(room) && only.is_none_or(|only| only.contains(&connection.user)))
}
