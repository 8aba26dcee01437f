//! A hub behind a real listener, over capabilities that are plain memory.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;
use kernel::event::{EventSink as _, Frame};
use kernel::live::{Authenticates, Boxed, FrameHandler, Handled, Head, Hello, Membership, StreamReader};
use kernel::principal::UserKind;
use kernel::{
    ActorId, Event, MembershipChange, Principal, Problem, Reach, Rev, RoomId, Seq, SessionId, StreamId, TenantId, UserId,
};
use live::{Bus, Hub, LiveConfig};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;

pub const CITY: TenantId = TenantId(1);
/// Everybody is in it; `mei` since message 10.
pub const FLOOD_WATCH: RoomId = RoomId(Uuid::from_u128(100));
/// Only `aiko` and `kenji` are.
pub const SECTION: RoomId = RoomId(Uuid::from_u128(101));

pub fn user(name: &str) -> UserId {
    UserId(Uuid::from_u128(name.bytes().map(u128::from).sum()))
}

/// The one session of somebody.
pub fn session(name: &str) -> SessionId {
    SessionId(user(name).0)
}

/// What the capabilities hold.
#[derive(Default)]
pub struct World {
    log: Mutex<HashMap<StreamId, Vec<Event>>>,
    revoked: AtomicBool,
    /// Looking at sessions takes for ever.
    pub sessions_hang: AtomicBool,
    /// Catching up takes for ever.
    pub catching_up_hangs: AtomicBool,
    /// The next comparison panics.
    pub heads_panic: AtomicBool,
    /// Rung when a `wait` frame has come, and to answer it.
    pub waits: Notify,
    pub let_go: Notify,
    actors: Mutex<HashMap<SessionId, ActorId>>,
    /// Who is in `SECTION` otherwise than at first.
    moved: Mutex<HashMap<UserId, bool>>,
    held: Mutex<Option<Arc<Hold>>>,
}

/// Holds up a reading of memberships between the database's answer and its reader.
#[derive(Default)]
pub struct Hold {
    read: Notify,
    go: Notify,
}

impl Hold {
    /// Waits until it has been read.
    pub async fn read(&self) {
        self.read.notified().await;
    }

    /// Lets the answer through.
    pub fn let_go(&self) {
        self.go.notify_one();
    }
}

impl World {
    pub fn revoke_all(&self) {
        self.revoked.store(true, Ordering::SeqCst);
    }

    /// In this session this person of the account acts from now on.
    pub fn act(&self, session: SessionId, actor: ActorId) {
        self.actors.lock().unwrap().insert(session, actor);
    }

    /// Holds up the next reading of memberships.
    pub fn hold(&self) -> Arc<Hold> {
        let hold = Arc::new(Hold::default());
        *self.held.lock().unwrap() = Some(Arc::clone(&hold));
        hold
    }

    fn is_in_section(&self, of: UserId) -> bool {
        let at_first = of == user("aiko") || of == user("kenji");
        self.moved.lock().unwrap().get(&of).copied().unwrap_or(at_first)
    }

    fn rev(&self, stream: StreamId) -> Rev {
        self.log.lock().unwrap().get(&stream).and_then(|events| events.last()).map_or(0, |event| event.rev)
    }
}

impl StreamReader for World {
    fn memberships<'a>(&'a self, principal: &'a Principal) -> Boxed<'a, Result<(Vec<Membership>, Rev), Problem>> {
        let of = principal.user;
        let from = if of == user("mei") { 10 } else { 1 };
        let at = |room, from| Membership {
            room,
            rev: self.rev(StreamId::Room(room)),
            last_seq: 20,
            read_seq: 0,
            spans: vec![(from, None)],
        };
        let mut rooms = vec![at(FLOOD_WATCH, from)];
        if self.is_in_section(of) {
            rooms.push(at(SECTION, 1));
        }
        let (me, held) = (self.rev(StreamId::User(of)), self.held.lock().unwrap().take());
        Box::pin(async move {
            if let Some(held) = held {
                held.read.notify_one();
                held.go.notified().await;
            }
            Ok((rooms, me))
        })
    }

    fn catch_up<'a>(&'a self, _: &'a Principal, hello: &'a Hello) -> Boxed<'a, Result<Vec<Bytes>, Problem>> {
        let held = hello.revs.get(&FLOOD_WATCH).copied().unwrap_or(0);
        let log = self.log.lock().unwrap().get(&StreamId::Room(FLOOD_WATCH)).cloned().unwrap_or_default();
        let missed = log
            .iter()
            .filter(|event| event.rev > held)
            .filter_map(|event| event.frame.as_ref().map(|frame| frame.encode()))
            .collect();
        let hangs = self.catching_up_hangs.load(Ordering::SeqCst);
        Box::pin(async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            Ok(missed)
        })
    }

    fn heads<'a>(&'a self, _: TenantId, streams: &'a [StreamId]) -> Boxed<'a, Result<HashMap<StreamId, Head>, Problem>> {
        assert!(!self.heads_panic.swap(false, Ordering::SeqCst), "as a test does");
        let heads = streams.iter().map(|stream| (*stream, Head { rev: self.rev(*stream), last_seq: 20 })).collect();
        Box::pin(async move { Ok(heads) })
    }

    fn events_after<'a>(&'a self, _: TenantId, stream: StreamId, after: Rev) -> Boxed<'a, Result<Vec<Event>, Problem>> {
        let log = self.log.lock().unwrap().get(&stream).cloned().unwrap_or_default();
        // As a log tells it: whether a message was new is not known any more.
        let told = log.into_iter().filter(move |event| event.rev > after).map(|mut event| {
            if let Reach::Room { new, .. } = &mut event.reach {
                *new = false;
            }
            event
        });
        Box::pin(async move { Ok(told.collect()) })
    }

    fn subscribed<'a>(&'a self, _: &'a Principal, room: RoomId, _: Seq, _: Seq) -> Boxed<'a, Result<Bytes, Problem>> {
        let frame = json!({ "type": "cursors", "roomId": room, "cursors": {} });
        Box::pin(async move { Ok(Frame::encode(&frame)) })
    }
}

impl FrameHandler for World {
    fn handle<'a>(&'a self, principal: &'a Principal, kind: &'a str, body: Value) -> Boxed<'a, Result<Handled, Problem>> {
        let handled = match kind {
            "panic" => panic!("as a test does"),
            "wait" => {
                return Box::pin(async move {
                    self.waits.notify_one();
                    self.let_go.notified().await;
                    Ok(Handled::Ack(json!({ "message": { "text": body["text"] } })))
                });
            }
            "send" => Ok(Handled::Ack(
                json!({ "message": { "text": body["text"], "senderId": principal.user, "actorId": principal.actor } }),
            )),
            "read" => Err(Problem::not_found()),
            _ => Ok(Handled::NotMine),
        };
        Box::pin(async move { handled })
    }
}

impl Authenticates for World {
    fn still<'a>(&'a self, _: TenantId, session: SessionId) -> Boxed<'a, Result<Option<Principal>, Problem>> {
        let gone = self.revoked.load(Ordering::SeqCst);
        let name = ["aiko", "kenji", "mei"].into_iter().find(|name| self::session(name) == session).unwrap();
        let actor = self.actors.lock().unwrap().get(&session).copied();
        let hangs = self.sessions_hang.load(Ordering::SeqCst);
        Box::pin(async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            Ok((!gone).then(|| Principal { actor, ..principal(name) }))
        })
    }
}

fn principal(name: &str) -> Principal {
    Principal {
        tenant: CITY,
        user: user(name),
        kind: UserKind::Person,
        actor: None,
        rights: Vec::new(),
        session: session(name),
        device: "test".into(),
        address: IpAddr::from([127, 0, 0, 1]),
    }
}

/// A bus that loses all it is given while `broken`.
#[derive(Default)]
pub struct LossyBus {
    pub broken: AtomicBool,
}

impl Bus for LossyBus {
    fn publish(&self, events: Vec<Event>, deliver: &dyn Fn(Vec<Event>)) {
        if !self.broken.load(Ordering::SeqCst) {
            deliver(events);
        }
    }
}

/// A hub that listens.
pub struct Stage {
    pub hub: Arc<Hub>,
    pub world: Arc<World>,
    pub bus: Arc<LossyBus>,
    pub address: SocketAddr,
}

/// As the program serves: a connection's socket can be had again after an upgrade.
async fn serve(listener: tokio::net::TcpListener, router: axum::Router) {
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).unwrap();
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades());
    }
}

impl Stage {
    pub async fn set() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut LiveConfig)) -> Self {
        let bus = Arc::new(LossyBus::default());
        let mut config = LiveConfig { bus: bus.clone(), compare_every: Duration::from_millis(50), ..LiveConfig::default() };
        change(&mut config);
        let hub = Hub::new(config, Arc::new(SystemClock), Arc::new(SystemRandom));
        let world = Arc::new(World::default());
        hub.attach(world.clone(), vec![world.clone()], world.clone());
        let (router, _) = live::routes(hub.clone()).split_for_parts();
        let router = router.layer(from_fn(identify)).layer(from_fn(kernel::http::say_problems));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, router));
        Self { hub, world, bus, address }
    }

    /// Writes an event into the log and publishes it: the next rev of a room.
    pub fn say(&self, room: RoomId, seq: Seq, new: bool, text: &str) {
        let message = json!({ "roomId": room, "seq": seq, "text": text });
        self.happen(StreamId::Room(room), Reach::Room { room, seq: Some(seq), new }, Vec::new(), |rev| {
            Arc::new(json!({ "type": "message", "rev": rev, "message": message }))
        });
    }

    /// Something on somebody's own stream.
    pub fn nudge(&self, name: &str) {
        let of = user(name);
        let frame = |rev| -> Arc<dyn Frame> { Arc::new(json!({ "type": "nudge", "me": rev })) };
        self.happen(StreamId::User(of), Reach::User(of), Vec::new(), frame);
    }

    /// A message that can't be written.
    pub fn stumble(&self, room: RoomId, seq: Seq) {
        self.happen(StreamId::Room(room), Reach::Room { room, seq: Some(seq), new: true }, Vec::new(), |_| Arc::new(Unwritable));
    }

    /// Somebody comes into `SECTION` or leaves it: the next rev of their own stream.
    pub fn move_in_section(&self, name: &str, present: bool) {
        let user = user(name);
        self.world.moved.lock().unwrap().insert(user, present);
        let head = (self.world.rev(StreamId::Room(SECTION)), 20);
        let membership = MembershipChange { room: SECTION, user, spans: vec![(1, (!present).then_some(20))], head };
        self.happen(StreamId::User(user), Reach::User(user), vec![membership], |rev| {
            Arc::new(json!({ "type": "room", "me": rev, "room": { "id": SECTION, "gone": !present } }))
        });
    }

    fn happen(
        &self,
        stream: StreamId,
        reach: Reach,
        membership: Vec<MembershipChange>,
        frame: impl FnOnce(Rev) -> Arc<dyn Frame>,
    ) {
        let mut log = self.world.log.lock().unwrap();
        let rev = log.get(&stream).and_then(|events| events.last()).map_or(0, |event| event.rev) + 1;
        let event = Event { tenant: CITY, reach, rev, membership, frame: Some(frame(rev)) };
        log.entry(stream).or_default().push(event.clone());
        drop(log);
        self.hub.committed(vec![event]);
    }

    /// Waits until so many are connected.
    pub async fn connected(&self, many: usize) {
        let connected = async {
            while self.hub.connected() != many {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(10), connected).await;
        assert!(waited.is_ok(), "{} are connected instead of {many}", self.hub.connected());
    }

    pub async fn connect(&self, name: &str) -> Socket {
        self.connect_with(name, json!({ "type": "hello" })).await
    }

    pub async fn connect_with(&self, name: &str, hello: Value) -> Socket {
        let mut socket = self.open(name).await;
        socket.send(hello).await;
        socket.expect("ready").await;
        socket
    }

    /// A socket that has not said hello.
    pub async fn open(&self, name: &str) -> Socket {
        self.open_in(name, "ja").await
    }

    /// As [`Self::open`], of somebody who reads this language.
    pub async fn open_in(&self, name: &str, language: &str) -> Socket {
        let mut request = format!("ws://{}/live", self.address).into_client_request().unwrap();
        request.headers_mut().insert("x-user", name.parse().unwrap());
        request.headers_mut().insert("accept-language", language.parse().unwrap());
        let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        Socket { socket, passed: Vec::new() }
    }
}

async fn identify(mut request: Request, next: Next) -> axum::response::Response {
    let name = request.headers().get("x-user").and_then(|name| name.to_str().ok()).map(str::to_owned);
    if let Some(name) = name {
        request.extensions_mut().insert(principal(&name));
    }
    next.run(request).await
}

struct Unwritable;

impl Frame for Unwritable {
    fn encode(&self) -> Bytes {
        panic!("as a test does")
    }
}

/// One client.
pub struct Socket {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Frames that were passed over.
    pub passed: Vec<Value>,
}

impl Socket {
    pub async fn send(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame of this type; others are passed over.
    pub async fn expect(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Some(Message::Text(text)) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    if frame["type"] == kind {
                        return frame;
                    }
                    self.passed.push(frame);
                }
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("waited for {kind}, got {other:?} after {:?}", self.passed),
            }
        }
    }

    /// Everything that has come by the time a ping sent now is answered.
    pub async fn settled(&mut self) -> Vec<Value> {
        self.passed.clear();
        self.send(json!({ "type": "ping" })).await;
        self.expect("pong").await;
        std::mem::take(&mut self.passed)
    }

    /// The code that the server closes with.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match self.next().await {
                Some(Message::Close(frame)) => return frame.map_or(0, |frame| frame.code.into()),
                Some(_) => {}
                None => return 0,
            }
        }
    }

    pub async fn next(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(Duration::from_secs(10), self.socket.next()).await.expect("something within 10 s");
        next.and_then(Result::ok)
    }
}
