//! The hub: takes events after their commit and puts each into the queues of those who may see it.

mod compare;
pub mod connection;
mod presence;
pub(crate) mod queue;
mod sessions;
mod state;
mod stay;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::ws::Utf8Bytes;
use kernel::event::EventSink;
use kernel::live::{Authenticates, FrameHandler, Membership, StreamReader};
use kernel::{Clock, Event, Problem, Random, Reach, Rev, RoomId, Seq, StreamId, TenantId, UserId};
use serde_json::json;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::config::LiveConfig;
use crate::frames;
use connection::{Close, Connection};
use queue::Bounds;
use state::TenantState;
pub(crate) use stay::Stay;

/// Events waiting to be delivered, at most; beyond it they are dropped, and the comparison brings them.
const MOST_WAITING: usize = 100_000;

/// What the live path has done since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Frames put into connections' queues.
    pub deliveries: AtomicU64,
    /// Events delivered.
    pub events: AtomicU64,
    /// Queues that overflowed.
    pub overflows: AtomicU64,
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
    attached: OnceLock<Attached>,
    stopping: watch::Sender<bool>,
    /// How many sockets are open.
    sockets: watch::Sender<usize>,
    /// What it has done.
    pub counters: Counters,
}

#[derive(Default)]
struct State {
    tenants: HashMap<TenantId, TenantState>,
    connections: HashMap<Uuid, Arc<Connection>>,
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
    /// A hub without capabilities yet: the store needs its sink before they exist.
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
            attached: OnceLock::new(),
            stopping: watch::Sender::new(false),
            sockets: watch::Sender::new(0),
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
                while let Some(events) = outbox.recv().await {
                    let Some(hub) = hub.upgrade() else { return };
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

    pub(crate) fn new_id(&self) -> Uuid {
        self.random.new_id(self.clock.now())
    }

    /// Delivers events as if a bus had brought them.
    pub fn deliver_all(&self, events: Vec<Event>) {
        for event in events {
            let frame = encoded(&event);
            let mut state = self.lock();
            let Some(tenant) = state.tenants.get_mut(&event.tenant) else { continue };
            if let Some(stream) = self.deliver(tenant, &event, frame) {
                let _ = self.gaps.send((event.tenant, stream));
            }
        }
    }

    /// Delivers one event; the stream, when something before it is missing.
    fn deliver(&self, tenant: &mut TenantState, event: &Event, frame: Option<Utf8Bytes>) -> Option<StreamId> {
        match &event.reach {
            Reach::Room { room, .. } => {
                if let Some(state) = tenant.rooms.get_mut(room) {
                    match order(&mut state.rev, event.rev) {
                        Order::Next => {}
                        Order::Known => return None,
                        Order::Gap => return Some(StreamId::Room(*room)),
                    }
                }
            }
            Reach::User(user) => {
                if let Some(state) = tenant.users.get_mut(user) {
                    match order(&mut state.rev, event.rev) {
                        Order::Next => {}
                        Order::Known => return None,
                        Order::Gap => return Some(StreamId::User(*user)),
                    }
                }
            }
            Reach::Watchers { .. } => {}
        }
        for change in &event.membership {
            tenant.change(change);
        }
        self.counters.events.fetch_add(1, Ordering::Relaxed);
        if let Some(frame) = frame {
            self.reach(tenant, &event.reach, &frame);
        }
        None
    }

    fn reach(&self, tenant: &mut TenantState, reach: &Reach, frame: &Utf8Bytes) {
        match reach {
            Reach::Room { room, seq, new } => {
                let Some(state) = tenant.rooms.get_mut(room) else { return };
                // A gap that is filled brings new messages as changes.
                state.last_seq = state.last_seq.max(seq.unwrap_or_default());
                // A new message lies in every open span; an older one may lie before what a member sees.
                let looked_at = seq.filter(|_| !*new);
                for connection in &state.connections {
                    if looked_at.is_none_or(|seq| state.sees(connection.user, seq)) {
                        self.tell(connection, frame.clone());
                    }
                }
            }
            Reach::User(user) => {
                for connection in tenant.users.get(user).iter().flat_map(|state| &state.connections) {
                    self.tell(connection, frame.clone());
                }
            }
            Reach::Watchers { room, only } => {
                for connection in tenant.rooms.get(room).iter().flat_map(|state| &state.connections) {
                    if watches(connection, *room, only.as_deref()) {
                        self.tell(connection, frame.clone());
                    }
                }
            }
        }
    }

    /// Puts news into a connection's queue.
    pub(crate) fn tell(&self, connection: &Connection, frame: Utf8Bytes) {
        self.counters.deliveries.fetch_add(1, Ordering::Relaxed);
        if connection.tell(frame, self.bounds()) {
            self.counters.overflows.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Puts what only this connection is told, and once, into its queue.
    pub(crate) fn answer(&self, connection: &Connection, frame: Utf8Bytes) {
        connection.answer(frame, self.bounds());
    }

    fn bounds(&self) -> Bounds {
        Bounds { frames: self.config.queue_frames, bytes: self.config.queue_bytes }
    }

    /// Lets a connection in, with the rooms of its user.
    ///
    /// # Errors
    /// 503 when the process is full or the database away.
    pub(crate) async fn enter(&self, connection: &Arc<Connection>) -> Result<Rev, Problem> {
        loop {
            let (memberships, me) = self.attached()?.reader.memberships(connection.tenant, connection.user).await?;
            if self.place(connection, memberships, me)? {
                return Ok(me);
            }
        }
    }

    /// Puts a connection in its place, unless the user's other connections have heard since of what changed about their
    /// rooms: `false`, and what was read is old. Nobody would tell it again: what they heard counts as published.
    fn place(&self, connection: &Arc<Connection>, memberships: Vec<Membership>, me: Rev) -> Result<bool, Problem> {
        let mut state = self.lock();
        if state.connections.len() >= self.config.most_connections {
            return Err(Problem::unavailable());
        }
        let tenant = state.tenants.entry(connection.tenant).or_default();
        if tenant.users.get(&connection.user).is_some_and(|user| user.rev > me) {
            return Ok(false);
        }
        tenant.enter(connection, memberships, me);
        let own = tenant.users.get(&connection.user).map_or(&[][..], |user| &user.connections);
        for oldest in own.iter().rev().skip(self.config.most_per_user) {
            oldest.close(Close::Policy);
        }
        state.connections.insert(connection.id, Arc::clone(connection));
        Ok(true)
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
    pub(crate) fn behind(&self, connection: &Connection) -> Utf8Bytes {
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

/// Outside the lock, once for all. What can't be written counts as published all the same: it must not hold up what follows.
fn encoded(event: &Event) -> Option<Utf8Bytes> {
    let frame = event.frame.as_ref()?;
    let Ok(bytes) = catch_unwind(AssertUnwindSafe(|| frame.encode())) else {
        tracing::error!(reach = ?event.reach, rev = event.rev, "a frame could not be written");
        return None;
    };
    frames::shared(bytes)
}

enum Order {
    Next,
    Known,
    Gap,
}

/// Whether an event of `rev` follows what has been published; then it counts as published.
fn order(published: &mut Rev, rev: Rev) -> Order {
    if rev == 0 {
        return Order::Next;
    }
    if rev <= *published {
        return Order::Known;
    }
    if rev > *published + 1 {
        return Order::Gap;
    }
    *published = rev;
    Order::Next
}

fn watches(connection: &Connection, room: RoomId, only: Option<&[UserId]>) -> bool {
    let screen = connection.screen.lock().unwrap_or_else(PoisonError::into_inner);
    // Whoever has the list of readers open hears of all reads; on screen, those whom they concern.
    screen.readers == Some(room) || (screen.room == Some(room) && only.is_none_or(|only| only.contains(&connection.user)))
}
