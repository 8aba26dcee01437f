//! The hub: takes events after their commit and puts each into the queues of those who may see it.

mod compare;
pub mod connection;
mod deliver;
mod presence;
pub(crate) mod queue;
mod sessions;
mod state;
mod stay;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kernel::event::EventSink;
use kernel::live::{Authenticates, FrameHandler, Hello, Membership, StreamReader};
use kernel::{Clock, Event, Problem, Random, Rev, RoomId, Seq, StreamId, TenantId};
use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::config::LiveConfig;
use crate::frames;
use crate::measures::count;
use crate::wire::Wire;
use connection::{Close, Connection};
use queue::Bounds;
use state::TenantState;
pub(crate) use stay::Stay;

/// Events waiting to be delivered, at most; beyond it they are dropped, and the comparison brings them.
const MOST_WAITING: usize = 100_000;
/// Commits whose events are delivered together, at most.
const BATCHES: usize = 64;

/// What the live path has done since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Frames put into connections' queues.
    pub deliveries: AtomicU64,
    /// Events delivered.
    pub events: AtomicU64,
    /// Queues that overflowed.
    pub overflows: AtomicU64,
    /// Slow clients that were cut off.
    pub stuck: AtomicU64,
    /// Connections that were ended because nothing came from them.
    pub silent: AtomicU64,
    /// Connections that were ended because their user opened too many.
    pub surplus: AtomicU64,
    /// Connections that were refused because the process is full.
    pub refused: AtomicU64,
    /// Events that were dropped because too many waited.
    pub dropped: AtomicU64,
    /// Streams that had to be filled from the log.
    pub gaps: AtomicU64,
}

/// Delivers events to connections.
pub struct Hub {
    pub(crate) config: LiveConfig,
    pub(crate) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    state: Mutex<State>,
    waiting: AtomicUsize,
    inbox: mpsc::UnboundedSender<Vec<Event>>,
    /// Taken by the task that delivers.
    outbox: Mutex<Option<mpsc::UnboundedReceiver<Vec<Event>>>>,
    gaps: mpsc::UnboundedSender<(TenantId, StreamId)>,
    noticed: Mutex<Option<mpsc::UnboundedReceiver<(TenantId, StreamId)>>>,
    /// Whose threads serve sockets.
    pub(crate) runtime: Handle,
    attached: OnceLock<Attached>,
    stopping: watch::Sender<bool>,
    /// How many sockets are open.
    sockets: watch::Sender<usize>,
    /// How many event streams are read.
    streams: AtomicUsize,
    /// What it has done.
    pub counters: Counters,
}

#[derive(Default)]
struct State {
    tenants: HashMap<TenantId, TenantState>,
    connections: HashMap<Uuid, Arc<Connection>>,
}

/// A connection that was let in.
pub(crate) struct Entered {
    /// Where its user's own stream stood.
    pub me: Rev,
    /// Whether its client missed nothing until now.
    pub is_current: bool,
}

/// What became of a connection with what had been read of its rooms.
enum Placed {
    /// It is told all that comes after what was read.
    InTime,
    /// Some that came after what was read, it was not told.
    Late,
    /// It has no place: what was read is old.
    Not,
}

/// The capabilities that sockets ask.
pub(crate) struct Attached {
    pub reader: Arc<dyn StreamReader>,
    pub handlers: Vec<Arc<dyn FrameHandler>>,
    pub auth: Arc<dyn Authenticates>,
}

impl EventSink for Hub {
    fn committed(&self, events: Vec<Event>) {
        self.config.bus.publish(events, &|events| self.receive(events));
    }
}

impl Hub {
    /// A hub without capabilities yet: the store needs its sink before they exist. Inside the runtime that is to serve sockets.
    ///
    /// # Panics
    /// Outside any.
    #[must_use]
    pub fn new(config: LiveConfig, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Arc<Self> {
        let (inbox, outbox) = mpsc::unbounded_channel();
        let (gaps, noticed) = mpsc::unbounded_channel();
        Arc::new(Self {
            config,
            clock,
            random,
            state: Mutex::default(),
            waiting: AtomicUsize::new(0),
            inbox,
            outbox: Mutex::new(Some(outbox)),
            gaps,
            noticed: Mutex::new(Some(noticed)),
            runtime: Handle::current(),
            attached: OnceLock::new(),
            stopping: watch::Sender::new(false),
            sockets: watch::Sender::new(0),
            streams: AtomicUsize::new(0),
            counters: Counters::default(),
        })
    }

    /// Names the capabilities and starts delivering. Once, at assembly, inside the runtime.
    pub fn attach(
        self: &Arc<Self>,
        reader: Arc<dyn StreamReader>,
        handlers: Vec<Arc<dyn FrameHandler>>,
        auth: Arc<dyn Authenticates>,
    ) {
        if self.attached.set(Attached { reader, handlers, auth }).is_err() {
            return;
        }
        if let Some(mut outbox) = self.outbox.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let hub = Arc::downgrade(self);
            tokio::spawn(async move {
                let mut batches = Vec::new();
                while outbox.recv_many(&mut batches, BATCHES).await > 0 {
                    let Some(hub) = hub.upgrade() else { return };
                    let events: Vec<Event> = batches.drain(..).flatten().collect();
                    hub.waiting.fetch_sub(events.len(), Ordering::Relaxed);
                    let delivered = catch_unwind(AssertUnwindSafe(|| hub.deliver_all(events)));
                    if delivered.is_err() {
                        tracing::error!("a delivery panicked; the comparison will bring what it left");
                    }
                    // So that a long run of broadcasts holds no acknowledgement up.
                    tokio::task::yield_now().await;
                }
            });
        }
        if let Some(noticed) = self.noticed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            compare::start(self, noticed);
        }
    }

    pub(crate) fn attached(&self) -> Result<&Attached, Problem> {
        self.attached.get().ok_or_else(Problem::unavailable)
    }

    fn receive(&self, events: Vec<Event>) {
        if self.waiting.fetch_add(events.len(), Ordering::Relaxed) > MOST_WAITING {
            self.waiting.fetch_sub(events.len(), Ordering::Relaxed);
            self.counters.dropped.fetch_add(events.len() as u64, Ordering::Relaxed);
            tracing::warn!(dropped = events.len(), "too many events wait; the comparison will bring them");
            return;
        }
        let _ = self.inbox.send(events);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_tenant<R>(&self, tenant: TenantId, look: impl FnOnce(&mut TenantState) -> R) -> R {
        look(self.lock().tenants.entry(tenant).or_default())
    }

    /// All connections, as they are now.
    pub(crate) fn connections(&self) -> Vec<Arc<Connection>> {
        self.lock().connections.values().cloned().collect()
    }

    /// The connection of this id.
    pub(crate) fn connection(&self, id: Uuid) -> Option<Arc<Connection>> {
        self.lock().connections.get(&id).cloned()
    }

    /// How many are connected.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.lock().connections.len()
    }

    /// How many events wait to be delivered.
    pub(crate) fn waiting_events(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(crate) fn new_id(&self) -> Uuid {
        self.random.new_id(self.clock.now())
    }

    /// Puts what only this connection is told, and once, into its queue.
    pub(crate) fn answer(&self, connection: &Connection, frame: Wire) {
        connection.answer(frame, self.bounds());
    }

    fn bounds(&self) -> Bounds {
        Bounds { frames: self.config.queue_frames, bytes: self.config.queue_bytes }
    }

    /// Lets a connection in, with the rooms of its user; leaves in `hello` the reads that are news.
    ///
    /// # Errors
    /// 503 when the process is full or the database away.
    pub(crate) async fn enter(&self, connection: &Arc<Connection>, hello: &mut Hello) -> Result<Entered, Problem> {
        loop {
            let (rooms, me) = self.attached()?.reader.memberships(&connection.principal()).await?;
            hello.keep_new_reads(&rooms);
            let was_current = hello.is_current(&rooms, me);
            match self.place(connection, rooms, me)? {
                Placed::Not => {}
                Placed::Late => return Ok(Entered { me, is_current: false }),
                Placed::InTime => return Ok(Entered { me, is_current: was_current }),
            }
        }
    }

    /// Puts a connection in its place, unless the user's other connections have heard since of what changed about their
    /// rooms, and what was read is old: nobody would tell it again, for what they heard counts as published.
    fn place(&self, connection: &Arc<Connection>, rooms: Vec<Membership>, me: Rev) -> Result<Placed, Problem> {
        let mut state = self.lock();
        if state.connections.len() >= self.config.most_connections {
            count(&self.counters.refused);
            return Err(Problem::unavailable());
        }
        let tenant = state.tenants.entry(connection.tenant).or_default();
        if tenant.users.get(&connection.user).is_some_and(|user| user.rev > me) {
            return Ok(Placed::Not);
        }
        let moved = |read: &Membership| tenant.rooms.get(&read.room).is_some_and(|room| room.rev > read.rev);
        let placed = if rooms.iter().any(moved) { Placed::Late } else { Placed::InTime };
        tenant.enter(connection, rooms, me);
        let own = tenant.users.get(&connection.user).map_or(&[][..], |user| &user.connections);
        for oldest in own.iter().rev().skip(self.config.most_per_user) {
            if oldest.close(Close::Policy) {
                count(&self.counters.surplus);
            }
        }
        state.connections.insert(connection.id, Arc::clone(connection));
        Ok(placed)
    }

    /// Lets a connection go.
    pub(crate) fn leave(&self, connection: &Connection) {
        let mut state = self.lock();
        if state.connections.remove(&connection.id).is_none() {
            return;
        }
        let empty = state.tenants.get_mut(&connection.tenant).is_some_and(|tenant| {
            tenant.leave(connection);
            tenant.users.is_empty()
        });
        if empty {
            state.tenants.remove(&connection.tenant);
        }
    }

    /// Where the rooms of a connection and its user's own stream stand: told when its queue overflowed.
    pub(crate) fn behind(&self, connection: &Connection) -> Wire {
        let members = self.with_tenant(connection.tenant, |tenant| {
            let rooms = tenant.rooms_of(connection.user);
            let heads: HashMap<String, serde_json::Value> =
                rooms.map(|(id, room)| (id.to_string(), json!({ "seq": room.last_seq, "rev": room.rev }))).collect();
            json!({ "heads": heads, "me": tenant.users.get(&connection.user).map(|own| own.rev) })
        });
        frames::answer("behind", None, members)
    }

    /// Names what a connection has on screen.
    pub(crate) fn set_screen(connection: &Connection, room: Option<RoomId>) {
        connection.screen.lock().unwrap_or_else(PoisonError::into_inner).room = room;
    }

    /// Names in which room a connection has a list of readers open.
    pub(crate) fn set_readers(connection: &Connection, room: RoomId, seq: Option<Seq>) {
        connection.screen.lock().unwrap_or_else(PoisonError::into_inner).readers = seq.map(|_| room);
    }
}
