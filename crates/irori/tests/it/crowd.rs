//! People who write, edit, react and recall while something goes wrong, each until it is acknowledged; and others who watch.
//! Afterwards what is stored is what was acknowledged, and what the watchers hold is what is stored.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Data, Server, Socket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::new_id;
use super::tab::{View, watch as watch_room};

const OVER_HTTP: usize = 4;
const OVER_SOCKETS: usize = 3;
const EMOJI: &str = "👍";
/// How long an answer is waited for before the same is asked again.
const PATIENCE: Duration = Duration::from_secs(10);

/// Data with a room of two in it, aiko and kenji, and their tokens.
pub struct Scene {
    pub data: Data,
    pub room: String,
    pub tokens: [String; 2],
}

impl Scene {
    pub async fn set(server: Server) -> Self {
        let body = json!({ "kind": "group", "title": "訓練", "memberIds": [server.id("kenji")] });
        let room = server.client("aiko").post_ok("/rooms", body).await["id"].as_str().unwrap().to_owned();
        let tokens = ["aiko", "kenji"].map(|login| server.person(login).token.clone());
        Self { data: server.into_data().await, room, tokens }
    }

    /// Aiko and kenji, as they come to a server there.
    pub fn clients(&self, origin: &str) -> [Client; 2] {
        self.tokens.clone().map(|token| Client::new(origin, "city", Some(token)))
    }
}

/// A message as its writer knows it, all of it acknowledged.
#[derive(Debug, PartialEq, Eq)]
struct Written {
    seq: i64,
    id: String,
    text: String,
    reactions: i64,
}

/// Those who write and those who watch.
pub struct Crowd {
    room: String,
    reader: Client,
    /// Messages that were there before.
    before: usize,
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<Vec<Written>>>,
    close_tabs: watch::Sender<bool>,
    tabs: Vec<JoinHandle<(View, usize)>>,
}

impl Crowd {
    /// Begins.
    pub async fn gather(clients: [Client; 2], room: &str) -> Self {
        let [_, reader] = clients.clone();
        let before = View::fetch(&reader, room).await.expect("the server is up").messages.len();
        let stop = Arc::new(AtomicBool::new(false));
        let writer = |n: usize| {
            let writer = Writer { client: clients[n % 2].clone(), room: room.to_owned(), socket: None };
            tokio::spawn(writer.write_on(n < OVER_SOCKETS, Arc::clone(&stop)))
        };
        let writers = (0..OVER_HTTP + OVER_SOCKETS).map(writer).collect();
        let (close_tabs, closing) = watch::channel(false);
        let tabs = clients.map(|client| tokio::spawn(watch_room(client, room.to_owned(), closing.clone()))).into();
        Self { room: room.to_owned(), reader, before, stop, writers, close_tabs, tabs }
    }

    /// Ends, once all that was begun is acknowledged, and holds what is stored against what was acknowledged and against what
    /// the tabs hold. How many messages there were, and how often the tabs came back.
    pub async fn ensure_whole(self) -> (usize, usize) {
        self.stop.store(true, Ordering::Relaxed);
        let mut written = BTreeMap::new();
        for writer in self.writers {
            for message in writer.await.unwrap() {
                let seq = message.seq;
                assert!(written.insert(seq, message).is_none(), "two messages were told seq {seq}");
            }
        }
        let stored = View::fetch(&self.reader, &self.room).await.expect("the server is up").messages;
        let first = stored.first_key_value().map_or(1, |(seq, _)| *seq);
        assert!(stored.keys().copied().eq(first..first + i64::try_from(stored.len()).unwrap()), "no seq is missing");
        for (seq, message) in &written {
            let there = stored.get(seq).unwrap_or_else(|| panic!("{message:?} was acknowledged, and is gone"));
            assert_eq!(&as_written(there), message, "it is as it was acknowledged");
        }
        assert_eq!(stored.len(), self.before + written.len(), "nothing is there twice, and nothing that nobody wrote");
        self.close_tabs.send_replace(true);
        let mut returns = 0;
        for tab in self.tabs {
            let (view, lives) = tab.await.unwrap();
            let differs = |seq: &i64| view.messages.get(seq) != stored.get(seq);
            let seqs: Vec<i64> = view.messages.keys().chain(stored.keys()).copied().filter(differs).collect();
            let (held, there) = seqs.first().map(|seq| (view.messages.get(seq), stored.get(seq))).unzip();
            assert_eq!(held, there, "a tab that was live {lives} times does not hold what is stored: {seqs:?}");
            returns += lives - 1;
        }
        (written.len(), returns)
    }
}

fn as_written(message: &Value) -> Written {
    Written {
        seq: message["seq"].as_i64().unwrap(),
        id: message["clientId"].as_str().unwrap().to_owned(),
        text: message["text"].as_str().unwrap().to_owned(),
        reactions: message["reactions"][0]["count"].as_i64().unwrap_or(0),
    }
}

/// Somebody who repeats everything until it is acknowledged.
struct Writer {
    client: Client,
    room: String,
    socket: Option<Socket>,
}

impl Writer {
    async fn write_on(mut self, over_socket: bool, stop: Arc<AtomicBool>) -> Vec<Written> {
        let mut all: Vec<Written> = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let id = new_id();
            let seq = if over_socket { self.send_by_socket(&id).await } else { self.send(&id).await };
            let mut message = Written { seq, text: id.clone(), id, reactions: 0 };
            let path = format!("/messages/{seq}");
            if all.len() % 3 == 1 {
                message.text = format!("訂正 {}", message.id);
                self.until_done(Method::PATCH, &path, Some(json!({ "text": message.text }))).await;
            }
            if all.len() % 3 == 2 {
                message.reactions = 1;
                self.until_done(Method::PUT, &format!("{path}/reactions/{EMOJI}"), None).await;
            }
            if all.len() % 7 == 6 {
                (message.text, message.reactions) = (String::new(), 0);
                self.until_done(Method::DELETE, &path, None).await;
            }
            all.push(message);
        }
        all
    }

    async fn send(&self, id: &str) -> i64 {
        let body = json!({ "clientId": id, "text": id });
        self.until_done(Method::POST, "/messages", Some(body)).await["seq"].as_i64().expect("a seq")
    }

    /// The same again until it is answered that it is done. Whatever is safe to repeat may fail, and in no other way than that
    /// the server is away.
    async fn until_done(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        loop {
            let request = self.client.request(method.clone(), &format!("/rooms/{}{path}", self.room)).timeout(PATIENCE);
            let request = body.iter().fold(request, reqwest::RequestBuilder::json);
            if let Ok(answer) = request.send().await {
                let status = answer.status().as_u16();
                assert!(status < 300 || status == 503, "{method} {path}: {status}");
                if let (200..300, Ok(text)) = (status, answer.text().await) {
                    return serde_json::from_str(&text).unwrap_or_default();
                }
            }
            rest().await;
        }
    }

    async fn send_by_socket(&mut self, id: &str) -> i64 {
        loop {
            if let Some(seq) = self.try_socket(id).await {
                return seq;
            }
            self.socket = None;
            rest().await;
        }
    }

    async fn try_socket(&mut self, id: &str) -> Option<i64> {
        if self.socket.is_none() {
            let mut socket = Socket::open(&self.client).await.ok()?;
            socket.try_hello(json!({ "revs": {} })).await.then_some(())?;
            self.socket = Some(socket);
        }
        let socket = self.socket.as_mut()?;
        let frame = json!({ "type": "send", "ref": id, "roomId": self.room, "clientId": id, "text": id });
        socket.try_send(frame).await.then_some(())?;
        loop {
            let frame = socket.next_within(PATIENCE).await?;
            if frame["ref"] == id {
                return frame["message"]["seq"].as_i64();
            }
        }
    }
}

/// Killed, or away: it is not asked all the time.
async fn rest() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}
