//! One connection's place in the hub: its bounded queue, and what it has on screen.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Principal, RoomId, SessionId, TenantId, UserId};
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::Span;
use uuid::Uuid;

use super::presence::Presence;
use super::queue::{Bounds, Queue, Taken};
use crate::wire::Wire;

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// The session ended: 4401.
    SignedOut,
    /// Too many connections of this user, or it spoke wrongly: 1008 (RFC 6455 section 7.4.1).
    Policy,
    /// The server stops: 1012 (the IANA registry of close codes), come back.
    Restart,
    /// Nothing came from the other side for too long.
    Silent,
}

/// A connection, socket or event stream.
pub struct Connection {
    /// Names it.
    pub id: Uuid,
    /// Of which tenant, user and session: these never change.
    pub tenant: TenantId,
    /// Whose.
    pub user: UserId,
    /// By which session.
    pub session: SessionId,
    /// Whether it reads English rather than Japanese.
    pub english: bool,
    principal: Mutex<Known>,
    /// Looks at the session that have begun.
    looks: AtomicU64,
    pending: Mutex<Pending>,
    /// Rung when there is something to write.
    pub bell: Notify,
    pub(super) screen: Mutex<Screen>,
    times: Mutex<Times>,
    /// Whether a ping is due.
    ping: AtomicBool,
}

/// What is to be written, and whether the end comes after it.
#[derive(Default)]
struct Pending {
    queue: Queue,
    close: Option<(Close, Instant)>,
}

/// A look at a connection's session that has begun.
pub struct Look(u64);

/// Who it is, with the rights of the newest look at its session.
struct Known {
    principal: Arc<Principal>,
    look: u64,
}

/// What is on screen.
#[derive(Default)]
pub(super) struct Screen {
    pub room: Option<RoomId>,
    pub readers: Option<RoomId>,
    pub users: HashMap<UserId, Presence>,
}

#[derive(Clone, Copy)]
struct Times {
    heard: Instant,
    active: Instant,
    pinged: Instant,
    checked: Instant,
    /// Since when an event stream waits for its reader.
    unread: Option<Instant>,
}

/// What is to be written now.
pub struct Outgoing {
    /// Frames, in order.
    pub frames: Taken,
    /// A ping is due.
    pub ping: bool,
    /// Then the connection ends.
    pub close: Option<Close>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    /// A connection of `principal`.
    pub fn new(id: Uuid, principal: Principal, english: bool) -> Self {
        let now = Instant::now();
        Self {
            id,
            tenant: principal.tenant,
            user: principal.user,
            session: principal.session,
            english,
            principal: Mutex::new(Known { principal: Arc::new(principal), look: 0 }),
            looks: AtomicU64::new(0),
            pending: Mutex::default(),
            bell: Notify::new(),
            screen: Mutex::default(),
            times: Mutex::new(Times { heard: now, active: now, pinged: now, checked: now, unread: None }),
            ping: AtomicBool::new(false),
        }
    }

    /// Names it in a log that is asked for much, around what it asks for: at the usual level it would cost each frame.
    pub fn span(&self) -> Span {
        tracing::debug_span!("connection", id = %self.id, tenant = self.tenant.0)
    }

    /// Who it is.
    pub fn principal(&self) -> Arc<Principal> {
        Arc::clone(&lock(&self.principal).principal)
    }

    /// Before a session is looked at: whoever began later knows better.
    pub fn begin_look(&self) -> Look {
        Look(self.looks.fetch_add(1, Ordering::AcqRel) + 1)
    }

    /// The actor and the rights as that look found them, unless a later one has told already.
    pub fn renew(&self, Look(look): Look, principal: Principal) {
        let mut held = lock(&self.principal);
        if look > held.look {
            let address = held.principal.address;
            *held = Known { principal: Arc::new(Principal { address, ..principal }), look };
        }
    }

    /// Puts news into the queue; true where they overflow: then the client will be told that it is behind.
    pub fn tell(&self, frame: Wire, bounds: Bounds) -> bool {
        let overflowed = lock(&self.pending).queue.tell(frame, bounds);
        self.bell.notify_one();
        overflowed
    }

    /// Puts an answer into the queue, which no overflow drops.
    pub fn answer(&self, frame: Wire, bounds: Bounds) {
        lock(&self.pending).queue.answer(frame, bounds);
        self.bell.notify_one();
    }

    /// Puts a greeting before all that waits; it is as long as it is.
    pub fn greet_first(&self, greeting: Vec<Wire>) {
        lock(&self.pending).queue.greet(greeting);
    }

    /// Ends the connection once what waits is written; true the first time.
    pub fn close(&self, why: Close) -> bool {
        let first = {
            let mut pending = lock(&self.pending);
            let first = pending.close.is_none();
            pending.close.get_or_insert((why, Instant::now()));
            first
        };
        self.bell.notify_one();
        first
    }

    /// For how long it has been ending.
    pub fn closing_for(&self) -> Option<Duration> {
        lock(&self.pending).close.map(|(_, since)| Instant::now() - since)
    }

    /// Takes all that waits.
    pub fn take(&self) -> Outgoing {
        let mut pending = lock(&self.pending);
        Outgoing {
            frames: pending.queue.take(),
            ping: self.ping.swap(false, Ordering::AcqRel),
            close: pending.close.map(|(why, _)| why),
        }
    }

    /// Something came from the other side; `active` when a person caused it.
    pub fn heard(&self, active: bool) {
        let now = Instant::now();
        let mut times = lock(&self.times);
        times.heard = now;
        if active {
            times.active = now;
        }
    }

    /// When a person last did something here.
    pub fn active(&self) -> Instant {
        lock(&self.times).active
    }

    /// Asks for a ping when it is time, and ends what has been silent; true where it did so now.
    pub fn keep_alive(&self, ping_every: Duration) -> bool {
        let now = Instant::now();
        let mut times = lock(&self.times);
        if now - times.heard > ping_every * 3 {
            drop(times);
            return self.close(Close::Silent);
        }
        if now - times.heard.max(times.pinged) > ping_every {
            times.pinged = now;
            drop(times);
            self.ping.store(true, Ordering::Release);
            self.bell.notify_one();
        }
        false
    }

    /// Whether the session is due for another look; then it counts as looked at.
    pub fn due_for_check(&self, every: Duration) -> bool {
        let now = Instant::now();
        let mut times = lock(&self.times);
        let due = now - times.checked >= every;
        if due {
            times.checked = now;
        }
        due
    }

    /// An event stream waits for its reader from now on.
    pub fn await_reader(&self) {
        lock(&self.times).unread = Some(Instant::now());
    }

    /// The reader has come; false where none was awaited.
    pub fn begin_reading(&self) -> bool {
        let mut times = lock(&self.times);
        times.heard = Instant::now();
        times.unread.take().is_some()
    }

    /// For how long an event stream has waited for its reader.
    pub fn unread_for(&self) -> Option<Duration> {
        lock(&self.times).unread.map(|since| Instant::now() - since)
    }
}
